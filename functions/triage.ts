/** triage: woken by alarms; asks CloudWatch, opens the incident and starts its machine. */
import type { Context } from 'aws-lambda';
import { alarms } from '../adapters/cloudwatch/alarms.ts';
import { machine } from '../adapters/stepfunctions/machine.ts';
import { triage } from '../core/use-cases/triage.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { setting } from './wiring/environment.ts';
import { auditWriter, now, work } from './wiring/tables.ts';

export async function handler(event: unknown, context: Context): Promise<Record<string, never>> {
  const { lockedBy, open, ring } = work();
  const ports = {
    writer: auditWriter('triage'),
    account: context.invokedFunctionArn.split(':')[4] ?? '',
    region: setting('AWS_REGION'),
    alarm: alarms(now).read,
    lockedBy,
    open,
    ring,
    // One line per doorbell that is none of ours, for a metric filter; it is no entry of the audit.
    noted: (what: string, alarmArn: string) => console.log(JSON.stringify({ doorbell: what, alarmArn })),
    start: machine(setting('STATE_MACHINE_ARN')).start,
  };
  await triage(ports, loadCompiled(), event);
  return {};
}
