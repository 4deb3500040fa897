/** What changes in the policy: each key with its old and its new value, and which of them ask for less than before. */
import { canonicalJson } from '../digest.ts';
import type { Policy } from '../policy/schema.ts';
import { shorten, visible } from '../visible.ts';
import { type Change, looser, same, setWords } from './change.ts';

/** Characters of a value; the file has the rest. */
const longest = 160;

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

export function policyChanges(before: Policy, after: Policy): Change[] {
  return compare('', plain(before), plain(after));
}

/** As it lies in compiled.json. */
const plain = (policy: Policy): Json => JSON.parse(JSON.stringify(policy));

function compare(path: string, before: Json | undefined, after: Json | undefined): Change[] {
  if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after)) return [];
  if (isObject(before) && isObject(after)) {
    const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
    return keys.flatMap((key) => compare(path === '' ? key : `${path}.${key}`, before[key], after[key]));
  }
  if (Array.isArray(before) && Array.isArray(after)) return list(path, before, after);
  const text = `${path}: ${before === undefined ? 'is new' : `was ${shown(before)}`}${after === undefined ? ', is gone' : before === undefined ? `: ${shown(after)}` : `, is ${shown(after)}`}`;
  return [isLooser(path, before, after) ? looser('policy', text) : same('policy', text)];
}

/** A list counts as a set, unless only its order or the number of equal entries changed. */
function list(path: string, before: readonly Json[], after: readonly Json[]): Change[] {
  const words = setWords(before.map(shown), after.map(shown));
  if (words === null) return [same('policy', `${path}: was ${shown(before)}, is ${shown(after)}`)];
  const added = after.some((one) => !before.some((other) => canonicalJson(one) === canonicalJson(other)));
  const removed = before.some((one) => !after.some((other) => canonicalJson(one) === canonicalJson(other)));
  const isLess =
    (added && /(?:^|\.)(?:approvers|people|standing_approvals)$/.test(path)) ||
    (removed && /(?:^|\.)(?:freeze|commands)$/.test(path));
  return [
    isLess || /(?:^|\.)waves$/.test(path) ? looser('policy', `${path}: ${words}`) : same('policy', `${path}: ${words}`),
  ];
}

const shown = (value: Json): string =>
  shorten(visible(typeof value === 'string' ? value : JSON.stringify(value)), longest);

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Keys of which one direction asks for less; keys that no rule names are told without a mark. */
const rules: readonly (readonly [RegExp, (before: Json | undefined, after: Json | undefined) => boolean])[] = [
  [/^mode$/, (_, after) => after === 'live'],
  [/(?:^|\.)auto_approve_reads$/, (_, after) => after === true],
  [/(?:^|\.)halt_on_failure$/, (_, after) => after === false],
  [/(?:^|\.)max_targets$/, (before, after) => after === null || (typeof before === 'number' && Number(after) > before)],
  [/(?:^|\.)max_autonomous_actions$/, (before, after) => Number(after) > Number(before)],
  [/(?:^|\.)min_confidence$/, (before, after) => Number(after) < Number(before)],
  [/(?:^|\.)approvers$/, (_, after) => after === null || Array.isArray(after)],
  [/^(?:environments|teams)\.[^.]+$/, (_, after) => after === undefined],
  [/^model\.(?:enabled|base_url)$/, (_, after) => after !== false],
  [/^slack\.api_url$/, () => true],
];

function isLooser(path: string, before: Json | undefined, after: Json | undefined): boolean {
  return rules.some(([key, less]) => key.test(path) && less(before, after));
}
