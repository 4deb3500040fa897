/** From a parameter's entry in the front matter to the compiled Parameter, with everything that cannot work about it. */
import type { ParameterEntry } from './front-matter-schema.ts';
import { parameterRules, patternProblem, valueProblem } from './parameter-types.ts';
import { shown } from './problem.ts';
import type { Parameter, ParameterSource } from './runbook.ts';

export interface EntryProblem {
  /** The key of the entry that is wrong. */
  readonly key: string;
  readonly message: string;
  readonly fix: string;
}

/** The compiled parameter, and what is wrong with it; a parameter with problems is never used. */
export function declareParameter(
  name: string,
  entry: ParameterEntry,
): { readonly parameter: Parameter; readonly problems: readonly EntryProblem[] } {
  const parameter: Parameter = {
    name,
    type: entry.type,
    description: entry.description,
    sources: sourcesOf(entry),
    pattern: entry.pattern ?? null,
    values: entry.values ?? null,
    minimum: entry.min ?? null,
    maximum: entry.max ?? null,
    maximumLength: entry.max_length ?? parameterRules[entry.type].maximumLength,
    destructiveDefault: entry.destructive_default,
  };
  const shape = [...misplaced(entry), ...outOfBounds(entry)];
  // A default is judged only by rules that are right themselves.
  return { parameter, problems: shape.length > 0 ? shape : wrongValues(parameter, entry) };
}

function sourcesOf({ from = [], default: fallback }: ParameterEntry): ParameterSource[] {
  if (from === 'person') return [{ kind: 'person' }];
  const sources = (typeof from === 'string' ? [from] : from).flatMap((source): ParameterSource[] => {
    const [, kind, name = ''] = /^(dimension|tag):(.*)$/s.exec(source) ?? [];
    return name.split('|').map((one) => ({ kind: kind === 'tag' ? 'tag' : 'dimension', name: one }));
  });
  return fallback === undefined ? sources : [...sources, { kind: 'default', value: fallback }];
}

/** Which type each narrowing key belongs to. */
const belongsTo = {
  pattern: ['string', 'path', 'unit', 'hostname'],
  values: ['enum'],
  min: ['integer'],
  max: ['integer'],
} as const;

function misplaced(entry: ParameterEntry): EntryProblem[] {
  const problems = Object.entries(belongsTo).flatMap(([key, types]) =>
    entry[key as keyof typeof belongsTo] !== undefined && !(types as readonly string[]).includes(entry.type)
      ? [
          {
            key,
            message: `belongs to the type ${types.join(', ')}, not to ${entry.type}`,
            fix: 'remove it or change the type',
          },
        ]
      : [],
  );
  if (entry.type === 'enum' && entry.values === undefined)
    problems.push({ key: 'type', message: 'enum needs values', fix: 'add values: the list of what is allowed' });
  if (entry.from === 'person' && entry.default !== undefined)
    problems.push({
      key: 'default',
      message: 'is never used: a person types the value, and one that is missing is asked for, not guessed',
      fix: 'remove it, or take the value from the alarm',
    });
  if (entry.destructive_default && (entry.from === undefined || entry.default === undefined))
    problems.push({
      key: 'destructive_default',
      message: 'means something only where a value comes from the alarm and has a default',
      fix: 'remove it',
    });
  if (entry.from === undefined && entry.default === undefined)
    problems.push({
      key: 'type',
      message: 'has no source',
      fix: 'add from (dimension:NAME, tag:KEY or person), default, or both',
    });
  return problems;
}

function outOfBounds(entry: ParameterEntry): EntryProblem[] {
  const problems: EntryProblem[] = [];
  const most = parameterRules[entry.type].maximumLength;
  if (entry.max_length !== undefined && entry.max_length > most)
    problems.push({
      key: 'max_length',
      message: `is ${entry.max_length}: must be at most ${most} for the type ${entry.type}`,
      fix: 'lower it',
    });
  if (entry.min !== undefined && entry.max !== undefined && entry.min > entry.max)
    problems.push({
      key: 'min',
      message: `is ${entry.min}: must be at most max (${entry.max})`,
      fix: 'correct one of them',
    });
  const pattern = entry.pattern === undefined ? null : patternProblem(entry.pattern);
  if (pattern !== null)
    problems.push({ key: 'pattern', message: `${shown(entry.pattern)} ${pattern}`, fix: 'write a simpler pattern' });
  return problems;
}

function wrongValues(parameter: Parameter, entry: ParameterEntry): EntryProblem[] {
  const checked = [
    ...(entry.default === undefined ? [] : [{ key: 'default', value: entry.default }]),
    ...(entry.values ?? []).map((value) => ({ key: 'values', value })),
  ];
  return checked.flatMap(({ key, value }) => {
    const problem = valueProblem(parameter, value);
    return problem === null
      ? []
      : [{ key, message: `${shown(value)} ${problem}`, fix: 'correct it, or the rules of the parameter' }];
  });
}
