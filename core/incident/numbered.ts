/** Rows that are numbered from 1, put if absent, and lifted in stretches by signed words: how the kill switch and suspensions are read. */

/**
 * Walks from `from` to the first number that is not lifted, by key and never by query: a row behind a gap is not looked at.
 *
 * @param row What lies at a number; null = nothing.
 * @param liftedTo The last number that a genuine word lifts which begins at this one; null = there is none.
 * @returns that number, and what lies there.
 */
export async function firstNotLifted<Row>(
  from: number,
  row: (number: number) => Promise<Row | null>,
  liftedTo: (number: number) => Promise<number | null>,
): Promise<{ readonly number: number; readonly row: Row | null }> {
  for (let number = from; ; ) {
    const found = await row(number);
    const lifted = found === null ? null : await liftedTo(number);
    if (lifted === null) return { number, row: found };
    number = lifted + 1;
  }
}
