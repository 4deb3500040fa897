/** Exact routes: a runbook's `match` says which alarms it answers, and everything that an alternative says must agree. */
import type { Alarm } from '../alarm/alarm.ts';
import type { Match, Said } from '../runbook/runbook.ts';
import { sideOf } from './facts.ts';
import { topicsIn } from './topics.ts';
import { spoken } from './words.ts';

export interface Route {
  readonly match: Match;
  readonly confidence: number;
  readonly why: string;
  /** `exact`: names this very alarm; `from its start`: a pattern that fixes how the name begins, as only its owner would. */
  readonly names: 'exact' | 'from its start' | 'in part' | 'not at all';
}

/**
 * The best of the alternatives that agree, or null. The more one says, the surer: an exact alarm name (0.99) beats a
 * pattern (0.95, and 0.0005 for each of its first 50 literal characters), a pattern beats no name (0.92), and each
 * further thing that agrees, up to five, adds 0.002.
 */
export function routeOf(matches: readonly Match[], alarm: Alarm): Route | null {
  const routes = matches.flatMap((match) => routeBy(match, alarm) ?? []);
  return routes.reduce<Route | null>((best, one) => (best && best.confidence >= one.confidence ? best : one), null);
}

function routeBy(match: Match, alarm: Alarm): Route | null {
  const reasons = agreement(match, alarm);
  if (reasons === null || reasons.length === 0) return null;
  const fitting = match.alarms.filter((pattern) => fits(pattern, alarm.name));
  const named = Math.max(0.92, ...fitting.map(nameConfidence));
  const further = Math.min(5, reasons.length - Math.min(1, fitting.length));
  return {
    match,
    confidence: Math.round((named + further * 0.002) * 10_000) / 10_000,
    why: reasons.join(', '),
    names: namesOf(fitting),
  };
}

/** Why the alarm is as said, or null where anything disagrees. */
export function agreement(said: Said, alarm: Alarm): string[] | null {
  const fitting = said.alarms.filter((pattern) => fits(pattern, alarm.name));
  const tags = Object.entries(said.tags);
  const side = sideOf(alarm.comparison);
  const agrees =
    (said.alarms.length === 0 || fitting.length > 0) &&
    among(said.namespaces, alarm.namespace) &&
    among(said.metrics, alarm.metric) &&
    (said.comparison === null || said.comparison === side) &&
    said.dimensions.every((name) => Object.hasOwn(alarm.dimensions, name)) &&
    tags.every(([key, value]) => Object.hasOwn(alarm.tags, key) && alarm.tags[key] === value);
  if (!agrees) return null;
  return [
    ...fitting.slice(0, 1).map((pattern) => `the alarm's name fits ${pattern}`),
    ...(said.namespaces.length === 0 ? [] : [`namespace ${alarm.namespace}`]),
    ...(said.metrics.length === 0 ? [] : [`metric ${alarm.metric}`]),
    ...(said.comparison === null ? [] : [`rings ${said.comparison} its threshold`]),
    ...said.dimensions.map((name) => `dimension ${name}`),
    ...tags.map(([key, value]) => `tag ${key}=${value}`),
  ];
}

function among(allowed: readonly string[], value: string | null): boolean {
  return allowed.length === 0 || (value !== null && allowed.includes(value));
}

function isExact(pattern: string): boolean {
  return !pattern.includes('*');
}

function namesOf(fitting: readonly string[]): Route['names'] {
  if (fitting.length === 0) return 'not at all';
  if (fitting.some(isExact)) return 'exact';
  // A pattern of a trouble's words, such as `cpu-*`, is only words: other people's alarms begin so as well.
  const isOwn = (pattern: string) => !pattern.startsWith('*') && topicsIn(spoken(pattern)).size === 0;
  return fitting.some(isOwn) ? 'from its start' : 'in part';
}

function nameConfidence(pattern: string): number {
  const literal = pattern.replaceAll('*', '').length;
  return isExact(pattern) ? 0.99 : 0.95 + Math.min(50, literal) * 0.0005;
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
