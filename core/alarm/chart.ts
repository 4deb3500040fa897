/** The alarm's own series around its change, in words and as a line of small bars: what CloudWatch compared, and nothing else. */
import { isoOf } from '../time.ts';
import type { Alarm } from './alarm.ts';
import type { Evidence } from './evidence.ts';

/** One value of the series; `at` in epoch milliseconds, where its period begins. */
export interface Datum {
  readonly at: number;
  readonly value: number;
}

/** Values that are written out with their times, the newest first. */
const written = 6;
/** Bars of the line. */
const drawn = 40;

const bars = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'] as const;

const comparisons: Readonly<Record<string, string>> = {
  GreaterThanThreshold: '>',
  GreaterThanOrEqualToThreshold: '≥',
  LessThanThreshold: '<',
  LessThanOrEqualToThreshold: '≤',
};

/**
 * The series as evidence. `data` in any order.
 */
export function seriesEvidence(alarm: Alarm, data: readonly Datum[]): Evidence {
  const { metric, series, comparison, threshold } = alarm;
  const word = comparisons[comparison ?? ''];
  const compared = word === undefined || threshold === null ? '' : `, alarm at ${word} ${number(threshold)}`;
  const label = `${metric ?? 'Metric'}, ${series?.statistic ?? ''} per ${perPeriod(series?.periodSeconds ?? 0)}${compared}`;
  const sorted = data.toSorted((a, b) => a.at - b.at);
  if (sorted.length === 0) return { label, text: 'no data in this time' };
  const newest = sorted.slice(-written).reverse();
  const values = newest.map(({ at, value }) => `${clock(at)} ${number(value)}`).join(', ');
  return { label, text: `${sparkline(sorted.slice(-drawn).map(({ value }) => value))}\n${values} (UTC, newest first)` };
}

/** Where there is no series of its own to show, the reason why. */
export function noSeries(alarm: Alarm): Evidence | null {
  if (alarm.kind === 'composite')
    return { label: 'Metric', text: 'a composite alarm has none: look at the alarms of its rule' };
  if (alarm.kind === 'log') return { label: 'Metric', text: 'a log alarm has none: look at its query' };
  if (alarm.series === null)
    return { label: 'Metric', text: 'the alarm computes several metrics: none of them alone is what it compares' };
  return null;
}

/** From the least value to the most; equal values are bars of the same, lowest height. */
function sparkline(values: readonly number[]): string {
  const [least, most] = [Math.min(...values), Math.max(...values)];
  const step = (most - least) / (bars.length - 1);
  const line = values.map((value) => bars[step === 0 ? 0 : Math.round((value - least) / step)]).join('');
  return `${line} ${number(least)} … ${number(most)}`;
}

/** At most two places after the point, as CloudWatch's own graphs. */
function number(value: number): string {
  return String(Number(value.toFixed(2)));
}

function perPeriod(seconds: number): string {
  return seconds % 60 === 0 && seconds > 60 ? `${seconds / 60} min` : `${seconds} s`;
}

function clock(at: number): string {
  return isoOf(at).slice(11, at % 60_000 === 0 ? 16 : 19);
}
