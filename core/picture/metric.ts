/** A small picture of an alarm's metric around its change: what CloudWatch compared, its threshold, and when the alarm changed. */
import type { Datum, Series } from '../alarm/evidence.ts';
import { isoOf } from '../time.ts';
import { Canvas, type Point, textHeight, textWidth } from './canvas.ts';
import { type Colour, pngOf } from './png.ts';
import { marks, shortNumber, timeMarks } from './scale.ts';

/** Pixels; a messenger shows it at half this width, and the letters stay readable. */
const width = 720;
const height = 280;
const plot = { left: 112, right: width - 16, top: 14, bottom: height - 34 } as const;

/** Each is seen on white and on black alike: nothing is drawn behind them. */
const colours: readonly Colour[] = [
  [0, 0, 0, 0],
  [128, 136, 148, 255],
  [128, 136, 148, 72],
  [46, 125, 222, 255],
  [214, 69, 65, 255],
  [201, 132, 26, 255],
];
/** Places of the colours; 0 is nothing. */
const [ink, grid, curve, limit, change] = [1, 2, 3, 4, 5] as const;

/** Marks beside the picture, about so many; and of time below it, at most. */
const valueMarks = 5;
const mostTimes = 6;

interface Scales {
  readonly x: (at: number) => number;
  readonly y: (value: number) => number;
  readonly least: number;
  readonly most: number;
}

/** The picture as a PNG file; null where there is nothing to draw. */
export function metricPicture(read: Series): Uint8Array | null {
  const series = { ...read, values: read.values.filter(({ at }) => read.from <= at && at <= read.to) };
  if (series.values.length === 0) return null;
  const canvas = new Canvas(width, height);
  const scales = scalesOf(series);
  axes(canvas, series, scales);
  const { x, y } = scales;
  if (series.threshold !== null)
    canvas.line(limit, { x: plot.left, y: y(series.threshold) }, { x: plot.right, y: y(series.threshold) }, 2, 8);
  if (series.from <= series.changedAt && series.changedAt <= series.to)
    canvas.line(change, { x: x(series.changedAt), y: plot.top }, { x: x(series.changedAt), y: plot.bottom }, 2, 4);
  curves(canvas, series, scales);
  return pngOf({ width, height, colours, pixels: canvas.pixels });
}

/** In words what the picture shows, for those who cannot see it; `label` says what is measured. */
export function pictureWords(label: string, { from, to, threshold, changedAt }: Series): string {
  const limitWords = threshold === null ? '' : `; dashed across: the threshold, ${shortNumber(threshold)}`;
  return `${label}, ${clock(from)} to ${clock(to)} UTC${limitWords}; dashed upright: the alarm's change at ${clock(changedAt)}`;
}

function scalesOf({ values, threshold, from, to }: Series): Scales {
  const all = [...values.map(({ value }) => value), ...(threshold === null ? [] : [threshold])];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  // A flat line lies in the middle; else a twentieth of room above and below.
  const room = high > low ? (high - low) / 20 : Math.abs(high) / 2 || 1;
  const [least, most] = [low - room, high + room];
  const x = (at: number) => Math.round(plot.left + ((at - from) / Math.max(1, to - from)) * (plot.right - plot.left));
  const y = (value: number) => Math.round(plot.bottom - ((value - least) / (most - least)) * (plot.bottom - plot.top));
  return { x, y, least, most };
}

function axes(canvas: Canvas, { from, to, threshold }: Series, { x, y, least, most }: Scales): void {
  const beside = (colour: number, value: number) => {
    const label = shortNumber(value);
    canvas.text(colour, { x: plot.left - 10 - textWidth(label), y: y(value) - textHeight / 2 }, label);
  };
  for (const value of marks(least, most, valueMarks)) {
    canvas.line(grid, { x: plot.left, y: y(value) }, { x: plot.right, y: y(value) });
    // The threshold's own number stands there.
    if (threshold === null || Math.abs(y(value) - y(threshold)) > textHeight) beside(ink, value);
  }
  if (threshold !== null) beside(limit, threshold);
  for (const at of timeMarks(from, to, mostTimes)) {
    const label = clock(at);
    canvas.line(grid, { x: x(at), y: plot.top }, { x: x(at), y: plot.bottom });
    const left = Math.min(x(at) - Math.round(textWidth(label) / 2), width - textWidth(label));
    canvas.text(ink, { x: left, y: plot.bottom + 12 }, label);
  }
  canvas.text(ink, { x: 4, y: plot.bottom + 12 }, 'UTC');
  canvas.line(ink, { x: plot.left, y: plot.bottom }, { x: plot.right, y: plot.bottom });
}

/** Values that follow each other are joined; where a period is missing the line is too, and a value by itself is a dot. */
function curves(canvas: Canvas, { values, periodSeconds }: Series, { x, y }: Scales): void {
  const place = ({ at, value }: Datum): Point => ({ x: x(at), y: y(value) });
  const joined = (one: Datum | undefined, next: Datum | undefined): boolean =>
    one !== undefined && next !== undefined && next.at - one.at <= 1.5 * periodSeconds * 1000;
  values.forEach((datum, index) => {
    const { x: left, y: top } = place(datum);
    const [before, next] = [values[index - 1], values[index + 1]];
    if (next && joined(datum, next)) canvas.line(curve, place(datum), place(next), 3);
    else if (!joined(before, datum)) canvas.rectangle(curve, { x: left - 4, y: top - 4 }, 8, 8);
  });
}

const clock = (at: number): string => isoOf(at).slice(11, 16);
