/** The parameters of a plan that nobody has made yet: each with its value and where that came from, or what it waits for. */
import type { Alarm } from '../alarm/alarm.ts';
import type { Unsaid } from '../alarm/written.ts';
import { valueProblem } from '../runbook/parameter-types.ts';
import { isTyped, originOf, ParameterError, resolveParameters, sourcesOf } from '../runbook/parameters.ts';
import { shown } from '../runbook/problem.ts';
import { exampleOf } from '../runbook/review.ts';
import type { Parameter, ParameterSource, Runbook } from '../runbook/runbook.ts';

/** What cannot be planned as it was asked: every reason, one a line, each with what, where and what is allowed. */
export class PreviewError extends Error {
  override readonly name = 'PreviewError';
  constructor(problems: readonly string[]) {
    super(problems.join('\n'));
  }
}

export interface PreviewParameter {
  readonly name: string;
  readonly type: Parameter['type'];
  readonly description: string;
  /** Null while it waits, and when it is missing. */
  readonly value: string | null;
  /**
   * `waiting`: an alarm may still say it. `person`: one types it on a card while the runbook runs. `missing`: the alarm that
   * was given does not say it, and no plan is made without it.
   */
  readonly source: 'given' | 'alarm' | 'default' | 'waiting' | 'person' | 'missing';
  /** Which of its sources, such as `dimension path` or `tag log-dir`; null for any but `alarm`. */
  readonly from: string | null;
  readonly waiting: boolean;
  /** Every source that the runbook names, in the order in which they are tried. */
  readonly sources: readonly string[];
}

/**
 * @param alarm what is said of the alarm so far; `unsaid` is what is not.
 * @throws {PreviewError} for a name that is not declared, and for every value that its type refuses.
 */
export function previewParameters(
  runbook: Runbook,
  given: Readonly<Record<string, string>>,
  alarm: Alarm,
  unsaid: ReadonlySet<Unsaid>,
): PreviewParameter[] {
  const declared = runbook.parameters.map(({ name }) => name);
  const problems = Object.keys(given)
    .filter((name) => !declared.includes(name))
    .map(
      (name) => `--param ${name}: runbook ${runbook.id} has no such parameter; it has ${declared.join(', ') || 'none'}`,
    );
  const parameters = runbook.parameters.map((parameter) => {
    const { name, type, description } = parameter;
    const sources = parameter.sources.map(originOf);
    try {
      const resolved = Object.hasOwn(given, name)
        ? fromHand(parameter, given[name] ?? '')
        : fromAlarm(runbook, parameter, alarm, unsaid);
      return { name, type, description, ...resolved, waiting: resolved.source === 'waiting', sources };
    } catch (error) {
      if (!(error instanceof ParameterError)) throw error;
      problems.push(error.message);
      return { name, type, description, ...unresolved('missing'), waiting: false, sources };
    }
  });
  if (problems.length > 0) throw new PreviewError(problems);
  return parameters;
}

type Resolved = Pick<PreviewParameter, 'value' | 'source' | 'from'>;

const unresolved = (source: 'waiting' | 'person' | 'missing'): Resolved => ({ value: null, source, from: null });

function fromHand(parameter: Parameter, value: string): Resolved {
  const problem = valueProblem(parameter, value);
  if (problem) throw new ParameterError(`--param ${parameter.name}: ${problem}; it is ${shown(value)}`);
  return { value, source: 'given', from: null };
}

function fromAlarm(runbook: Runbook, parameter: Parameter, alarm: Alarm, unsaid: ReadonlySet<Unsaid>): Resolved {
  const { name } = parameter;
  if (isTyped(parameter)) return unresolved('person');
  const alone = { ...runbook, parameters: [parameter] };
  const from = sourcesOf(alone, alarm)[name];
  if (from === undefined) return unresolved(parameter.sources.some(isUnsaid(unsaid)) ? 'waiting' : 'missing');
  const value = resolveParameters(alone, alarm)[name] ?? null;
  return from.startsWith('default') ? { value, source: 'default', from: null } : { value, source: 'alarm', from };
}

function isUnsaid(unsaid: ReadonlySet<Unsaid>) {
  return ({ kind }: ParameterSource) =>
    (kind === 'dimension' && unsaid.has('dimensions')) || (kind === 'tag' && unsaid.has('tags'));
}

/** The runbook with these values fixed; what has none is an example of its type, under which only the floor means something. */
export function withValues(runbook: Runbook, known: readonly PreviewParameter[], unsaid: ReadonlySet<Unsaid>): Runbook {
  const parameters = runbook.parameters.map((parameter): Parameter => {
    const found = known.find(({ name }) => name === parameter.name);
    // An alarm that is known says as little when it is asked again: a step that may not rest on the default is told so.
    if (found?.source === 'default' && !parameter.sources.some(isUnsaid(unsaid))) return parameter;
    const value = found?.value ?? null;
    if (value !== null) return { ...parameter, sources: [{ kind: 'default', value }] };
    const sources: ParameterSource[] = [{ kind: 'default', value: exampleOf(parameter) }];
    const anything = { pattern: '.+', values: null, minimum: null, maximum: null, maximumLength: 255 };
    return { ...parameter, type: 'string', ...anything, sources };
  });
  return { ...runbook, parameters };
}
