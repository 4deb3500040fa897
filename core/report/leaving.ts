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
  /** Aliases of the keys of approvals and checkpoints, as far as they are there. */
  readonly keys: readonly string[];
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
export function removal({ tables, keys }: Leaving): string[] {
  return [
    ...tables.flatMap(({ name }) => [
      `aws dynamodb delete-resource-policy --resource-arn "$(aws dynamodb describe-table --table-name ${name} --query Table.TableArn --output text)"`,
      `aws dynamodb update-table --table-name ${name} --no-deletion-protection-enabled`,
      `aws dynamodb delete-table --table-name ${name}`,
    ]),
    ...keys.map(
      (alias) =>
        `aws kms schedule-key-deletion --key-id "$(aws kms describe-key --key-id ${alias} --query KeyMetadata.KeyId --output text)"`,
    ),
  ];
}

/** The whole of it as lines. */
export function leavingLines(leaving: Leaving): string[] {
  const { tables, keys, open } = leaving;
  const usd = (amount: number) => `${amount.toFixed(2)} USD a month`;
  const size = (bytes: number) =>
    bytes >= 2 ** 20 ? `${(bytes / 2 ** 20).toFixed(1)} MB` : `${(bytes / 1024).toFixed(0)} KB`;
  const stays = [
    ...tables.map(({ name, items, bytes }) => `  ${name}: ${items} items, ${size(bytes)}`),
    ...keys.map((alias) => `  ${alias}: verifies what is in the audit`),
  ];
  return [
    open === null
      ? 'Which incidents are open could not be read.'
      : open.length === 0
        ? 'No incident is open.'
        : `${open.length} incidents are open, and would be left as they are: ${open.join(', ')}. Let them end, or stop first.`,
    '',
    'Deleting the stacks (npx cdk destroy --all) takes away functions, roles, machine, topics, alarms, queues and logs.',
    'The archive, the bucket countersign-archive-ACCOUNT-REGION, stays under its locks; its size is told with its metrics.',
    'The SSM documents countersign-run-… stay, and cost nothing; so do the secrets, which the stacks did not make.',
    '',
    ...(stays.length === 0
      ? ['No table and no key is here.']
      : [`These stay, for about ${usd(monthlyCost(leaving))}:`, ...stays]),
    ...(stays.length === 0
      ? []
      : [
          '',
          'Whoever wants them gone as well keeps the audit first, and then, which nobody can undo:',
          '  countersign audit export audit.ndjson --since 2020-01-01',
          ...removal(leaving).map((line) => `  ${line}`),
        ]),
  ];
}
