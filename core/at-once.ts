/** Doing many things, only so many of them at the same time. */

/** Calls `act` for every item in order, at most `atOnce` at a time; resolves when all are done. What `act` throws ends it. */
export async function eachOf<T>(items: readonly T[], atOnce: number, act: (item: T) => Promise<void>): Promise<void> {
  const waiting = items.values();
  const work = async () => {
    for (const item of waiting) await act(item);
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, items.length) }, work));
}
