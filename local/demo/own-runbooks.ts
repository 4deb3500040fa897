/** An author's folder for the demo: checked as `validate` checks it, and an alarm of the author's to answer. */
import { resolve } from 'node:path';
import { readAlarm } from '../../cli/show-plan.ts';
import { reportsOn } from '../../cli/validate-run.ts';
import { alarmRefusal } from '../../core/alarm/opt-in.ts';
import { consider, decide, whyNone } from '../../core/matching/match.ts';
import { RunbookError } from '../../core/runbook/problem.ts';
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

/** The runbooks of the folder and of all below it, as `validate` finds them and synth compiles them. */
async function checked(folder: string): Promise<Runbook[]> {
  const { reports, folders } = await reportsOn([folder], null);
  const errors = reports.flatMap(({ problems }) => problems).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new RunbookError(errors);
  if (!folders) throw new Error(`${folder} is a file; name the folder that has it: --runbooks DIR`);
  return reports.flatMap(({ judged }) => judged?.draft.runbook ?? []);
}
