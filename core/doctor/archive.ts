/** The check of the archive: its bucket, its lock, and whether checkpoints are made. */
import { type Check, cannotTell, fail, type Look, ok } from './check.ts';
import { nextFor } from './failure.ts';

export interface ArchiveSeen {
  readonly bucket: string;
  /** The bucket's own retention (S3 Object Lock); null = it has none. */
  readonly lock: { readonly mode: string; readonly days: number } | null;
  /** The newest checkpoint, and up to when it reaches (ISO 8601); null = there is none. */
  readonly newest: { readonly number: number; readonly through: string } | null;
  /** Why nothing can be built upon the newest one; null = something can. */
  readonly strange: string | null;
  /** Since when (ISO 8601) what was archived has been in no checkpoint; null = for no longer than it should. */
  readonly unsignedSince: string | null;
}

export function archiveCheck(seen: Look<ArchiveSeen>): Check {
  if ('failure' in seen) {
    const { kind, text } = seen.failure;
    if (kind === 'missing')
      return fail(
        'archive',
        `its bucket is not there: nothing is archived or signed (${text})`,
        'deploy countersign-data again; what was in it is gone: find out who deleted it',
      );
    return cannotTell('archive', `it could not be looked at: ${text}`, nextFor(seen.failure));
  }
  const { bucket, lock, newest, strange, unsignedSince } = seen.value;
  if (lock === null)
    return fail(
      'archive',
      `${bucket} has no Object Lock: what is in it can be removed`,
      'deploy countersign-data again, with the setting auditLock',
    );
  if (strange !== null) return fail('archive', strange, 'docs/operations.md, the alarm countersign-checkpoint-errors');
  if (unsignedSince !== null)
    return fail(
      'archive',
      `what was archived since ${unsignedSince} is in no checkpoint${newest ? `; the newest is ${newest.number}, through ${newest.through}` : ''}`,
      'look into the log group /aws/lambda/countersign-checkpoint, and whether the rule countersign-checkpoint is enabled',
    );
  const made = newest ? `checkpoint ${newest.number} reaches to ${newest.through}` : 'nothing was archived yet';
  return ok('archive', `${bucket} is locked (${lock.mode.toLowerCase()}, ${lock.days} d); ${made}`);
}
