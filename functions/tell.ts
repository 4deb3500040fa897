/** tell: woken by the stream of Audit; keeps the first message of each incident's thread as its chain says, and counts what was added. */

import { logger } from '../adapters/powertools/log.ts';
import { measured } from '../adapters/powertools/metrics.ts';
import { invocation as commandOn, findCommand } from '../adapters/ssm/commands.ts';
import { eachOf } from '../core/at-once.ts';
import { tell } from '../core/use-cases/tell.ts';
import { cloudwatch } from './wiring/alarms.ts';
import { publicKey } from './wiring/approval-key.ts';
import { cards } from './wiring/cards.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { invocation, namesOf } from './wiring/invocation.ts';
import { incidentsOf } from './wiring/stream.ts';
import { auditStore, dispatches, now, threading, waits, work } from './wiring/tables.ts';

/** Incidents that are drawn at the same time. */
const atOnce = 3;

/** Names the records whose incidents have to be drawn again. */
export async function handler(event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
  return invocation({}, () => told(event));
}

async function told(event: unknown): Promise<{ batchItemFailures: { itemIdentifier: string }[] }> {
  const ports = {
    writer: { store: auditStore() },
    dispatches: dispatches(),
    incidentRow: work().incidentRow,
    readEvidence: work().readEvidence,
    alarm: cloudwatch.read,
    // A message that is drawn without it is drawn again; the stream must not wait.
    isPassing: () => false,
    findCommand,
    invocation: commandOn,
    cards: cards(),
    waits: waits(),
    publicKey,
    ...threading(),
    measured,
    now,
  };
  const failed: string[] = [];
  await eachOf(incidentsOf(event), atOnce, async ({ incidentId, sequenceNumber, places }) => {
    await tell(ports, loadCompiled(), { incidentId, places }).catch((error: unknown) => {
      logger.error('an incident could not be told', { incidentId, error: namesOf(error) });
      failed.push(sequenceNumber);
    });
  });
  return { batchItemFailures: failed.map((itemIdentifier) => ({ itemIdentifier })) };
}
