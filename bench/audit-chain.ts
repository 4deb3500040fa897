/** Incidents of 100 entries with one signed vote each, for the bench: an alarm that flaps while four reads and one approved change go out. */

import type { AuditEvent } from '../core/audit/entry.ts';
import type { AuditEntry } from '../core/audit/envelope.ts';
import type { ExportedChain } from '../core/audit/write-bundle.ts';
import { type Genuine, genuine } from '../test/core/audit/genuine.ts';

export const entriesOfChain = 100;

/** An incident's events in their order, and what belongs to it. */
export interface BenchIncident {
  readonly id: string;
  readonly events: readonly { readonly id: string; readonly actor: string; readonly event: AuditEvent }[];
  readonly burns: ExportedChain['burns'];
  readonly publicKey: string;
}

const shape = { reads: 4, changes: ['modifying'], standing: false, closed: true, late: false } as const;

/** The incident of a number: others have other ids, times, questions and signatures. */
export async function benchIncident(number: number): Promise<BenchIncident> {
  const { id, entries, facts }: Genuine = await genuine(`disk-full-${number}`, shape);
  const closing = entries.findIndex(({ event }) => event.kind === 'incident_closed');
  const [opened] = entries as [AuditEntry];
  const alarmArn = String(opened.event.alarmArn);
  const doorbells = Array.from({ length: entriesOfChain - entries.length }, (_, index) => ({
    id: `doorbell-${index}`,
    actor: 'triage',
    event: {
      kind: 'alarm_joined',
      alarmArn,
      state: index % 2 ? 'OK' : 'ALARM',
      why: 'it rang again meanwhile',
    } as const,
  }));
  const own = entries.map(({ entryId, actor, event }) => ({ id: entryId, actor, event: event as AuditEvent }));
  const events = own.toSpliced(closing, 0, ...doorbells);
  return { id, events, burns: facts.burns, publicKey: facts.publicKey ?? '' };
}
