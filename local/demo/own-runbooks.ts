/** The runbooks of the demo: checked as `validate` checks them, and the alarm that they answer. */
import { resolve } from 'node:path';
import { readAlarm } from '../../cli/show-plan.ts';
import { readPolicy, reportsOn } from '../../cli/validate-run.ts';
import type { Alarm } from '../../core/alarm/alarm.ts';
import { alarmRefusal } from '../../core/alarm/opt-in.ts';
import { alarmFromFile } from '../../core/alarm/written.ts';
import { consider, decide, whyNone } from '../../core/matching/match.ts';
import type { Policy } from '../../core/policy/schema.ts';
import { RunbookError } from '../../core/runbook/problem.ts';
import type { Runbook } from '../../core/runbook/runbook.ts';
import { isoOf } from '../../core/time.ts';
import { account, region } from '../emulator.ts';
import { incidentFor, incidents, type Raised } from '../incidents.ts';
import type { DemoOptions } from './options.ts';
import { type OwnIncident, ownIncident } from './own-incident.ts';

export interface Own extends OwnIncident {
  /** Absolute. */
  readonly folder: string;
  /** Which runbook will answer; null = none, and the incident ends as `no_match`. */
  readonly answering: Runbook | null;
  /** Why that one, or why none. */
  readonly why: string;
  /** What the policy beside the folder says of the organisation's own commands: without it they would be judged otherwise than deployed. */
  readonly commands: Policy['commands'];
}

/** Raised where nobody says what, if a runbook answers it. */
const usualIncident = 'disk-full';

/**
 * @throws {RunbookError} naming every problem of every file of the folder.
 * @throws {Error} when folder or alarm cannot be read, the alarm would never be answered, or nothing that can break here would be.
 */
export async function readOwn({ runbooks: folder, asked }: Pick<DemoOptions, 'runbooks' | 'asked'>): Promise<Own> {
  const { policy, problems } = await readPolicy(undefined);
  if (problems.length > 0) throw new RunbookError(problems);
  const known = { folder, runbooks: await checked(folder, policy), commands: policy?.commands ?? [] };
  if (asked === null) return firstAnswered(known);
  if ('incident' in asked) return answered(known, shipped(asked.incident));
  const written = await readAlarm(asked.alarmFile, Date.now());
  const own = ownIncident(written);
  const alarm = asRaised(own.raised, written.alarm);
  const refusal = alarmRefusal(alarm);
  if (refusal) throw new Error(`${asked.alarmFile}: ${refusal}; give it another name`);
  return answered(known, { ...own, alarm });
}

interface Known extends Pick<Own, 'folder' | 'commands'> {
  readonly runbooks: readonly Runbook[];
}

interface Asked extends OwnIncident {
  readonly alarm: Alarm;
}

function shipped(id: string): Asked {
  const raised = incidentFor(id);
  const { alarm } = alarmFromFile(JSON.stringify(raised.alarm), isoOf(Date.now()));
  return { raised, replaced: [], alarm: asRaised(raised, alarm) };
}

/** The alarm as the local CloudWatch will have it. */
function asRaised({ alarm }: Raised, written: Alarm): Alarm {
  const tags = Object.fromEntries((alarm.Tags ?? []).map(({ Key, Value }) => [Key, Value]));
  const dimensions = Object.fromEntries(alarm.Dimensions.map(({ Name, Value }) => [Name, Value]));
  return { ...written, account, region, namespace: alarm.Namespace, metric: alarm.MetricName, dimensions, tags };
}

function answered({ folder, runbooks, commands }: Known, { alarm, raised, replaced }: Asked): Own {
  const considered = consider(runbooks, alarm);
  const choice = decide(considered.candidates, null);
  const answering = runbooks.find(({ id }) => id === choice?.runbookId) ?? null;
  return { raised, replaced, folder: resolve(folder), answering, commands, why: choice?.why ?? whyNone(considered) };
}

function firstAnswered(known: Known): Own {
  const names = [usualIncident, ...Object.keys(incidents).filter((name) => name !== usualIncident)];
  for (const name of names) {
    const own = answered(known, shipped(name));
    if (own.answering) return own;
  }
  throw new Error(
    `none of the ${known.runbooks.length} runbooks of ${known.folder} answers an alarm that can break here (${names.join(', ')}); write the alarm that they answer as JSON, and name it: --alarm FILE`,
  );
}

/** The runbooks of the folder and of all below it, as `validate` finds them and synth compiles them. */
async function checked(folder: string, policy: Policy | null): Promise<Runbook[]> {
  const { reports, folders } = await reportsOn([folder], policy);
  const errors = reports.flatMap(({ problems }) => problems).filter(({ severity }) => severity === 'error');
  if (errors.length > 0) throw new RunbookError(errors);
  if (!folders) throw new Error(`${folder} is a file; name the folder that has it: --runbooks DIR`);
  return reports.flatMap(({ judged }) => judged?.draft.runbook ?? []);
}
