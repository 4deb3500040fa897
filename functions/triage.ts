/** triage: woken by alarms; asks CloudWatch, opens the incident and starts its machine. */
import type { Context } from 'aws-lambda';
import { alarms } from '../adapters/cloudwatch/alarms.ts';
import { machine } from '../adapters/stepfunctions/machine.ts';
import { triage } from '../core/use-cases/triage.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { setting } from './wiring/environment.ts';
import { auditWriter, now, work } from './wiring/tables.ts';

export async function handler(event: unknown, context: Context): Promise<Record<string, never>> {
  const store = work();
  const ports = {
    writer: auditWriter('triage'),
    account: context.invokedFunctionArn.split(':')[4] ?? '',
    region: setting('AWS_REGION'),
    alarm: alarms(now).read,
    lockedBy: store.lockedBy,
    open: store.open,
    start: machine(setting('STATE_MACHINE_ARN')).start,
  };
  await triage(ports, loadCompiled(), event);
  return {};
}
