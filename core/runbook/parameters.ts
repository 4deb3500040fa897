/** Parameters' values for one alarm: from its dimensions and tags as CloudWatch tells them, or the author's default. */
import type { Alarm } from '../alarm/alarm.ts';
import { valueProblem } from './parameter-types.ts';
import { shown } from './problem.ts';
import type { Parameter, ParameterSource, Runbook } from './runbook.ts';

export class ParameterError extends Error {
  override readonly name = 'ParameterError';
}

/** Whether a person types its value while the runbook runs: no alarm has it, and no plan. */
export function isTyped({ sources }: Pick<Parameter, 'sources'>): boolean {
  return sources.some(({ kind }) => kind === 'person');
}

/**
 * The value of every parameter that no person types, validated. The first source that has a value decides: an invalid one is refused, never
 * replaced by the default.
 *
 * @throws {ParameterError} naming every parameter that is missing or invalid, so that no plan is made.
 */
export function resolveParameters(runbook: Runbook, alarm: Alarm): Record<string, string> {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const parameter of runbook.parameters) {
    if (isTyped(parameter)) continue;
    const found = parameter.sources.map((source) => ({ source, value: valueFrom(source, alarm) })).find(isPresent);
    const problem = found ? problemOf(parameter, found) : missing(parameter, alarm);
    if (problem) problems.push(problem);
    else if (found) values[parameter.name] = found.value;
  }
  if (problems.length > 0)
    throw new ParameterError(
      `runbook ${runbook.id} cannot be planned for alarm ${shown(alarm.name)}: ${problems.join('; ')}`,
    );
  return values;
}

/**
 * Where each parameter's value comes from for this alarm: `dimension InstanceId`, `default`, or, where others come before it,
 * `default: the alarm has no dimension path`; `person` where one types it later. Others without a value are left out.
 */
export function sourcesOf(runbook: Runbook, alarm: Alarm): Record<string, string> {
  const found = runbook.parameters.map((parameter) => {
    const source = parameter.sources.find((candidate) => valueFrom(candidate, alarm) !== undefined);
    const lacking = lackingSources(parameter).join(' and no ');
    if (isTyped(parameter)) return [parameter.name, 'person'] as const;
    if (source?.kind !== 'default') return [parameter.name, source && originOf(source)] as const;
    return [parameter.name, lacking === '' ? 'default' : `default: the alarm has no ${lacking}`] as const;
  });
  return Object.fromEntries(found.filter((pair): pair is readonly [string, string] => pair[1] !== undefined));
}

/** What would come before a default, such as `dimension path`. */
function lackingSources({ sources }: Parameter): string[] {
  return sources.flatMap((source) => (source.kind === 'default' ? [] : [originOf(source)]));
}

/** `dimension path`, `tag log-dir`, `person`, `default`. */
export function originOf(source: ParameterSource): string {
  return 'name' in source ? `${source.kind} ${source.name}` : source.kind;
}

/** Parameters that this alarm was to give and does not, so that the author's default is used; by name, with what it lacks. */
export function defaultedBy(
  runbook: Runbook,
  alarm: Pick<Alarm, 'dimensions' | 'tags'>,
): { readonly parameter: Parameter; readonly lacks: string }[] {
  return runbook.parameters.flatMap((parameter) => {
    const lacking = lackingSources(parameter);
    const source = parameter.sources.find((candidate) => valueFrom(candidate, alarm) !== undefined);
    return source?.kind === 'default' && lacking.length > 0 ? [{ parameter, lacks: lacking.join(' or ') }] : [];
  });
}

interface Found {
  readonly source: ParameterSource;
  readonly value: string;
}

function isPresent(found: { source: ParameterSource; value: string | undefined }): found is Found {
  return found.value !== undefined;
}

function valueFrom(source: ParameterSource, alarm: Pick<Alarm, 'dimensions' | 'tags'>): string | undefined {
  if (source.kind === 'default') return source.value;
  if (source.kind === 'person') return undefined;
  const values = source.kind === 'dimension' ? alarm.dimensions : alarm.tags;
  if (Object.hasOwn(values, source.name)) return values[source.name];
  const alike = Object.keys(values).filter((name) => name.toLowerCase() === source.name.toLowerCase());
  // `path` and `Path` at once are two things, of which none was meant.
  const [only] = alike;
  return alike.length === 1 && only !== undefined ? values[only] : undefined;
}

function problemOf(parameter: Parameter, { source, value }: Found): string | null {
  const problem = valueProblem(parameter, value);
  return problem && `${parameter.name} ${problem}; ${nameOf(source)} says ${shown(value)}`;
}

function missing({ name, sources }: Parameter, alarm: Alarm): string {
  const has = (values: Readonly<Record<string, string>>) => Object.keys(values).join(', ') || 'none';
  return `${name} has no value; it comes from ${sources.map(nameOf).join(' or ')}, and the alarm has the dimensions ${has(alarm.dimensions)} and the tags ${has(alarm.tags)}`;
}

function nameOf(source: ParameterSource): string {
  return 'name' in source ? `the alarm's ${originOf(source)}` : `the ${source.kind}`;
}
