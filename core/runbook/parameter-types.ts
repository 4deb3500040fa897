/** The types of runbook parameters: what each accepts. Every rule is anchored, capped, and refuses a leading `-`. */
import type { Parameter } from './runbook.ts';

export type ParameterType = Parameter['type'];

export interface ParameterRule {
  readonly pattern: RegExp;
  /** UTF-16 units, the default and the most. */
  readonly maximumLength: number;
  /** Completes "must be …". */
  readonly what: string;
}

/** A word that no shell, no option parser and no log viewer treats specially. */
const plainWord = /^(?!.*(?:^|\/)\.\.(?:\/|$))[A-Za-z0-9_./:@%+,][A-Za-z0-9_./:@%+,-]*$/;
const plainWordInWords = 'letters, digits and _ . / : @ % + , - without a leading "-" and without ".." as a part';

export const parameterRules: Readonly<Record<ParameterType, ParameterRule>> = {
  string: { pattern: plainWord, maximumLength: 255, what: plainWordInWords },
  enum: { pattern: plainWord, maximumLength: 255, what: plainWordInWords },
  /** 15 digits stay exact as a JavaScript number. */
  integer: { pattern: /^(?:0|[1-9][0-9]{0,14})$/, maximumLength: 15, what: 'a whole number without sign' },
  path: {
    pattern: /^(?!.*\/(?:\.{0,2}\/|\.{1,2}$))\/[A-Za-z0-9_.:@%+=,/-]*$/,
    maximumLength: 255,
    what: 'an absolute path of letters, digits and _ . : @ % + = , - without "//", and without "." or ".." as a part',
  },
  /** systemd allows 255 characters; its escape \x2d is left out, a backslash means something to every shell. */
  unit: {
    pattern: /^[A-Za-z0-9:_@][A-Za-z0-9:_.@-]*$/,
    maximumLength: 255,
    what: 'a systemd unit such as nginx.service: letters, digits and : _ . @ - without a leading "-" or "."',
  },
  /** RFC 1123: labels of 1 to 63, 253 in all. */
  hostname: {
    pattern: /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?)*$/,
    maximumLength: 253,
    what: 'a host name such as db-1.example.com',
  },
  duration: {
    pattern: /^[1-9][0-9]{0,5}[smhd]$/,
    maximumLength: 7,
    what: 'a duration such as 30s, 15m, 2h or 7d',
  },
};

/** With a pattern of its own a string may be any printable ASCII text that single quotes can hold. */
const quotable = /^(?!-)[ -&(-~]+$/;

/**
 * What is wrong with a value for a parameter, or null.
 * @returns text that follows the parameter's name, such as `must be …; it is "…"`.
 */
export function valueProblem(parameter: Parameter, value: string): string | null {
  const rule = parameterRules[parameter.type];
  if (value === '') return 'must not be empty';
  if (value.length > parameter.maximumLength)
    return `must have at most ${parameter.maximumLength} characters; it has ${value.length}`;
  const ownPattern = parameter.type === 'string' && parameter.pattern !== null;
  if (!(ownPattern ? quotable : rule.pattern).test(value))
    return `must be ${ownPattern ? `printable ASCII without "'" and without a leading "-"` : rule.what}`;
  if (parameter.pattern !== null && !anchored(parameter.pattern).test(value)) return `must match ${parameter.pattern}`;
  if (parameter.type === 'unit' && !isServiceOrNamed(parameter, value))
    return 'must be a service: the runbook names units of another kind neither in its pattern nor as its default';
  if (parameter.type === 'enum' && !parameter.values?.includes(value))
    return `must be one of ${(parameter.values ?? []).join(', ')}`;
  return parameter.type === 'integer' ? rangeProblem(parameter, Number(value)) : null;
}

/** What a value must be, for whoever types it: `a whole number without sign, at least 2`. */
export function ruleWords({ type, pattern, values, minimum, maximum }: Parameter): string {
  if (type === 'enum') return `one of ${(values ?? []).join(', ')}`;
  return [
    parameterRules[type].what,
    ...(pattern === null ? [] : [`matching ${pattern}`]),
    ...(minimum === null ? [] : [`at least ${minimum}`]),
    ...(maximum === null ? [] : [`at most ${maximum}`]),
  ].join(', ');
}

/** The kinds of unit beside services; starting or stopping one of these may be the whole machine. */
const otherKinds = 'socket|target|timer|path|mount|automount|swap|slice|scope|device';

/** A unit of another kind is accepted only where the reviewed file says that kind. */
function isServiceOrNamed({ pattern, sources }: Parameter, value: string): boolean {
  const kind = new RegExp(`\\.(${otherKinds})$`).exec(value)?.[1];
  if (kind === undefined) return true;
  const says = [pattern ?? '', ...sources.map((source) => (source.kind === 'default' ? source.value : ''))];
  return says.some((text) => new RegExp(`\\b${kind}\\b`).test(text));
}

function rangeProblem({ minimum, maximum }: Parameter, value: number): string | null {
  if (minimum !== null && !(value >= minimum)) return `must be at least ${minimum}`;
  if (maximum !== null && !(value <= maximum)) return `must be at most ${maximum}`;
  return null;
}

/** The author's pattern, for the whole value whether or not its author wrote `^` and `$`. */
export function anchored(pattern: string): RegExp {
  return new RegExp(`^(?:${pattern})$`, 'u');
}

/**
 * What is wrong with an author's pattern, or null. Values come from alarms, so a pattern must not be one that a hostile
 * value can keep busy: no quantified group, no back-reference, and repetitions that can share 255 characters in at most
 * 255³ ways, as three unbounded ones can.
 */
export function patternProblem(pattern: string): string | null {
  try {
    anchored(pattern);
  } catch (error) {
    return `is not a regular expression: ${error instanceof Error ? error.message : String(error)}`;
  }
  const bare = pattern.replace(/\\[^1-9k]/g, '_').replace(/\[[^\]]*\]/g, '_');
  if (/\)\s*[*+{]/.test(bare))
    return 'repeats a group, which a hostile value can keep busy; repeat a class such as [a-z] instead';
  if (/\\[1-9k]/.test(bare)) return 'uses a back-reference, which a hostile value can keep busy; write it without';
  if (waysOf(bare) > mostWays)
    return 'has more than three unbounded repetitions, or bounded ones that share as much between them; bound them, such as [a-z]{1,20}';
  return null;
}

/** Three repetitions without an end over 255 characters. */
const mostWays = 255 ** 3;

/** In how many ways the pattern's repetitions can share a value: the product of how many lengths each may take. */
function waysOf(bare: string): number {
  const repetitions = bare.matchAll(/\{(\d+)(,?)(\d*)\}|[*+]/g);
  return [...repetitions].reduce((ways, [whole, least, comma, most]) => {
    if (whole === '*' || whole === '+' || (comma !== '' && most === '')) return ways * 255;
    return comma === '' ? ways : ways * Math.max(1, Number(most) - Number(least) + 1);
  }, 1);
}
