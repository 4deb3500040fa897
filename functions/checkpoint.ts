/** checkpoint: woken every minute; signs the heads of chains that changed, and keeps them in the archive. */
import { approvalKey } from '../adapters/kms/approval-key.ts';
import { openBucket } from '../adapters/s3/bucket.ts';
import { checkpoint } from '../core/use-cases/checkpoint.ts';
import { setting } from './wiring/environment.ts';
import { invocation } from './wiring/invocation.ts';

/** The event is only an occasion. Answers what came of it, for the log. */
export async function handler(): Promise<object> {
  const { sign, publicKey } = approvalKey(setting('CHECKPOINT_KEY_ARN'));
  const { names, read, put } = openBucket(setting('ARCHIVE_BUCKET'));
  return invocation({}, () => checkpoint({ names, read, put, sign, publicKey, now: Date.now }));
}
