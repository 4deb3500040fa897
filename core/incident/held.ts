/** Hosts that another incident is changing: by the leases that `execute` alone writes, and by what its audit says of their holders. */
import { readChain, type StoredItem } from '../audit/chain.ts';
import type { DispatchesReader, Lease } from '../burn.ts';
import { dispatchKey, incidentOfKey, maximumTargets } from '../dispatch.ts';
import { epochOf } from '../time.ts';
import { progressOf } from './progress.ts';

/**
 * The newest lease of each of these hosts, read at once; hosts that never had one are left out. More hosts than one send
 * takes are none of a plan of ours: the rest is not read.
 */
export async function leasesOf(dispatches: DispatchesReader, hosts: readonly string[]): Promise<Lease[]> {
  const asked = [...new Set(hosts)].slice(0, maximumTargets);
  const found = await Promise.all(asked.map((host) => dispatches.lease(host)));
  return found.flatMap((lease) => lease ?? []);
}

/**
 * The leases of other incidents that are still running, as far as is known here. That a holder has ended is read in its
 * incident's chain: a false word there only leads to `execute`, which asks Systems Manager itself.
 */
export async function heldLeases(
  items: (incidentId: string) => Promise<StoredItem[]>,
  incidentId: string,
  leases: readonly Lease[],
  now: number,
): Promise<Lease[]> {
  const others = leases.filter(({ holder, until }) => incidentOfKey(holder) !== incidentId && epochOf(until) > now);
  const incidents = new Set(others.flatMap(({ holder }) => incidentOfKey(holder) ?? []));
  const chains = await Promise.all([...incidents].map(async (other) => endedHosts(other, await items(other))));
  return others.filter(({ holder, host }) => !chains.some((ended) => ended(holder, host)));
}

/** Whether an incident's chain says that a dispatch has ended on a host. What may still run there has not. */
function endedHosts(incidentId: string, items: readonly StoredItem[]): (holder: string, host: string) => boolean {
  const { dispatches } = progressOf(readChain(incidentId, items).entries);
  return (holder, host) => {
    const finished = dispatches.find(({ dispatch }) => dispatchKey(incidentId, dispatch) === holder)?.finished;
    if (!finished) return false;
    const result = finished.results.find(({ target }) => target === host);
    return !mayStillRun.includes(result?.outcome ?? finished.outcome);
  };
}

/** `partial` without a word on this very host says nothing of it. */
const mayStillRun: readonly string[] = ['unknown', 'partial'];
