/** Reads what `countersign plan` was told of, and prints the plan or everything that is wrong with it. */

import { alarmFromFile, type WrittenAlarm } from '../core/alarm/written.ts';
import type { LintReport } from '../core/lint/lint.ts';
import { parsePolicy } from '../core/policy/parse.ts';
import type { Policy } from '../core/policy/schema.ts';
import { isoOf } from '../core/time.ts';
import { type Preview, preview } from '../core/use-cases/preview.ts';
import { PreviewError } from '../core/use-cases/preview-parameters.ts';
import { visible } from '../core/visible.ts';
import { colours as pc } from './colours.ts';
import { findRunbook, runbooksBeside } from './find-runbook.ts';
import { planLines } from './plan-lines.ts';
import { readText } from './read-text.ts';
import { formats, problemLine } from './validate-formats.ts';
import { reportsOn } from './validate-run.ts';

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
    const alarm = options.alarm === undefined ? null : () => readAlarm(options.alarm ?? '', now);
    const given = givenValues(options.param);
    const { report, planned } = await planOf(asked, { ...options, given, alarm, now });
    if (planned && options.json) console.log(JSON.stringify(planned, null, 2));
    else if (planned) for (const line of planLines(planned)) console.log(line);
    return said(report, options.json === true && !planned);
  } catch (error) {
    if (!(error instanceof PreviewError)) throw error;
    for (const line of error.message.split('\n')) complain(line);
    return false;
  }
}

export interface PlanInput {
  readonly policy: string;
  readonly environment?: string;
  readonly given: Readonly<Record<string, string>>;
  /** Read when the runbook was found; null = none was given. */
  readonly alarm: (() => Promise<WrittenAlarm>) | null;
  /** Milliseconds since 1970. */
  readonly now: number;
}

/**
 * What `validate` says of the runbook, and its plan where it can be made.
 *
 * @throws {PreviewError} for values that their types refuse; {Error} for what cannot be read.
 */
export async function planOf(
  asked: string,
  { given, now, ...input }: PlanInput,
): Promise<{ report: LintReport; planned: Preview | null }> {
  const file = await findRunbook(asked);
  const policyText = await readText(input.policy, 'the policy file; name yours: --policy FILE');
  const policy = parsePolicy(policyText, input.policy);
  const { report, tools } = await reportOn(file, policy);
  const alarm = input.alarm === null ? null : await input.alarm();
  const runbook = report.judged?.draft.runbook;
  if (!runbook) return { report, planned: null };
  const others = alarm ? await runbooksBeside(runbook) : [];
  const environment = input.environment ?? null;
  return { report, planned: preview({ runbook, others, policy, alarm, given, environment, now }, tools) };
}

/** What `validate` says of the file. */
async function reportOn(file: string, policy: Policy) {
  const { reports, tools, folders } = await reportsOn([file], policy);
  const [report] = reports;
  if (folders || !report)
    throw new Error(`cannot read ${file}: it is a folder. It is to be a runbook: one Markdown file`);
  return { report, tools };
}

/** Names every error of the runbook; where nothing could be planned, in validate's own JSON. False when there is one. */
function said(report: LintReport, asJson: boolean): boolean {
  const problems = report.problems.filter(({ severity }) => severity === 'error');
  for (const problem of problems) console.error(problemLine(problem));
  const policy = { file: '', mode: null, problems: [] };
  if (asJson) for (const line of formats.json({ reports: [report], policy })) console.log(line);
  return problems.length === 0;
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
