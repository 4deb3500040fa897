/** Large-N checks: `npm test` runs a share with a fresh printed seed, `npm run soak` all of it; `N` and `SEED` override. */

/** The seed of this run: `SEED`, else a fresh one. Printed by every check that uses it. */
export const seed = process.env.SEED ? Number(process.env.SEED) : Math.floor(Math.random() * 2 ** 31);

/** How many cases to run of a check whose whole size is `full`: `N`, else all under `SOAK=1`, else about a hundredth. */
export function share(full: number): number {
  if (process.env.N) return Number(process.env.N);
  return process.env.SOAK ? full : Math.max(50, Math.ceil(full / 100));
}
