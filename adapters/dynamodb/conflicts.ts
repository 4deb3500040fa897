/** What DynamoDB refuses for a moment only, and the SDK does not try again: a conflict with another transaction, and its throttles. */
import { randomInt } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { isConflict } from '../patience.ts';

const mostTries = 5;

/** Milliseconds of the longest pause before the second try; it doubles with every further one. */
const firstPause = 20;

/** Sends, and sends again a few times when nothing was written because of another's transaction; then throws what came back. */
export async function despiteConflicts<T>(send: () => Promise<T>): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await send();
    } catch (error) {
      if (tries >= mostTries || !isConflict(error)) throw error;
      await sleep(randomInt(firstPause * 2 ** tries));
    }
  }
}
