/** What DynamoDB refuses for a moment only, and the SDK does not try again: a conflict with another transaction, and its throttles. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';

const mostTries = 5;

/** Milliseconds of the longest pause before the second try; it doubles with every further one. */
const firstPause = 20;

const passing = ['TransactionConflict', 'ThrottlingError', 'ProvisionedThroughputExceeded'];

/** Sends, and sends again a few times when nothing was written because of another's transaction; then throws what came back. */
export async function despiteConflicts<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      if (tries >= mostTries || !isPassing(error)) throw error;
      await sleep(randomInt(firstPause * 2 ** tries));
    }
  }
}

/** A condition that failed as well decides: then it is no passing refusal. */
function isPassing(error: unknown): boolean {
  if (!(error instanceof TransactionCanceledException))
    return (
      error instanceof Error && ['TransactionConflictException', 'TransactionInProgressException'].includes(error.name)
    );
  const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? '');
  return !codes.includes('ConditionalCheckFailed') && codes.some((code) => passing.includes(code));
}
