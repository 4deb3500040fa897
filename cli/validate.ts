/** `countersign validate`: reads runbooks and policy as synth does, and says what each step's floor is. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { loadReparse } from '../adapters/tree-sitter/reparse.ts';
import { parsePolicy } from '../core/policy/parse.ts';
import type { Policy } from '../core/policy/schema.ts';
import type { ClassifyTools } from '../core/risk/classify.ts';
import { compileRunbooks, isRunbookFile, type RunbookFile } from '../core/runbook/compile.ts';
import { type Problem, RunbookError } from '../core/runbook/problem.ts';
import { type Floor, falseSpaceWarnings, floorsOf, reviewProblems, unusedRules } from '../core/runbook/review.ts';
import type { Runbook } from '../core/runbook/runbook.ts';
import { grammars } from '../package/assets.ts';
import { levelColours } from './verdict-lines.ts';

/** Registers `validate [folder]`; exit 1 names every problem with file and line. */
export function registerValidate(program: Command): void {
  program
    .command('validate')
    .description('check runbooks and policy; exit 1 names each problem with its file and line')
    .argument('[folder]', 'the folder of runbooks, one Markdown file each', 'runbooks')
    .option('--policy <file>', 'the policy file', 'countersign.yaml')
    .action(async (folder: string, options: { policy: string }) => {
      process.exitCode = (await validate(folder, options.policy)) ? 0 : 1;
    });
}

async function validate(folder: string, policyFile: string): Promise<boolean> {
  const policy = await readPolicy(policyFile);
  const runbooks = await readRunbooks(folder);
  const reparse = await loadReparse(grammars);
  const tools: ClassifyTools = { reparse, commands: policy?.commands ?? [] };
  const problems = runbooks?.flatMap((runbook) => review(runbook, tools)) ?? [];
  for (const problem of problems) complain(problem);
  if (policy && runbooks) warn(policyFile, runbooks, tools);
  return policy !== null && runbooks !== null && problems.length === 0;
}

/** Null, after naming what is wrong, when the policy cannot be used. */
async function readPolicy(file: string): Promise<Policy | null> {
  try {
    const policy = parsePolicy(await readFile(file, 'utf8'), file);
    console.log(`${pc.green('✓')} ${file}: mode ${policy.mode}`);
    return policy;
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    for (const line of text.split('\n')) console.error(`${pc.red('✗')} ${line}`);
    return null;
  }
}

async function readRunbooks(folder: string): Promise<Runbook[] | null> {
  try {
    return compileRunbooks(await runbookFiles(folder));
  } catch (error) {
    if (!(error instanceof RunbookError)) throw error;
    for (const problem of error.problems) complain(problem);
    return null;
  }
}

/** Throws when the folder is missing or has no runbooks. */
async function runbookFiles(folder: string): Promise<RunbookFile[]> {
  const all = await readdir(folder).catch((cause: unknown) => {
    throw new Error(
      `cannot read the folder ${folder}; name the one with your runbooks: countersign validate runbooks`,
      { cause },
    );
  });
  const names = all.filter(isRunbookFile).sort();
  if (names.length === 0) throw new Error(`${folder} has no runbooks: Markdown files other than README.md`);
  return Promise.all(
    names.map(async (name) => ({ file: join(folder, name), text: await readFile(join(folder, name), 'utf8') })),
  );
}

/** Prints the runbook with the floor of each step, and returns what could never run. */
function review(runbook: Runbook, tools: ClassifyTools): Problem[] {
  const floors = floorsOf(runbook, tools);
  const problems = reviewProblems(runbook, floors);
  const mark = problems.length === 0 ? pc.green('✓') : pc.red('✗');
  console.log(`${mark} ${runbook.file}: ${runbook.id}, ${runbook.title} (sha256 ${runbook.digest.slice(0, 12)})`);
  for (const step of runbook.steps) {
    const floor = floors.find((one) => one.step === step.number && one.script === 'command');
    console.log(`    ${step.number}. ${step.title}: ${floor ? inWords(floor) : 'manual, a person confirms it'}`);
  }
  return problems;
}

function inWords({ verdict: { level, flags } }: Floor): string {
  return [levelColours[level](level), ...flags].join(', ');
}

function complain({ file, line, text }: Problem): void {
  console.error(`${pc.red('✗')} ${file}:${line}: ${text}`);
}

function warn(policyFile: string, runbooks: readonly Runbook[], tools: ClassifyTools): void {
  for (const { file, line, text } of runbooks.flatMap(falseSpaceWarnings))
    console.error(`${pc.yellow('!')} ${file}:${line}: ${text}`);
  for (const { match } of unusedRules(runbooks, tools)) {
    const shape = [match.command, ...match.arguments, ...(match.more ? ['…'] : [])].join(' ');
    console.error(
      `${pc.yellow('!')} ${policyFile}: commands: "${shape}" matches no command of any runbook; correct it or remove it`,
    );
  }
}
