/** Waiting for something to appear: looked for every 50 ms, up to a limit. */
import { setTimeout as sleep } from 'node:timers/promises';

/** What `look` finds, as soon as it finds it. Throws with `what` in words after `timeoutMs`. */
export async function until<T>(
  look: () => Promise<T | undefined> | T | undefined,
  timeoutMs: number,
  what: string,
): Promise<T> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    if (Date.now() > deadline) throw new Error(`${what} did not appear within ${timeoutMs} ms.`);
    await sleep(50);
  }
}
