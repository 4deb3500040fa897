/** What is left when the stacks are deleted, what it costs, and how it is removed: for whoever wants Countersign gone. */

/** A table as it is now. */
export interface LeftTable {
  readonly name: string;
  readonly items: number;
  readonly bytes: number;
}

export interface Leaving {
  /** Those that are there. */
  readonly tables: readonly LeftTable[];
  /** The keys of approvals and checkpoints, as far as they are there, by alias and ARN. */
  readonly keys: readonly { readonly alias: string; readonly id: string }[];
  /** The archive's; null = it is not there. */
  readonly bucket: string | null;
  /** Ids of incidents that are open; null = they could not be read. */
  readonly open: readonly string[] | null;
}

/** USD a month (list prices of us-east-1, AWS's price lists, 2026): a gigabyte of a table, of its recovery points, a key. */
const prices = { storage: 0.25, recovery: 0.2, key: 1 };

const gigabyte = 1024 ** 3;

export function monthlyCost({ tables, keys }: Leaving): number {
  const bytes = tables.reduce((sum, table) => sum + table.bytes, 0);
  return (bytes / gigabyte) * (prices.storage + prices.recovery) + keys.length * prices.key;
}

/** Commands that remove what stays, in the order in which AWS takes them. Nothing of it can be undone. */
export function removal({ tables, keys, bucket }: Leaving): string[] {
  return [
    ...tables.flatMap(({ name }) => [
      `aws dynamodb delete-resource-policy --resource-arn "$(aws dynamodb describe-table --table-name ${name} --query Table.TableArn --output text)"`,
      `aws dynamodb update-table --table-name ${name} --no-deletion-protection-enabled`,
      `aws dynamodb delete-table --table-name ${name}`,
    ]),
    ...keys.flatMap(({ alias, id }) => [
      `aws kms delete-alias --alias-name ${alias}`,
      `aws kms schedule-key-deletion --key-id ${id}`,
    ]),
    ...(bucket === null
      ? []
      : [
          `aws s3api delete-bucket-policy --bucket ${bucket}`,
          `aws s3api put-bucket-lifecycle-configuration --bucket ${bucket} --lifecycle-configuration '${JSON.stringify(emptying)}'`,
          `aws s3api delete-bucket --bucket ${bucket}   # when it is empty: a few days after the last lock has run out`,
        ]),
  ];
}

/** Every version goes when its lock lets it; then the markers that are left. */
const emptying = {
  Rules: [
    {
      ID: 'versions',
      Status: 'Enabled',
      Filter: {},
      Expiration: { Days: 1 },
      NoncurrentVersionExpiration: { NoncurrentDays: 1 },
    },
    { ID: 'markers', Status: 'Enabled', Filter: {}, Expiration: { ExpiredObjectDeleteMarker: true } },
  ],
};

/** The whole of it as lines. */
export function leavingLines(leaving: Leaving): string[] {
  const { tables, keys, bucket, open } = leaving;
  const usd = (amount: number) => `${amount.toFixed(2)} USD a month`;
  const size = (bytes: number) =>
    bytes >= 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)} MB` : `${(bytes / 1024).toFixed(0)} KB`;
  const stays = [
    ...tables.map(({ name, items, bytes }) => `  ${name}: ${items} items, ${size(bytes)}`),
    ...keys.map(({ alias, id }) => `  ${alias}, ${id}: verifies what is in the audit`),
    ...(bucket === null ? [] : [`  ${bucket}: the archive, under its locks; its size is told with its metrics`]),
  ];
  return [
    open === null
      ? 'Which incidents are open could not be read.'
      : open.length === 0
        ? 'No incident is open.'
        : `${open.length} incidents are open, and would be left as they are: ${open.join(', ')}. Let them end, or stop first.`,
    '',
    'Deleting the stacks (npx cdk destroy --all) takes away functions, roles, machine, topics, alarms, queues and logs.',
    'The SSM documents countersign-run-… stay, and cost nothing; so do the secrets, which the stacks did not make.',
    '',
    ...(stays.length === 0
      ? ['No table, no key and no bucket is here.']
      : [`These stay, for about ${usd(monthlyCost(leaving))}:`, ...stays]),
    ...(stays.length === 0
      ? []
      : [
          '',
          'Another deploy here takes them over by npx cdk import countersign-data, which asks for the keys’ ids: keep them.',
          'Whoever wants them gone as well keeps the audit first, and then, which nobody can undo:',
          '  countersign audit export audit.ndjson --since 2020-01-01',
          ...removal(leaving).map((line) => `  ${line}`),
        ]),
  ];
}
