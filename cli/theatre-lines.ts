/** The lines of `countersign theatre`: a table, what it means, and over how many decisions that can be said. */

import type { BundleReport } from '../core/audit/bundle-report.ts';
import {
  ceremonialRejections,
  ceremonialSeconds,
  decisionsNeeded,
  type Tally,
  type Theatre,
  targetApprovals,
} from '../core/report/theatre.ts';
import { colours as pc } from './colours.ts';
import { spanOf } from './replay/words.ts';
import { oneLine } from './timeline.ts';

const heads = [
  'who',
  'decisions',
  'approved',
  'rejected',
  'skipped',
  'changed',
  'median',
  '9 of 10 within',
  'timed out',
  'escalated',
  'oversight',
];

const words = { ceremonial: 'CEREMONIAL', deliberate: 'deliberate', too_few: 'too few to tell' } as const;

/** Everything that is said, first whether it may be believed. */
export function theatreLines({ overall, people }: Theatre, report: BundleReport): string[] {
  const rows = [...people.map(({ name, ...tally }) => rowOf(oneLine(name), tally)), rowOf('all', overall)];
  return [
    ...belief(report),
    ...table([heads, ...rows]),
    '',
    ...people
      .filter(({ oversight }) => oversight === 'ceremonial')
      .map(({ name, ...tally }) => named(oneLine(name), tally)),
    ...(overall.oversight === 'ceremonial' ? [named('Oversight as a whole', overall)] : []),
    ...(overall.oversight === 'too_few' ? [tooFew(overall)] : []),
    ...approvals(overall),
    'Timed out is nobody’s no: it counts for everybody who could have answered, and in no rate.',
  ];
}

function belief({ verdict, integrity, completeness, chains }: BundleReport): string[] {
  const said = `Counted over ${chains} chains. Integrity: ${integrity.verdict}, completeness: ${completeness.verdict}.`;
  return verdict === 'broken'
    ? [said, pc.red('What follows was counted over chains that were tampered with.'), '']
    : [said, ''];
}

function rowOf(name: string, tally: Tally): string[] {
  const { decisions, approvals: yes, rejections, skips, modifications, timeOuts, escalations, oversight } = tally;
  return [
    name,
    String(decisions),
    share(yes, decisions),
    share(rejections, decisions),
    share(skips, decisions),
    share(modifications, decisions),
    time(tally.medianSeconds),
    time(tally.slowSeconds),
    String(timeOuts),
    String(escalations),
    words[oversight],
  ];
}

const time = (seconds: number | null) => (seconds === null ? '–' : spanOf(seconds));

function share(part: number, whole: number): string {
  return whole === 0 ? '–' : `${part} (${percent(part / whole)})`;
}

function percent(of: number): string {
  const value = of * 100;
  return `${value > 0 && value < 1 ? value.toFixed(1) : Math.round(value)} %`;
}

function named(who: string, { decisions, medianSeconds, rejections, skips }: Tally): string {
  const no = rejections + skips;
  return pc.red(
    `${who}: ceremonial. Over ${decisions} decisions the median answer came after ${time(medianSeconds)} (below ${ceremonialSeconds} s), ` +
      `${no === 0 ? 'nothing' : `${no} of ${decisions}`} was rejected or skipped (below ${percent(ceremonialRejections)}), and nothing was changed. A card is being clicked, not read.`,
  );
}

/** Why so many: below, chance alone could look the same. */
function tooFew({ decisions, needed }: Tally): string {
  const least = decisionsNeeded(0);
  return (
    `Too few to tell: ${decisions} decisions. Somebody who truly rejects one in a hundred shows no rejection over fewer than ${least} ` +
    `decisions in more than one case of twenty${needed > least ? `; with as many rejections as there are it takes ${needed}` : ''}.`
  );
}

function approvals({ decisions, approvals: yes }: Tally): string[] {
  if (decisions === 0) return [];
  const [low, high] = targetApprovals;
  const rate = yes / decisions;
  const aim = `${percent(rate)} approved; the field aims at ${percent(low)} to ${percent(high)}`;
  if (rate > high) return [`${aim}. Above it, questions are not worth asking, or are not read: ask less, or say more.`];
  return [rate < low ? `${aim}. Below it, look at what is proposed: it is often wrong.` : `${aim}.`];
}

function table(rows: readonly (readonly string[])[]): string[] {
  const widths = heads.map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row, at) => {
    const line = row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
    return at === 0 ? pc.dim(line) : line;
  });
}
