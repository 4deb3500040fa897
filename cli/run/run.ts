/** Says at the IAM door with which runbook a further round is to begin. Everything that it would do is asked about there as always. */
import { openCloudWatch } from '../../adapters/cloudwatch/alarms.ts';
import { drills } from '../../adapters/cloudwatch/drills.ts';
import { IncidentId } from '../../core/dispatch.ts';
import { nextRound } from '../../core/incident/retry.ts';
import { type AlarmSubject, incidentIdOf } from '../../core/subject.ts';
import { printError } from '../colours.ts';
import { plainly } from '../door.ts';
import type { RunOptions } from '../run.ts';
import { exitCodes, say } from '../switch/say.ts';

/** The exit code. @throws with one line where nothing was said. */
export async function run(runbook: string, { alarm, incident, json }: RunOptions): Promise<number> {
  if ((alarm === undefined) === (incident === undefined))
    throw new Error('run: give either --alarm NAME or --incident inc-…: what it is about');
  const first = alarm === undefined ? null : await subjectOf(alarm);
  const incidentId = first ? incidentIdOf(first) : String(incident);
  if (!IncidentId.safeParse(incidentId).success)
    throw new Error(`${JSON.stringify(incident)} is no incident: write its id, such as inc-763fa915d472ab296160`);
  const code = await say('retry', { incidentId, runbook }, json ? { json } : {});
  const next = nextRound(first, runbook);
  if (next && code === exitCodes.counted) printError(`  countersign audit show ${incidentIdOf(next)}`);
  return code;
}

/** The change of the alarm to ALARM, as its first incident is about. */
async function subjectOf(name: string): Promise<AlarmSubject> {
  const alarm = await drills(openCloudWatch(), Date.now).named(name).catch(plainly);
  if (alarm === null) throw new Error(`there is no alarm ${name} in this account and region`);
  if (alarm.state !== 'ALARM')
    throw new Error(
      `the alarm ${name} is ${alarm.state} since ${alarm.stateChangedAt}: a runbook answers one that is on`,
    );
  const { arn: alarmArn, stateChangedAt } = alarm;
  return { kind: 'alarm', alarmArn, contributorId: null, stateChangedAt, round: 1 };
}
