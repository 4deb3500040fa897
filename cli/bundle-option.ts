/** What several commands count over: a file of `audit export`, or the same read from the account for a span of time. */
import { readFileSync } from 'node:fs';
import { linesOfText } from './bundle-chains.ts';

export interface Counted {
  readonly since?: string;
  readonly until?: string;
  readonly bundle?: string;
}

/**
 * The lines of the bundle.
 *
 * @param usually since when, where neither a time nor a file is given.
 * @throws for a file together with a span of time, and for what cannot be read.
 */
export async function countedLines(
  command: string,
  { since, until, bundle }: Counted,
  usually: string,
  now: Date,
): Promise<string[]> {
  if (bundle === undefined) {
    const { bundleTextOf } = await import('./audit-export.ts');
    return linesOfText(await bundleTextOf({ since: since ?? usually, ...(until !== undefined && { until }) }, now));
  }
  if ((since ?? until) !== undefined)
    throw new Error(`${command}: --bundle FILE is counted as it is; give either that, or --since and --until`);
  return linesOfText(readFileSync(bundle, 'utf8'));
}
