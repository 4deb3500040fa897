/** Days as people write them in front matter: how many lie between two, and how long an interval is. */
import { epochOf } from '../time.ts';

/** Days from one day to another, both as `2026-11-28`; negative when the second is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((epochOf(`${to}T00:00:00Z`) - epochOf(`${from}T00:00:00Z`)) / 86_400_000);
}

const unitDays: Readonly<Record<string, number>> = { d: 1, w: 7, m: 31, y: 366 };

/** Days of an interval such as `90d`, `26w`, `6m`, `1y`; months and years are taken at their longest. */
export function intervalDays(interval: string): number {
  return Number.parseInt(interval, 10) * (unitDays[interval.slice(-1)] ?? Number.NaN);
}
