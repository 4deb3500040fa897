/** An incident as the first release left it in the tables, from a stored fixture. */
import { readFileSync } from 'node:fs';
import type { AuditEntry } from '../../core/audit/envelope.ts';
import { canonicalJson } from '../../core/digest.ts';
import type { AlarmSubject } from '../../core/subject.ts';
import type { World } from './world.ts';

interface Landed {
  readonly incidentId: string;
  readonly row: Omit<AlarmSubject, 'kind' | 'round'> & { readonly alarmName: string };
  readonly entries: readonly AuditEntry[];
  readonly burnt: readonly string[];
  readonly requests: readonly (Record<string, unknown> & { readonly request: { readonly policyDigest: string } })[];
}

/**
 * Puts it into the tables of a world: chain, row, OPEN item, burn markers, and the question that it asked. Its execution
 * counts as running.
 *
 * @returns the incident's id, and the name of its question's row.
 */
export function plantLanded(world: World, name: string): { id: string; row: string } {
  const text = readFileSync(new URL(`../fixtures/landed/${name}`, import.meta.url), 'utf8');
  const { incidentId, row, entries, burnt, requests }: Landed = JSON.parse(text);
  for (const entry of entries) world.audit.plant(incidentId, entry.sequence, canonicalJson(entry));
  const { alarmName, ...alarm } = row;
  world.work.rows.set(incidentId, { subject: { kind: 'alarm', ...alarm, round: 1 }, alarmName });
  world.work.plantOpen(incidentId);
  world.executions.set(incidentId, 'RUNNING');
  for (const key of burnt) world.dispatches.byFirstRelease.add(`${key}.1`);
  // The message of its card is none of this world's, which counts its own from 1.0.
  const [request] = requests;
  const sortKey = `REQUEST#2.run.1#${request?.request.policyDigest.slice(0, 12)}`;
  world.control.questions.set(`${incidentId}/${sortKey}`, { ...structuredClone(request ?? {}), messageTs: 'landed' });
  return { id: incidentId, row: `${incidentId}/${sortKey}` };
}
