/** sweep: woken every minute and by failed executions; starts what was never started, closes what no longer runs, answers what nobody did. */
import { machine } from '../adapters/stepfunctions/machine.ts';
import { alarmsTagged } from '../adapters/tagging/alarms.ts';
import { optInTag } from '../core/alarm/alarm.ts';
import { sweep } from '../core/use-cases/sweep.ts';
import { cloudwatch } from './wiring/alarms.ts';
import { closePorts } from './wiring/closing.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { setting } from './wiring/environment.ts';
import { work } from './wiring/tables.ts';

/** The event is only an occasion: every open incident is looked at. */
export async function handler(): Promise<Record<string, never>> {
  const { start, execution } = machine(setting('STATE_MACHINE_ARN'));
  const { openIncidents, lockedBy, open, ring } = work();
  const ports = {
    ...closePorts('sweep'),
    openIncidents,
    lockedBy,
    open,
    ring,
    start,
    execution,
    optedIn: () => alarmsTagged(optInTag),
    alarms: cloudwatch.readMany,
    muted: cloudwatch.muted,
    // For the same metric filter as triage's doorbells.
    noted: (doorbell: string, alarmArn: string) => console.log({ doorbell, alarmArn }),
  };
  await sweep(ports, loadCompiled());
  return {};
}
