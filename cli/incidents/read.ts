/** Incidents of the deployment at a glance, read from their chains. */

import { auditWindow } from '../../adapters/dynamodb/audit-window.ts';
import { openDatabase } from '../../adapters/dynamodb/client.ts';
import { dispatchesTable } from '../../adapters/dynamodb/dispatches.ts';
import { readChain, type StoredItem } from '../../core/audit/chain.ts';
import { IncidentId } from '../../core/dispatch.ts';
import { progressOf } from '../../core/incident/progress.ts';
import { readBurns } from '../../core/incident/situation.ts';
import { type Overview, overviewOf } from '../../core/report/overview.ts';
import { audit, tables, work } from '../account.ts';

/** @throws {Error} when the chain has no entry, or cannot be read. */
export async function overview(incidentId: string): Promise<Overview & { readonly items: readonly StoredItem[] }> {
  const items = await audit().items(incidentId);
  if (items.length === 0) throw new Error(`there is no incident ${incidentId} in this account and region`);
  const chain = readChain(incidentId, items);
  const burns = await readBurns({ dispatches: dispatchesTable(openDatabase(), tables) }, incidentId, chain);
  return { ...overviewOf(incidentId, chain.entries, progressOf(chain.entries, burns)), items };
}

/** Oldest first. */
export async function openOverviews(): Promise<Overview[]> {
  return overviews(await work().openIncidents());
}

/** Every incident with an entry or a burn since then (ISO 8601). Reads whole tables. */
export async function overviewsSince(since: string, until: string): Promise<Overview[]> {
  const chains = await auditWindow(openDatabase(), tables).chains(since, until);
  return overviews(chains.filter((chain) => IncidentId.safeParse(chain).success));
}

async function overviews(incidentIds: readonly string[]): Promise<Overview[]> {
  const found: Overview[] = [];
  for (const incidentId of incidentIds) {
    const { items: _, ...one } = await overview(incidentId);
    found.push(one);
  }
  return found.sort((a, b) => ((a.openedAt ?? '') < (b.openedAt ?? '') ? -1 : 1));
}
