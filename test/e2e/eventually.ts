/** Waiting for a deployed system: a condition is looked at again and again, because nothing says when it will hold. */
import { setTimeout as pause } from 'node:timers/promises';

/** Between two looks, in milliseconds: a dozen scenarios look at once, and the emulator has one thread. */
const lookMs = 500;
/** The longest wait, in milliseconds: what takes two seconds on an idle machine takes twenty on a busy one. */
const patienceMs = 120_000;

/** What `look` finds, as soon as it finds something. Throws naming `what` when it never does, and what `instead` says is there. */
export async function eventually<T>(
  what: string,
  look: () => Promise<T | undefined>,
  instead: () => Promise<string> = async () => '',
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not come within ${patienceMs / 1000} s${await instead()}`);
    await pause(lookMs);
  }
}
