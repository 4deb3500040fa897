/** `countersign plan`: what a runbook would do and whom it would ask, from files alone. */
import type { Command } from 'commander';
import pc from 'picocolors';
import { loadReparse } from '../adapters/tree-sitter/reparse.ts';
import { alarmFromFile, type WrittenAlarm } from '../core/alarm/written.ts';
import { parsePolicy } from '../core/policy/parse.ts';
import { RunbookError } from '../core/runbook/problem.ts';
import { floorsOf, reviewProblems } from '../core/runbook/review.ts';
import { isoOf } from '../core/time.ts';
import { preview } from '../core/use-cases/preview.ts';
import { PreviewError } from '../core/use-cases/preview-parameters.ts';
import { findRunbook } from './find-runbook.ts';
import { planLines } from './plan-lines.ts';
import { readText } from './read-text.ts';

interface Options {
  readonly param: readonly string[];
  readonly alarm?: string;
  readonly policy: string;
  readonly environment?: string;
  readonly json?: true;
}

/** Registers `plan <runbook>`; exit 1 for a runbook that `validate` refuses and for a value that its type refuses. */
export function registerPlan(program: Command): void {
  program
    .command('plan')
    .description('show what a runbook would do, whom it would ask and what would be refused; needs no AWS')
    .argument('<runbook>', 'the id of a runbook in ./runbooks, or a file')
    .option('--param <name=value>', 'the value of a parameter; may be repeated', collect, [])
    .option('--alarm <file>', 'an alarm as JSON: DescribeAlarms, EventBridge, SNS, or { "name": …, "dimensions": … }')
    .option('--policy <file>', 'the policy file', 'countersign.yaml')
    .option('--environment <name>', 'the environment to plan for, in place of that of the alarm’s account')
    .option('--json', 'print the plan as one JSON object')
    .action(async (runbook: string, options: Options) => {
      process.exitCode = (await plan(runbook, options)) ? 0 : 1;
    });
}

function collect(value: string, before: readonly string[]): string[] {
  return [...before, value];
}

async function plan(asked: string, options: Options): Promise<boolean> {
  const now = Date.now();
  try {
    const given = givenValues(options.param);
    const { runbook, others } = await findRunbook(asked);
    const policy = parsePolicy(
      await readText(options.policy, 'the policy file; name yours: --policy FILE'),
      options.policy,
    );
    const alarm = options.alarm === undefined ? null : await readAlarm(options.alarm, now);
    const reparse = await loadReparse(new URL('../node_modules/', import.meta.url));
    const environment = options.environment ?? null;
    const planned = preview({ runbook, others, policy, alarm, given, environment, now }, { reparse });
    if (options.json) console.log(JSON.stringify(planned, null, 2));
    else for (const line of planLines(planned)) console.log(line);
    const tools = { reparse, commands: policy.commands };
    const problems = reviewProblems(runbook, floorsOf(runbook, tools));
    for (const { file, line, text } of problems) complain(`${file}:${line}: ${text}`);
    return problems.length === 0;
  } catch (error) {
    if (error instanceof RunbookError || error instanceof PreviewError) {
      for (const line of error.message.split('\n')) complain(line);
      return false;
    }
    throw error;
  }
}

/** @throws {PreviewError} naming each that has no `=`, no name, or a name that was given before. */
function givenValues(pairs: readonly string[]): Record<string, string> {
  const given = new Map<string, string>();
  const problems = pairs.flatMap((pair) => {
    const [, name = '', value = ''] = /^([A-Za-z_][A-Za-z0-9_]*)=([\s\S]*)$/.exec(pair) ?? [];
    if (name === '') return [`--param ${JSON.stringify(pair)} is no name=value; write it like --param unit=nginx`];
    if (given.has(name)) return [`--param ${name} is given twice; keep one`];
    given.set(name, value);
    return [];
  });
  if (problems.length > 0) throw new PreviewError(problems);
  return Object.fromEntries(given);
}

/** @throws {Error} naming the file and the field. */
export async function readAlarm(file: string, now: number): Promise<WrittenAlarm> {
  const text = await readText(file, 'the alarm; name a JSON file: --alarm FILE');
  try {
    return alarmFromFile(text, isoOf(now));
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

function complain(text: string): void {
  console.error(`${pc.red('✗')} ${text}`);
}
