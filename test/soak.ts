/** Large-N checks: `npm test` runs a share with a fresh printed seed, `npm run soak` all of it; `N` and `SEED` override. */

/** The seed of this run: `SEED`, else a fresh one. Printed by every check that uses it. */
export const seed = process.env.SEED ? Number(process.env.SEED) : Math.floor(Math.random() * 2 ** 31);

/** How many cases to run of a check whose whole size is `full`: `N`, else all under `SOAK=1`, else one in `parts`, and `least` at least. */
export function share(full: number, least = 50, parts = 100): number {
  if (process.env.N) return Number(process.env.N);
  return process.env.SOAK ? full : Math.max(least, Math.ceil(full / parts));
}

/**
 * Runs `act` for 0 … count - 1, some at a time. All at once would measure the SDK's queue: it has 50 sockets, and gives up
 * on a call that waits for one longer than a connection may take.
 */
export async function inTurns(count: number, atOnce: number, act: (index: number) => Promise<unknown>): Promise<void> {
  let next = 0;
  const runner = async () => {
    while (next < count) await act(next++);
  };
  await Promise.all(Array.from({ length: atOnce }, runner));
}
