/** archive: woken by the streams of Audit and Dispatches; pages, and stops, when a record was changed or removed. */
import * as z from 'zod';
import { auditItem } from '../adapters/dynamodb/audit-item.ts';
import { pager } from '../adapters/sns/pager.ts';
import type { Change } from '../core/report/tampering.ts';
import { archive } from '../core/use-cases/archive.ts';
import { publicKey } from './wiring/approval-key.ts';
import { setting } from './wiring/environment.ts';
import { parseInput } from './wiring/input.ts';
import { control, database, now } from './wiring/tables.ts';

const Text = z.object({ S: z.string() });
/** Somebody else may have written anything there: what is no text counts as absent. */
const Image = z.object({ kind: Text.optional().catch(undefined), entry: Text.optional().catch(undefined) });
const StreamRecord = z.object({
  eventID: z.string(),
  eventName: z.string(),
  /** `arn:aws:dynamodb:REGION:ACCOUNT:table/NAME/stream/LABEL` */
  eventSourceARN: z.string(),
  dynamodb: z.object({
    Keys: z.object({ pk: Text, sk: z.union([Text, z.object({ N: z.string() })]) }),
    SequenceNumber: z.string(),
    OldImage: Image.optional(),
    NewImage: Image.optional(),
  }),
});
type StreamRecord = z.infer<typeof StreamRecord>;
/** A batch with a record that cannot be read fails as a whole; Lambda then halves it until that record is alone. */
const Input = z.object({ Records: z.array(StreamRecord).min(1) });

/** Names the records that have to be delivered again. Fails when all have, so that the function's errors count it. */
export async function handler(event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
  const { Records } = parseInput(Input, event);
  const ports = {
    item: auditItem(database, setting('AUDIT_TABLE')),
    control: control(),
    publicKey,
    page: pager(setting('PAGE_TOPIC_ARN')),
    now,
  };
  const failures = await archive(ports, Records.map(changeOf));
  for (const { change, error } of failures) console.error(`${change.eventId}: ${error.stack ?? error.message}`);
  const failed = new Set(failures.map(({ change }) => change.eventId));
  if (failed.size === Records.length)
    throw new AggregateError(
      failures.map(({ error }) => error),
      'no record was dealt with',
    );
  const again = Records.filter(({ eventID }) => failed.has(eventID));
  return { batchItemFailures: again.map(({ dynamodb }) => ({ itemIdentifier: dynamodb.SequenceNumber })) };
}

function changeOf({ eventID, eventName, eventSourceARN, dynamodb }: StreamRecord): Change {
  const { Keys, OldImage, NewImage } = dynamodb;
  return {
    eventId: eventID,
    table: eventSourceARN.split('/')[1] ?? eventSourceARN,
    operation: eventName,
    pk: Keys.pk.S,
    sk: 'N' in Keys.sk ? Number(Keys.sk.N) : Keys.sk.S,
    before: OldImage?.kind?.S ?? null,
    after: NewImage?.kind?.S ?? null,
    text: NewImage?.entry?.S ?? null,
  };
}
