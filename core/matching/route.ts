/** Exact routes: a runbook's `match` says which alarms it answers, and everything it says must agree. */
import type { Alarm } from '../alarm/alarm.ts';
import type { Runbook } from '../runbook/runbook.ts';

/**
 * How sure a route is, or null when the alarm is not the runbook's. The more a match says, the higher: an exact alarm
 * name (0.99) beats a pattern (0.95, and 0.0005 for each of its first 50 literal characters), a pattern beats no name
 * (0.92), and each further thing that agrees, up to five, adds 0.002.
 */
export function routeConfidence(match: Runbook['match'], alarm: Alarm): { confidence: number; why: string } | null {
  const fitting = match.alarms.filter((pattern) => fits(pattern, alarm.name));
  const tags = Object.entries(match.tags);
  const agree =
    (match.alarms.length === 0 || fitting.length > 0) &&
    (match.namespace === null || match.namespace === alarm.namespace) &&
    (match.metric === null || match.metric === alarm.metric) &&
    tags.every(([key, value]) => Object.hasOwn(alarm.tags, key) && alarm.tags[key] === value);
  const reasons = [
    ...fitting.slice(0, 1).map((pattern) => `the alarm's name fits ${pattern}`),
    ...(match.namespace === null ? [] : [`namespace ${match.namespace}`]),
    ...(match.metric === null ? [] : [`metric ${match.metric}`]),
    ...tags.map(([key, value]) => `tag ${key}=${value}`),
  ];
  if (!agree || reasons.length === 0) return null;
  const named = Math.max(0.92, ...fitting.map(nameConfidence));
  const further = Math.min(5, reasons.length - Math.min(1, fitting.length));
  return { confidence: Math.round((named + further * 0.002) * 10_000) / 10_000, why: reasons.join(', ') };
}

function nameConfidence(pattern: string): number {
  const literal = pattern.replaceAll('*', '').length;
  return literal === pattern.length ? 0.99 : 0.95 + Math.min(50, literal) * 0.0005;
}

/** Whether `*` in the pattern can stand for parts of the name so that both are equal, in time length × length at most. */
export function fits(pattern: string, name: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let index = 0;
  while (index < name.length) {
    if (pattern[at] === '*') {
      star = at++;
      resume = index;
    } else if (pattern[at] === name[index]) {
      at++;
      index++;
    } else if (star >= 0) {
      at = star + 1;
      index = ++resume;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
