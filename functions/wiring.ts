/** Wiring that several functions share: clock, ids, audit writer, situation and cards over their adapters. */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { alarms } from '../adapters/cloudwatch/alarms.ts';
import { auditTable } from '../adapters/dynamodb/audit.ts';
import { openDatabase } from '../adapters/dynamodb/client.ts';
import { controlTable } from '../adapters/dynamodb/control.ts';
import { workTable } from '../adapters/dynamodb/work.ts';
import { readSecret } from '../adapters/secretsmanager/secrets.ts';
import { slackAdapter } from '../adapters/slack/slack.ts';
import { managedInstances } from '../adapters/ssm/commands.ts';
import type { Cards } from '../core/approval/ports.ts';
import type { AuditWriter } from '../core/audit/append.ts';
import type { SituationPorts } from '../core/incident/situation.ts';
import { isoOf } from '../core/time.ts';
import { loadCompiled } from './compiled.ts';
import { setting } from './environment.ts';

export const now = (): number => Date.now();

/** Longest pause between two tries of an append, per try, in milliseconds. */
const jitter = 20;

export const database = openDatabase();
export const work = () => workTable(database, setting('WORK_TABLE'), now);
export const control = () => controlTable(database, setting('CONTROL_TABLE'));

export function auditWriter(actor: string): AuditWriter {
  return {
    store: auditTable(database, setting('AUDIT_TABLE')),
    actor,
    now: () => isoOf(now()),
    newId: randomUUID,
    pause: (tries) => sleep(randomInt(jitter * tries)),
  };
}

/** Reads chain, alarm and hosts; `stopped` is the kill switch for those who may read Control. */
export function situationPorts(writer: AuditWriter, stopped: () => Promise<boolean>): SituationPorts {
  return {
    entries: (incidentId) => writer.store.entries(incidentId),
    alarm: (alarmArn, contributorId) => alarms(now).read(alarmArn, contributorId),
    instances: managedInstances,
    stopped,
    now,
  };
}

/** Slack with the bot's token, read at each call: a rotated token counts at once. */
export function cards(): Cards {
  const slack = async () => {
    const token = await readSecret(setting('SLACK_BOT_TOKEN_SECRET'));
    return slackAdapter({ token, apiUrl: loadCompiled().policy.slack.api_url });
  };
  return {
    async post(channel, message) {
      const place = await (await slack()).post(channel, message);
      return { channel: place.channel, messageTs: place.ts };
    },
    update: async ({ channel, messageTs }, message) => (await slack()).update(channel, messageTs, message),
    tell: async (channel, user, text) => (await slack()).tellOnly(channel, user, text),
  };
}
