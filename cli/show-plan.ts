/** Reads what `countersign plan` was told of, and prints the plan or everything that is wrong with it. */
import pc from 'picocolors';
import { loadReparse } from '../adapters/tree-sitter/reparse.ts';
import { alarmFromFile, type WrittenAlarm } from '../core/alarm/written.ts';
import { parsePolicy } from '../core/policy/parse.ts';
import { RunbookError } from '../core/runbook/problem.ts';
import { floorsOf, reviewProblems } from '../core/runbook/review.ts';
import { isoOf } from '../core/time.ts';
import { preview } from '../core/use-cases/preview.ts';
import { PreviewError } from '../core/use-cases/preview-parameters.ts';
import { visible } from '../core/visible.ts';
import { findRunbook } from './find-runbook.ts';
import { planLines } from './plan-lines.ts';
import { readText } from './read-text.ts';

export interface PlanOptions {
  readonly param: readonly string[];
  readonly alarm?: string;
  readonly policy: string;
  readonly environment?: string;
  readonly json?: true;
}

/** False, after naming every problem, for a runbook that `validate` refuses and for values that their types refuse. */
export async function showPlan(asked: string, options: PlanOptions): Promise<boolean> {
  const now = Date.now();
  try {
    const given = givenValues(options.param);
    const { runbook, others } = await findRunbook(asked, options.alarm !== undefined);
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
    const problems = reviewProblems(runbook, floorsOf(runbook, { reparse, commands: policy.commands }));
    if (problems.length > 0) throw new RunbookError(problems);
    return true;
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
    const written = alarmFromFile(text, isoOf(now));
    const ignored = written.ignored ?? [];
    if (ignored.length > 0)
      console.error(`${pc.yellow('!')} ${visible(`${file}: ${ignored.join(', ')}`)} means nothing here`);
    return written;
  } catch (error) {
    throw new Error(`${file}: ${error instanceof Error ? error.message : error}`, { cause: error });
  }
}

function complain(text: string): void {
  console.error(`${pc.red('✗')} ${visible(text)}`);
}
