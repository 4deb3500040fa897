/** What `countersign validate` found, as lines for a terminal, JSON, GitHub's workflow commands or SARIF 2.1.0. */
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Log, Result } from 'sarif';
import type { Judged } from '../core/lint/judged.ts';
import type { LintReport } from '../core/lint/lint.ts';
import type { Problem } from '../core/runbook/problem.ts';
import { reasonsOf } from '../core/runbook/review.ts';
import { type RuleName, rules } from '../core/runbook/rules.ts';
import type { DraftStep } from '../core/runbook/steps.ts';
import { visible } from '../core/visible.ts';
import { colours as pc } from './colours.ts';
import type { Format } from './validate-options.ts';
import { levelColours } from './verdict-lines.ts';

export interface ValidateResult {
  readonly reports: readonly LintReport[];
  readonly policy: { readonly file: string; readonly mode: string | null; readonly problems: readonly Problem[] };
}

export const formats: Readonly<Record<Format, (result: ValidateResult) => string[]>> = { text, json, github, sarif };

/** Where a rule is explained, in this repository. */
function page(rule: RuleName): string {
  return `docs/validate.md#${rule}`;
}

/** The policy counts as a file where something is wrong with it. */
function filesOf({ reports, policy }: ValidateResult): { file: string; problems: readonly Problem[] }[] {
  const own = policy.problems.length > 0 ? [{ file: policy.file, problems: policy.problems }] : [];
  return [...reports.map(({ file, problems }) => ({ file, problems })), ...own];
}

function json(result: ValidateResult): string[] {
  const files = filesOf(result).map(({ file, problems }) => ({
    file,
    problems: problems.map(({ line, column, severity, rule, message, fix }) => ({
      line,
      column,
      severity,
      rule,
      message,
      fix,
    })),
  }));
  return [JSON.stringify({ files }, null, 2)];
}

function text(result: ValidateResult): string[] {
  const { mode, file, problems } = result.policy;
  const policy = mode === null ? [] : [`${markOf(problems)} ${file}: mode ${mode}`];
  const reports = result.reports.flatMap((report) => [...headOf(report), ...report.problems.map(problemLine)]);
  const all = filesOf(result).flatMap((one) => one.problems);
  const errors = all.filter(({ severity }) => severity === 'error').length;
  const total = `${count(errors, 'error')}, ${count(all.length - errors, 'warning')} in ${count(result.reports.length, 'file')}`;
  return [...policy, ...problems.map(problemLine), ...reports, total];
}

function count(number: number, what: string): string {
  return `${number} ${what}${number === 1 ? '' : 's'}`;
}

function markOf(problems: readonly Problem[]): string {
  if (problems.some(({ severity }) => severity === 'error')) return pc.red('✗');
  return problems.length > 0 ? pc.yellow('!') : pc.green('✓');
}

function headOf({ file, problems, judged }: LintReport): string[] {
  const runbook = judged?.draft.runbook;
  const what = runbook ? `: ${runbook.id}, ${runbook.title} (sha256 ${runbook.digest.slice(0, 12)})` : '';
  return [`${markOf(problems)} ${visible(`${file}${what}`)}`, ...(judged ? stepLines(judged) : [])];
}

function stepLines({ draft, scripts }: Judged): string[] {
  return draft.steps.flatMap((step) => {
    const head = `    ${step.number}. ${visible(step.title)}: `;
    if (step.ways.length === 0) return [head + levelOf(step, scripts)];
    const ways = step.ways.map((way, at) => `       ${at + 1}) ${visible(way.title)}: ${levelOf(way, scripts)}`);
    return [`${head}a person chooses one of ${ways.length}`, ...ways];
  });
}

function levelOf(own: DraftStep, scripts: Judged['scripts']): string {
  const verdict = scripts.find(({ step, draft }) => step === own && draft.kind === 'command')?.verdict;
  const why = verdict && verdict.level !== 'read_only' ? `: ${reasonsOf(verdict)}` : '';
  const manual = own.command || own.foreign ? 'cannot be judged' : 'manual, a person confirms it';
  const level = verdict ? [levelColours[verdict.level](verdict.level), ...verdict.flags].join(', ') : manual;
  return `${level}${pc.dim(visible(why))}`;
}

/** A problem for a terminal, with its place and the page of its rule. */
export function problemLine({ file, line, column, severity, message, fix, rule }: Problem): string {
  const mark = severity === 'error' ? pc.red('✗') : pc.yellow('!');
  const place = [file, line, column].filter((part) => part !== 0).join(':');
  return `${mark} ${visible(`${place}: ${message}; ${fix}`)} ${pc.dim(`(${page(rule)})`)}`;
}

/** https://docs.github.com/actions/reference/workflow-commands-for-github-actions: values escape `%`, line ends, `:` and `,`. */
function github(result: ValidateResult): string[] {
  return filesOf(result).flatMap(({ problems }) =>
    problems.map(({ file, line, column, severity, message, fix, rule }) => {
      const place = [
        `file=${property(file)}`,
        ...(line > 0 ? [`line=${line}`] : []),
        ...(column > 0 ? [`col=${column}`] : []),
      ];
      return `::${severity} ${[...place, `title=${property(rule)}`].join(',')}::${data(`${message}; ${fix} (${page(rule)})`)}`;
    }),
  );
}

function data(value: string): string {
  return visible(value).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function property(value: string): string {
  return data(value).replaceAll(':', '%3A').replaceAll(',', '%2C');
}

function sarif(result: ValidateResult): string[] {
  const problems = filesOf(result).flatMap((file) => file.problems);
  const names = Object.keys(rules) as RuleName[];
  const driver = {
    name: 'countersign validate',
    rules: names.map((id) => ({
      id,
      shortDescription: { text: id.replaceAll('-', ' ') },
      help: { text: `See ${page(id)}` },
      defaultConfiguration: { level: rules[id] },
    })),
  };
  const results = problems.map(
    ({ file, line, column, severity, message, fix, rule }): Result => ({
      ruleId: rule,
      ruleIndex: names.indexOf(rule),
      level: severity,
      message: { text: `${message}; ${fix}` },
      locations: [
        {
          physicalLocation: {
            artifactLocation: { uri: uriOf(file) },
            ...(line > 0 ? { region: { startLine: line, ...(column > 0 ? { startColumn: column } : {}) } } : {}),
          },
        },
      ],
    }),
  );
  const log: Log = {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [{ tool: { driver }, columnKind: 'utf16CodeUnits', results }],
  };
  return [JSON.stringify(log, null, 2)];
}

/** Relative to where it ran, or a `file:` URI. */
function uriOf(file: string): string {
  return isAbsolute(file) ? pathToFileURL(file).href : file.split('/').map(encodeURIComponent).join('/');
}
