/** Wiring that several functions share: clock, ids, tables and the audit writer. What only some need has a file of its own. */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { auditTable } from '../../adapters/dynamodb/audit.ts';
import { openDatabase } from '../../adapters/dynamodb/client.ts';
import { controlTable } from '../../adapters/dynamodb/control.ts';
import { dispatchesTable } from '../../adapters/dynamodb/dispatches.ts';
import { workTable } from '../../adapters/dynamodb/work.ts';
import type { AuditWriter } from '../../core/audit/append.ts';
import { isoOf } from '../../core/time.ts';
import { setting } from './environment.ts';

export const now = (): number => Date.now();

/** Longest pause of an append, per weight, in milliseconds. */
const jitter = 20;

export const database = openDatabase();
export const work = () => workTable(database, setting('WORK_TABLE'), now);
export const control = () => controlTable(database, setting('CONTROL_TABLE'));
/** Burns, slots and leases; only `execute` may write them. */
export const dispatches = () =>
  dispatchesTable(database, {
    dispatches: setting('DISPATCHES_TABLE'),
    audit: setting('AUDIT_TABLE'),
    control: setting('CONTROL_TABLE'),
  });

export function auditWriter(actor: string): AuditWriter {
  return {
    store: auditTable(database, setting('AUDIT_TABLE')),
    actor,
    now: () => isoOf(now()),
    newId: randomUUID,
    pause: (weight) => sleep(randomInt(jitter * weight)),
  };
}
