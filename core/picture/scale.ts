/** Round numbers along an axis, and how they are written. */

/** Steps between two marks are one of these times a power of ten. */
const roundSteps = [1, 2, 5, 10] as const;

/** Round numbers from the first at or above `least` to `most`, about `wanted` of them; none where the range is empty. */
export function marks(least: number, most: number, wanted: number): number[] {
  const rough = (most - least) / wanted;
  if (!(rough > 0) || !Number.isFinite(rough)) return [];
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = power * (roundSteps.find((one) => one * power >= rough) ?? 10);
  // 0.35 is 6.999… steps of 0.05.
  const first = Math.ceil(least / step - slack);
  const last = Math.floor(most / step + slack);
  // Counted in whole steps, so that no sum of fractions drifts.
  return Array.from({ length: last - first + 1 }, (_, index) => Number(((first + index) * step).toPrecision(12)));
}

/** Part of a step by which a division may be off. */
const slack = 1e-9;

const minute = 60_000;
/** Minutes between two marks of time. */
const roundMinutes = [1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10_080] as const;

/** Round times (epoch milliseconds) between two, at most `most` of them. */
export function timeMarks(from: number, to: number, most: number): number[] {
  const minutes = roundMinutes.find((one) => (to - from) / (one * minute) < most) ?? (to - from) / minute;
  const step = minutes * minute;
  const found: number[] = [];
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) found.push(at);
  return found.slice(0, most);
}

const large = [
  { from: 1e12, divisor: 1e12, letter: 'T' },
  { from: 1e9, divisor: 1e9, letter: 'G' },
  { from: 1e6, divisor: 1e6, letter: 'M' },
  { from: 1e4, divisor: 1e3, letter: 'k' },
] as const;

/** At most eight characters: `90`, `0.25`, `12.5k`, `3.2M`, `-1e-9`. */
export function shortNumber(value: number): string {
  const size = Math.abs(value);
  if (size > 0 && (size < 1e-3 || size >= 1e15)) return short(value.toExponential(1));
  const unit = large.find(({ from }) => size >= from);
  return unit ? `${short((value / unit.divisor).toPrecision(4))}${unit.letter}` : short(value.toPrecision(4));
}

/** Without zeros that say nothing. */
const short = (digits: string): string => digits.replace(/(\.\d*?)0+(?=e|$)/, '$1').replace(/\.(?=e|$)/, '');
