/** What changes in the policy: each key with its old and its new value; all but what is known to ask for more is marked. */
import { canonicalJson } from '../digest.ts';
import { PolicyKeys } from '../policy/keys.ts';
import type { Policy } from '../policy/schema.ts';
import { shorten, visible } from '../visible.ts';
import { type Change, looser, same, setWords } from './change.ts';
import { isStricter, type Json } from './stricter.ts';

/** Characters of a value; the file has the rest. */
const longest = 160;

export function policyChanges(before: Policy, after: Policy): Change[] {
  return compare('', plain(before), plain(after));
}

/** As it lies in compiled.json. */
const plain = (value: unknown): Json => JSON.parse(JSON.stringify(value));

function compare(path: string, before: Json | undefined, after: Json | undefined): Change[] {
  if (before !== undefined && after !== undefined && canonicalJson(before) === canonicalJson(after)) return [];
  if (isObject(before) && isObject(after)) return within(path, before, after);
  return [change(path, before, after)];
}

function within(path: string, before: JsonObject, after: JsonObject): Change[] {
  const keys = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return keys.flatMap((key) => compare(path === '' ? key : `${path}.${key}`, before[key], after[key]));
}

function change(path: string, before: Json | undefined, after: Json | undefined): Change {
  const isOneSided = before === undefined || after === undefined;
  const known = isOneSided && isScope(path) ? isStricterScope(path, before, after) : isStricter(path, before, after);
  return (known ? same : looser)('policy', `${path}: ${words(before, after)}`);
}

function words(before: Json | undefined, after: Json | undefined): string {
  // A list counts as a set, unless only its order or the number of equal entries changed.
  if (Array.isArray(before) && Array.isArray(after)) {
    const sets = setWords(before.map(shown), after.map(shown));
    if (sets !== null) return sets;
  }
  if (before === undefined) return `is new: ${shown(after ?? null)}`;
  return `was ${shown(before)}, ${after === undefined ? 'is gone' : `is ${shown(after)}`}`;
}

const isScope = (path: string): boolean => /^(?:environments|teams)\.[^.]+$/.test(path);

/** An environment or team that is not there is one that demands nothing. */
function isStricterScope(path: string, before: Json | undefined, after: Json | undefined): boolean {
  const { environments, teams } = PolicyKeys.parse({ environments: { none: {} }, teams: { none: {} } });
  const none = plain(path.startsWith('environments.') ? environments.none : teams.none);
  return compare(path, before ?? none, after ?? none).every(({ loosens }) => !loosens);
}

const shown = (value: Json): string =>
  shorten(visible(typeof value === 'string' ? value : JSON.stringify(value)), longest);

type JsonObject = { readonly [key: string]: Json };

function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
