/** What is wrong with the keys and values of front matter, once it is YAML: unknown, missing, or not what they must be. */
import type * as z from 'zod';
import { FrontMatter, selectorKeys } from './front-matter-schema.ts';
import { type Finding, type Place, shown } from './problem.ts';
import { didYouMean, nearest } from './spelling.ts';

type Path = readonly PropertyKey[];
type PlaceOf = (path: Path, part?: 'key' | 'value') => Place;

/** What YAML gave as front matter, or every finding about it; `placeOf` tells where a key or value stands. */
export function readKeys(value: unknown, placeOf: PlaceOf): { value: FrontMatter | null; findings: Finding[] } {
  const parsed = FrontMatter.safeParse(withoutForeign(value));
  if (parsed.success) return { value: parsed.data, findings: [] };
  const findings = parsed.error.issues.flatMap((issue) => readIssue(issue, value));
  const unknown = findings.filter(({ rule }) => rule === 'unknown-key');
  const kept = findings.filter((finding) => !isMisspelt(finding, unknown));
  return { value: null, findings: kept.map((finding) => placed(finding, placeOf)) };
}

/** Keys `x-…` belong to other tools: kept in the file, and nothing to us. */
function withoutForeign(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).filter(([key]) => !key.startsWith('x-')));
}

interface KeyFinding {
  readonly rule: 'unknown-key' | 'missing-key' | 'invalid-value';
  readonly path: Path;
  readonly message: string;
  readonly fix: string;
}

/** `match` is one map or a list of them: what is said of the form that it has. */
function ofMatch(issue: z.core.$ZodIssueInvalidUnion, value: unknown): KeyFinding[] {
  const isList = Array.isArray((value as { match?: unknown }).match);
  const inner = issue.errors[isList ? 1 : 0] ?? [];
  return inner.flatMap((one) => readIssue({ ...one, path: [...issue.path, ...one.path] }, value));
}

function readIssue(issue: z.core.$ZodIssue, value: unknown): KeyFinding[] {
  if (issue.code === 'invalid_union' && issue.path.length === 1 && issue.path[0] === 'match')
    return ofMatch(issue, value);
  if (issue.code === 'invalid_union' && issue.path.length === 1 && issue.path[0] === 'targets')
    return ofTargets(issue, value);
  if (issue.code === 'unrecognized_keys')
    return issue.keys.map((key) => unknownKey([...issue.path, key], issue.message));
  const wrong = issue.path.reduce<unknown>(
    (at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part],
    value,
  );
  const name = issue.path.map(String).join('.') || 'the front matter';
  const { path, message } = issue;
  if (issue.code === 'invalid_key') {
    const inner = issue.issues[0]?.message ?? message;
    return [
      { rule: 'invalid-value', path, message: `${name} is ${inner}`.replace('is must', 'must'), fix: 'rename it' },
    ];
  }
  if (wrong === undefined)
    return [{ rule: 'missing-key', path, message: `${name} is missing: ${message}`, fix: `add ${name}` }];
  const allowed = /^must be one of (.*)$/.exec(message)?.[1]?.split(', ') ?? [];
  const near = typeof wrong === 'string' ? didYouMean(wrong, allowed) : '';
  return [
    { rule: 'invalid-value', path, message: `${name} is ${asWritten(wrong)}: ${message}`, fix: `${near}correct it` },
  ];
}

/** One selector, where a key is one of its own or nearly so; else selectors by name. */
function ofTargets(issue: Extract<z.core.$ZodIssue, { code: 'invalid_union' }>, value: unknown): KeyFinding[] {
  const { targets } = value as { targets?: unknown };
  const keys = typeof targets === 'object' && targets !== null ? Object.keys(targets) : [];
  const isOne = keys.length === 0 || keys.some((key) => nearest(key, selectorKeys) !== null);
  const [one = [], named = []] = issue.errors;
  return (isOne ? one : named).flatMap((inner) =>
    readIssue({ ...inner, path: [...issue.path, ...inner.path] } as z.core.$ZodIssue, value),
  );
}

/** A map or list as one line of YAML. */
function asWritten(value: unknown): string {
  if (typeof value !== 'object' || value === null) return shown(value);
  const text = yamlOf(value);
  return text.length <= 80 ? text : `${text.slice(0, 77)}…`;
}

function yamlOf(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(yamlOf).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return shown(value);
  return `{${Object.entries(value)
    .map(([key, item]) => ` ${key}: ${yamlOf(item)}`)
    .join(',')} }`.replace('{ }', '{}');
}

function unknownKey(path: Path, message: string): KeyFinding {
  const key = String(path.at(-1));
  const allowed = allowedOf(message);
  const near = didYouMean(key, allowed);
  const [what = message, ...rest] = message.split('; ');
  const keep = path.length === 1 ? `; or keep it for another tool as x-${key}` : '';
  const fix = `${near}${rest.slice(1).join('; ') || 'correct its spelling or remove it'}${keep}`;
  return { rule: 'unknown-key', path, message: `${path.map(String).join('.')} ${what}; ${rest[0] ?? ''}`, fix };
}

function allowedOf(message: string): string[] {
  return /allowed: ([^;]*)/.exec(message)?.[1]?.split(', ') ?? [];
}

/** A key that is missing because it is misspelt beside: one fault. */
function isMisspelt({ rule, path }: KeyFinding, unknown: readonly KeyFinding[]): boolean {
  if (rule !== 'missing-key' && rule !== 'invalid-value') return false;
  const key = String(path.at(-1));
  return unknown.some(
    (other) =>
      (rule === 'missing-key' && sameParent(other.path, path) && nearest(String(other.path.at(-1)), [key]) !== null) ||
      (rule === 'invalid-value' &&
        other.path.length === path.length + 1 &&
        path.every((part, index) => part === other.path[index])),
  );
}

function sameParent(a: Path, b: Path): boolean {
  return a.length === b.length && a.slice(0, -1).every((part, index) => part === b[index]);
}

function placed({ rule, path, message, fix }: KeyFinding, placeOf: PlaceOf): Finding {
  return {
    rule,
    ...placeOf(path, rule === 'invalid-value' && !message.includes('a name of lower') ? 'value' : 'key'),
    message,
    fix,
  };
}
