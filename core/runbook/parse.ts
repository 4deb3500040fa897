/** Markdown in, a compiled runbook out, or one error that names everything that is wrong with the file. */
import { sha256 } from '../digest.ts';
import { declareParameter } from './declared-parameters.ts';
import { type ReadFrontMatter, readFrontMatter } from './front-matter.ts';
import type { FrontMatter, MatchEntry } from './front-matter-schema.ts';
import { namedTargets, targetFindings } from './named-targets.ts';
import { type Finding, type Problem, problemsOf, RunbookError } from './problem.ts';
import { rules } from './rules.ts';
import { type Match, type Parameter, Runbook, type Said } from './runbook.ts';
import { type DraftStep, type ReadSteps, readSteps } from './steps.ts';
import { readText } from './text.ts';

/** A runbook file as far as it can be read: rules judge it whether or not it compiles. */
export interface Draft {
  readonly file: string;
  /** The file's lines, without line ends and byte order mark. */
  readonly lines: readonly string[];
  readonly front: ReadFrontMatter;
  /** Every declared parameter that can be used, at least as a word. */
  readonly parameters: readonly Parameter[];
  readonly body: ReadSteps;
  readonly steps: readonly DraftStep[];
  /** Null while there is any error. */
  readonly runbook: Runbook | null;
  readonly findings: readonly Finding[];
}

/**
 * Reads one runbook. `file` is its name for messages and for the compiled runbook.
 *
 * @throws {RunbookError} with every error found: file, line, column, the wrong value, what is allowed, the fix.
 */
export function parseRunbook(markdown: string, file: string): Runbook {
  const { runbook, findings } = readRunbook(markdown, file);
  if (runbook === null) throw new RunbookError(errorsOf(file, findings));
  return runbook;
}

function errorsOf(file: string, findings: readonly Finding[]): Problem[] {
  return problemsOf(file, findings).filter(({ severity }) => severity === 'error');
}

/** Reads one runbook on past every fault. Never throws. */
export function readRunbook(markdown: string, file: string): Draft {
  const { text, findings, stops } = readText(markdown);
  const front = readFrontMatter(text);
  const declared = readParameters(front);
  const body = readSteps(front.body, front.declared);
  const named = targetFindings(front, body);
  const all = stops ? findings : [...findings, ...front.findings, ...declared.findings, ...body.findings, ...named];
  const sound = front.value !== null && all.every(({ rule }) => rules[rule] === 'warning');
  return {
    file,
    lines: text.split('\n'),
    front,
    parameters: declared.parameters,
    body,
    steps: body.steps,
    runbook:
      sound && front.value
        ? Runbook.parse(compiled(front.value, declared.parameters, body, file, sha256(markdown)))
        : null,
    findings: all,
  };
}

function readParameters(front: ReadFrontMatter): { parameters: Parameter[]; findings: Finding[] } {
  const declared = Object.entries(front.partial.parameters ?? {}).map(([name, entry]) => declareParameter(name, entry));
  const findings = declared.flatMap(({ parameter, problems }) =>
    problems.map(({ key, message, fix }): Finding => {
      const path = ['parameters', parameter.name, key];
      return {
        rule: 'invalid-parameter',
        ...front.placeOf(path, 'value'),
        message: `${path.join('.')} ${message}`,
        fix,
      };
    }),
  );
  return { parameters: declared.map(({ parameter }) => parameter), findings };
}

function compiled(
  front: FrontMatter,
  parameters: Parameter[],
  { steps, ifAlarmStays }: ReadSteps,
  file: string,
  digest: string,
): Runbook {
  const { match, targets } = front;
  return {
    format: 1,
    id: front.id,
    file,
    title: front.title,
    owner: front.owner,
    severity: front.severity,
    services: front.services,
    environments: front.environments,
    match: matchesOf(match),
    symptoms: front.symptoms,
    parameters,
    targets: Object.fromEntries(
      Object.entries(namedTargets(targets)).map(([name, { tags, max }]) => [
        name,
        { from: tags === undefined ? 'alarm' : 'tags', tags: tags ?? {}, maximum: max },
      ]),
    ),
    steps: steps.map(({ item: _item, scripts: _scripts, ways: _ways, foreign: _foreign, ...step }) => step),
    ifAlarmStays,
    digest,
  };
}

/** The alternatives of `match`, of which a single map is one. */
export function matchesOf(match: FrontMatter['match']): Match[] {
  return (Array.isArray(match) ? match : [match]).map((one) => ({
    ...saidOf(one),
    unless: one.unless === undefined ? null : saidOf(one.unless),
  }));
}

function saidOf({ alarms, namespace, metric, comparison, dimensions, tags }: Omit<MatchEntry, 'unless'>): Said {
  return {
    alarms,
    namespaces: [namespace ?? []].flat(),
    metrics: [metric ?? []].flat(),
    comparison: comparison ?? null,
    dimensions,
    tags,
  };
}
