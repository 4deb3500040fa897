/** What `countersign validate` does: reads runbooks and policy, asks every rule, prints and counts. */
import { readFile } from 'node:fs/promises';
import { loadReparse } from '../adapters/tree-sitter/reparse.ts';
import { type LintReport, lint } from '../core/lint/lint.ts';
import { strictestEnvironment } from '../core/policy/environment.ts';
import { PolicyError, parsePolicy } from '../core/policy/parse.ts';
import type { Policy } from '../core/policy/schema.ts';
import { type Finding, type Problem, problemsOf } from '../core/runbook/problem.ts';
import { unusedRules } from '../core/runbook/review.ts';
import { grammars } from '../package/assets.ts';
import { runbookFiles } from './runbook-files.ts';
import { formats, type ValidateResult } from './validate-formats.ts';
import { type Options, usualPolicy } from './validate-options.ts';

/** Prints what is wrong with the paths; the exit code is 0 clean, 1 errors, 2 cannot tell. */
export async function validate(paths: readonly string[], options: Options): Promise<number> {
  const { policy, file, problems } = await readPolicy(options.policy);
  const { reports, tools, folders } = await reportsOn(paths, policy);
  const unused = policy && folders ? unusedOf(file, reports, policy, tools) : [];
  const policyProblems = [...problems, ...unused].map((problem) => strictly(problem, options));
  const result: ValidateResult = {
    reports: reports.map((report) => ({
      ...report,
      problems: report.problems.map((problem) => strictly(problem, options)),
    })),
    policy: { file, mode: policy?.mode ?? null, problems: policyProblems },
  };
  for (const line of formats[options.format](result)) console.log(line);
  const errors = [...result.reports.flatMap((report) => report.problems), ...policyProblems].filter(
    ({ severity }) => severity === 'error',
  );
  const unsure = errors.filter(({ rule }) => rule === 'unreadable-file' || rule === 'no-runbooks');
  if (errors.length > unsure.length) return 1;
  return unsure.length > 0 ? 2 : 0;
}

/** What is to be said of every file that the paths mean, under a policy or none. `folders`: one of them is a folder. */
export async function reportsOn(paths: readonly string[], policy: Policy | null) {
  const { files, folders } = await runbookFiles(paths);
  const context = await lintContext(policy);
  return { reports: lint(files, context), tools: context.tools, folders };
}

/** By what runbooks are judged under a policy, or none. */
export async function lintContext(policy: Policy | null) {
  const tools = { reparse: await loadReparse(grammars), commands: policy?.commands ?? [] };
  const environments = policy ? [...new Set([...Object.keys(policy.environments), strictestEnvironment])] : null;
  return { tools, environments, today: new Date().toISOString().slice(0, 10) };
}

function strictly(problem: Problem, { strict }: Options): Problem {
  return strict ? { ...problem, severity: 'error' } : problem;
}

export interface ReadPolicy {
  readonly policy: Policy | null;
  readonly file: string;
  readonly problems: readonly Problem[];
}

/** Without a policy file runbooks are judged all the same; one that was named must be there. */
export async function readPolicy(named: string | undefined): Promise<ReadPolicy> {
  const file = named ?? usualPolicy;
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) {
    const finding: Finding = {
      rule: 'unreadable-file',
      line: 0,
      column: 0,
      message: `the policy file ${file} cannot be read`,
      fix: 'name the file that is there with --policy',
    };
    return { policy: null, file, problems: named === undefined ? [] : problemsOf(file, [finding]) };
  }
  try {
    return { policy: parsePolicy(text, file), file, problems: [] };
  } catch (error) {
    if (!(error instanceof PolicyError)) throw error;
    return {
      policy: null,
      file,
      problems: problemsOf(
        file,
        error.message.split('\n').map((line) => policyFinding(line, file)),
      ),
    };
  }
}

function policyFinding(text: string, file: string): Finding {
  const [, line = '0', column = '0', message = text] = /^:(\d+):(\d+): (.*)$/.exec(text.slice(file.length)) ?? [];
  return {
    rule: 'policy',
    line: Number(line),
    column: Number(column),
    message,
    fix: 'docs/policy.md describes every key',
  };
}

function unusedOf(
  file: string,
  reports: readonly LintReport[],
  policy: Policy,
  tools: Parameters<typeof unusedRules>[1],
): Problem[] {
  const runbooks = reports.flatMap(({ judged }) => judged?.draft.runbook ?? []);
  return unusedRules(runbooks, { ...tools, commands: policy.commands }).flatMap(({ match }) => {
    const shape = [match.command, ...match.arguments, ...(match.more ? ['…'] : [])].join(' ');
    const message = `commands: "${shape}" matches no command of any runbook`;
    return problemsOf(file, [
      { rule: 'unused-command-rule', line: 0, column: 0, message, fix: 'correct it or remove it' },
    ]);
  });
}
