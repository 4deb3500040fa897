/** triage: woken by the queue of alarms, or by an alarm's action; asks CloudWatch, opens incidents and starts their machines. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import { rememberedTags } from '../adapters/cloudwatch/remembered-tags.ts';
import { noted } from '../adapters/powertools/metrics.ts';
import { machine } from '../adapters/stepfunctions/machine.ts';
import { type BatchAnswer, triage } from '../core/use-cases/triage.ts';
import { cloudwatch } from './wiring/alarms.ts';
import { publicKey } from './wiring/approval-key.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { setting } from './wiring/environment.ts';
import { invocation } from './wiring/invocation.ts';
import { auditWriter, control, now, storms, work } from './wiring/tables.ts';

const tags = rememberedTags(cloudwatch.tags, now);

export async function handler(event: unknown, context: Context): Promise<BatchAnswer> {
  return invocation({}, () => answered(event, context));
}

async function answered(event: unknown, context: Context): Promise<BatchAnswer> {
  const { lockedBy, open, ring } = work();
  const ports = {
    ...storms(),
    writer: auditWriter('triage'),
    account: context.invokedFunctionArn.split(':')[4] ?? '',
    region: setting('AWS_REGION'),
    queue: setting('ALARM_QUEUE_ARN'),
    alarms: cloudwatch.readMany,
    tags,
    muted: cloudwatch.muted,
    pause: (milliseconds: number) => sleep(milliseconds),
    lockedBy,
    open,
    ring,
    noted,
    retry: control().retry,
    publicKey,
    start: machine(setting('STATE_MACHINE_ARN')).start,
  };
  return triage(ports, loadCompiled(), event);
}
