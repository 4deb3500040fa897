/** What the command line reads of a deployed Countersign: its tables and the approval key. What cannot be read is said. */

import { auditTable } from '../adapters/dynamodb/audit.ts';
import { openDatabase } from '../adapters/dynamodb/client.ts';
import { dispatchesTable } from '../adapters/dynamodb/dispatches.ts';
import { workTable } from '../adapters/dynamodb/work.ts';
import { approvalKey } from '../adapters/kms/approval-key.ts';
import { readChain, recoveryChain, type StoredItem } from '../core/audit/chain.ts';
import type { ChainFacts } from '../core/audit/verify-finding.ts';
import { keyAliases } from '../core/deployed-names.ts';
import { errorColours as pc } from './colours.ts';
import { oneLine } from './timeline.ts';

/** Names are fixed by the stacks. */
export const tables = {
  audit: 'countersign-audit',
  work: 'countersign-work',
  dispatches: 'countersign-dispatches',
  control: 'countersign-control',
};

export const audit = () => auditTable(openDatabase(), tables.audit);
export const work = () => workTable(openDatabase(), tables.work, () => 0);

/** What proves an incident's chain, as far as it can be read; `open` = the open incidents, where they are known already. */
export async function factsOf(
  incidentId: string,
  items: readonly StoredItem[],
  open: Promise<readonly string[] | null> = openIncidents(),
): Promise<ChainFacts> {
  const dispatches = dispatchesTable(openDatabase(), tables);
  const old = readChain(incidentId, items).entries.flatMap(({ event }) =>
    event?.kind === 'dispatch_intended' && event.planDigest === undefined ? [event.dispatch] : [],
  );
  const [burns, byFirstRelease, publicKey, opened, recovery] = await Promise.all([
    given(`the table ${tables.dispatches}`, () => dispatches.burns(incidentId)),
    given('the burn markers of the first release', () => dispatches.burntByFirstRelease(incidentId, old)),
    approvalPublicKey(),
    open,
    given('the recovery chain', () => audit().items(recoveryChain(incidentId))),
  ]);
  return {
    // Without the markers a burn of the first release would look like none.
    burns: byFirstRelease && burns,
    byFirstRelease: byFirstRelease ?? [],
    publicKey,
    isOpen: opened?.includes(incidentId) ?? null,
    recovery,
  };
}

export function openIncidents(): Promise<string[] | null> {
  return given(`the table ${tables.work}`, () => work().openIncidents());
}

/** PEM; throws when it cannot be read. */
export const approvalPublicPem = (): Promise<string> => approvalKey(keyAliases.approval).publicKey();

export function approvalPublicKey(): Promise<string | null> {
  return given(`the key ${keyAliases.approval}`, approvalPublicPem);
}

/** What `read` answers; null, and a line that says why, when it fails. */
export async function given<T>(what: string, read: () => Promise<T>): Promise<T | null> {
  try {
    return await read();
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    console.error(`${pc.yellow('!')} ${oneLine(`${what} could not be read: ${why}`)}`);
    return null;
  }
}
