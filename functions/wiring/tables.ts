/** Wiring that several functions share: clock, ids, tables and the audit writer. What only some need has a file of its own. */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { auditTable } from '../../adapters/dynamodb/audit.ts';
import { openDatabase } from '../../adapters/dynamodb/client.ts';
import { controlTable } from '../../adapters/dynamodb/control.ts';
import { dispatchesReader, dispatchesTable } from '../../adapters/dynamodb/dispatches.ts';
import { paceTable } from '../../adapters/dynamodb/pace.ts';
import { stormTable } from '../../adapters/dynamodb/storms.ts';
import { threadsTable } from '../../adapters/dynamodb/threads.ts';
import { waitsTable } from '../../adapters/dynamodb/waits.ts';
import { workTable } from '../../adapters/dynamodb/work.ts';
import type { AuditStore, AuditWriter } from '../../core/audit/append.ts';
import { isoOf } from '../../core/time.ts';
import { setting } from './environment.ts';

export const now = (): number => Date.now();

/** Longest pause of an append, per weight, in milliseconds. */
const jitter = 20;

export const database = openDatabase();
export const work = () => workTable(database, setting('WORK_TABLE'), now);
/** Buckets of calls that all functions keep together. */
export const pace = () => paceTable(database, setting('WORK_TABLE'), now);
/** Which alarms belong together, and which open nothing now. */
export const storms = () => stormTable(database, setting('WORK_TABLE'), now);
/** What waits for room in the channel. */
export const waits = () => waitsTable(database, setting('WORK_TABLE'), now);
/** Threads of incidents, and the pause between two looks at one. */
export const threading = () => ({
  threads: threadsTable(database, setting('WORK_TABLE'), now),
  sleep: async (milliseconds: number) => void (await sleep(milliseconds)),
});
export const control = () => controlTable(database, setting('CONTROL_TABLE'));
const burnTables = () => ({ dispatches: setting('DISPATCHES_TABLE'), audit: setting('AUDIT_TABLE') });
/** Burns, slots and leases. */
export const dispatches = () => dispatchesReader(database, burnTables());
/** The same for `execute`, which alone may write them. */
export const burning = () => dispatchesTable(database, { ...burnTables(), control: setting('CONTROL_TABLE') });

export const auditStore = (): AuditStore => auditTable(database, setting('AUDIT_TABLE'));

export function auditWriter(actor: string): AuditWriter {
  return {
    store: auditStore(),
    actor,
    now: () => isoOf(now()),
    newId: randomUUID,
    pause: (weight) => sleep(randomInt(jitter * weight)),
  };
}
