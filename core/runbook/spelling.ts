/** What somebody most likely meant: the nearest of the allowed words. */

/** Edits (insert, delete, replace, swap of neighbours) between two short words. */
export function distance(a: string, b: string): number {
  const rows: number[][] = [Array.from({ length: b.length + 1 }, (_, index) => index)];
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      const edits = [at(rows, i - 1, j) + 1, (row[j - 1] ?? 0) + 1, at(rows, i - 1, j - 1) + same];
      row.push(Math.min(...edits, ...(swapped ? [at(rows, i - 2, j - 2) + 1] : [])));
    }
    rows.push(row);
  }
  return at(rows, a.length, b.length);
}

function at(rows: readonly number[][], i: number, j: number): number {
  return rows[i]?.[j] ?? Number.POSITIVE_INFINITY;
}

/** The allowed word that is nearest, or null when none is near: at most a third of the letters differ, two at most. */
export function nearest(word: string, allowed: readonly string[]): string | null {
  const bare = plain(word);
  if (bare === '') return null;
  let best: string | null = null;
  let least = Math.min(2, Math.floor(bare.length / 3)) + 1;
  for (const candidate of allowed) {
    const edits = bare === plain(candidate) ? 0 : distance(bare, plain(candidate));
    if (edits < least) {
      best = candidate;
      least = edits;
    }
  }
  return best;
}

function plain(word: string): string {
  return word.toLowerCase().replace(/[-_ ]/g, '').slice(0, 60);
}

/** `did you mean severity? `, or nothing. */
export function didYouMean(word: string, allowed: readonly string[]): string {
  const near = nearest(word, allowed);
  return near === null || near === word ? '' : `did you mean ${near}? `;
}
