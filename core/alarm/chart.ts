/** The alarm's own series around its change, in words and as a line of small bars: what CloudWatch compared, and nothing else. */
import { epochOf, isoOf } from '../time.ts';
import type { Alarm } from './alarm.ts';
import type { Datum, Evidence, Series } from './evidence.ts';

const hour = 3_600_000;
/** Periods of the alarm before its change that are looked at, and at least an hour. */
const periodsBefore = 30;

/**
 * How far back CloudWatch has data of a period, in milliseconds ("If the StartTime parameter specifies a time stamp that is
 * greater than 3 hours ago, you must specify the period as follows or no data points in that time range is returned": a
 * multiple of 60 s up to 15 days, of 300 s up to 63, of 3,600 s beyond; GetMetricData, MetricStat.Period).
 */
function reach(periodSeconds: number): number {
  if (periodSeconds % 60 !== 0) return 3 * hour;
  if (periodSeconds % 300 !== 0) return 15 * 24 * hour;
  return periodSeconds % 3_600 !== 0 ? 63 * 24 * hour : 455 * 24 * hour;
}

/** From when the series is looked at, epoch milliseconds: some periods before the change, as far back as CloudWatch has them. */
export function seriesStart({ series, stateChangedAt }: Alarm, now: number): number {
  const periodSeconds = series?.periodSeconds ?? 60;
  const wanted = Math.min(epochOf(stateChangedAt), now) - Math.max(hour, periodsBefore * periodSeconds * 1000);
  return Math.max(wanted, now - reach(periodSeconds));
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
 * The series as evidence, as it is at `now` (epoch milliseconds). `data` in any order.
 */
export function seriesEvidence(alarm: Alarm, data: readonly Datum[], now: number): Evidence {
  const { metric, series, comparison, threshold } = alarm;
  const word = comparisons[comparison ?? ''];
  const compared = word === undefined || threshold === null ? '' : `, alarm at ${word} ${number(threshold)}`;
  const label = `${metric ?? 'Metric'}, ${series?.statistic ?? ''} per ${perPeriod(series?.periodSeconds ?? 0)}${compared}`;
  const sorted = data.toSorted((a, b) => a.at - b.at);
  if (sorted.length === 0) return { label, text: 'no data in this time' };
  const newest = sorted.slice(-written).reverse();
  const values = newest.map(({ at, value }) => `${clock(at)} ${number(value)}`).join(', ');
  const text = `${sparkline(sorted.slice(-drawn).map(({ value }) => value))}\n${values} (UTC, newest first)`;
  return { label, text, series: seriesOf(alarm, sorted, now) };
}

/** Values of a picture, the newest of them: more are no longer told apart in it. */
const pictured = 400;

/** DynamoDB holds numbers of 1E-130 to 9.99E+125 ("Number" in its data types), and an item with another is not taken at all. */
const holds = (value: number) => value === 0 || (Math.abs(value) >= 1e-130 && Math.abs(value) <= 9.99e125);

function seriesOf(alarm: Alarm, sorted: readonly Datum[], now: number): Series {
  const { series, threshold, stateChangedAt } = alarm;
  return {
    from: seriesStart(alarm, now),
    to: now,
    changedAt: epochOf(stateChangedAt),
    periodSeconds: series?.periodSeconds ?? 60,
    threshold: threshold !== null && holds(threshold) ? threshold : null,
    values: sorted.filter(({ value }) => holds(value)).slice(-pictured),
  };
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
