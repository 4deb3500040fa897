/** An author's folder for the demo: checked as `validate` checks it, and an alarm of the author's to answer. */
import { readdir } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { loadReparse } from '../../adapters/tree-sitter/reparse.ts';
import { readText } from '../../cli/read-text.ts';
import { readAlarm } from '../../cli/show-plan.ts';
import { alarmRefusal } from '../../core/alarm/opt-in.ts';
import { consider, decide, whyNone } from '../../core/matching/match.ts';
import { compileRunbooks, isRunbookFile } from '../../core/runbook/compile.ts';
import { RunbookError } from '../../core/runbook/problem.ts';
import { floorsOf, reviewProblems } from '../../core/runbook/review.ts';
import type { Runbook } from '../../core/runbook/runbook.ts';
import { account, region } from '../emulator.ts';
import { type OwnIncident, ownIncident } from './own-incident.ts';

export interface Own extends OwnIncident {
  /** Absolute. */
  readonly folder: string;
  /** Which runbook will answer; null = none, and the incident ends as `no_match`. */
  readonly answering: Runbook | null;
  /** Why that one, or why none. */
  readonly why: string;
}

/**
 * @throws {RunbookError} naming every problem of every file of the folder.
 * @throws {Error} when folder or alarm cannot be read, or the alarm would never be answered.
 */
export async function readOwn(folder: string, alarmFile: string): Promise<Own> {
  const runbooks = await checked(folder);
  const written = await readAlarm(alarmFile, Date.now());
  const own = ownIncident(written);
  const tags = Object.fromEntries((own.raised.alarm.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  const dimensions = Object.fromEntries(own.raised.alarm.Dimensions.map(({ Name, Value }) => [Name, Value]));
  const { Namespace: namespace, MetricName: metric } = own.raised.alarm;
  const alarm = { ...written.alarm, account, region, namespace, metric, dimensions, tags };
  const refusal = alarmRefusal(alarm);
  if (refusal) throw new Error(`${alarmFile}: ${refusal}; give it another name`);
  const considered = consider(runbooks, alarm);
  const choice = decide(considered.candidates, null);
  const answering = runbooks.find(({ id }) => id === choice?.runbookId) ?? null;
  return { ...own, folder: resolve(folder), answering, why: choice?.why ?? whyNone(considered) };
}

async function checked(folder: string): Promise<Runbook[]> {
  const all = await readdir(folder).catch((cause: unknown) => {
    throw new Error(`cannot read the folder ${folder}; name the one with your runbooks: --runbooks DIR`, { cause });
  });
  const names = all.filter(isRunbookFile).sort();
  if (names.length === 0) throw new Error(`${folder} has no runbooks: Markdown files other than README.md`);
  const files = names.map(async (name) => ({
    file: join(folder, name),
    text: await readText(join(folder, name), 'a runbook: one Markdown file'),
  }));
  const runbooks = compileRunbooks(await Promise.all(files));
  const reparse = await loadReparse(new URL('../../node_modules/', import.meta.url));
  const problems = runbooks.flatMap((runbook) => reviewProblems(runbook, floorsOf(runbook, { reparse })));
  if (problems.length > 0) throw new RunbookError(problems);
  return runbooks;
}
