/** archive: woken by the streams of Audit and Dispatches; pages, and stops, when a record was changed or removed; copies what was added. */
import { auditItem } from '../adapters/dynamodb/audit-item.ts';
import { logger } from '../adapters/powertools/log.ts';
import { openBucket } from '../adapters/s3/bucket.ts';
import { pager } from '../adapters/sns/pager.ts';
import type { Archived } from '../core/audit/archived.ts';
import { archive } from '../core/use-cases/archive.ts';
import { publicKey } from './wiring/approval-key.ts';
import { setting } from './wiring/environment.ts';
import { invocation, namesOf } from './wiring/invocation.ts';
import { reviewedTexts } from './wiring/reviewed.ts';
import { changesOf } from './wiring/stream.ts';
import { auditStore, control, database, now, work } from './wiring/tables.ts';

/** Names the records that have to be delivered again. Fails when all have to, so that the function's errors count it. */
export async function handler(event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
  return invocation({}, () => watched(event));
}

/** What was reviewed is archived by the first invocation of a process that goes well: it lies beside the code, and never changes. */
let isReviewedKept = false;

async function watched(event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
  const records = changesOf(event);
  const ports = {
    item: auditItem(database, setting('AUDIT_TABLE')),
    items: auditStore().items,
    shown: work().shown,
    keep: async (object: Archived) => void (await openBucket(setting('ARCHIVE_BUCKET')).put(object)),
    reviewed: isReviewedKept ? [] : reviewedTexts(),
    control: control(),
    publicKey,
    page: pager(setting('PAGE_TOPIC_ARN')),
    now,
  };
  const failures = await archive(
    ports,
    records.map(({ change }) => change),
  );
  isReviewedKept ||= failures.length === 0 && records.some(({ change }) => change.operation === 'INSERT');
  for (const { change, error } of failures)
    logger.error('a change could not be looked at', { change: change.eventId, error: namesOf(error) });
  const failed = new Set(failures.map(({ change }) => change.eventId));
  const again = records.filter(({ change }) => failed.has(change.eventId));
  if (again.length === records.length)
    throw new AggregateError(
      failures.map(({ error }) => error),
      `archive: none of ${records.length} records was dealt with to the end; they are delivered again`,
    );
  return { batchItemFailures: again.map(({ sequenceNumber }) => ({ itemIdentifier: sequenceNumber })) };
}
