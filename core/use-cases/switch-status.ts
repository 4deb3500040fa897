/** How the kill switch stands, and what still goes on under it: for people, and decides nothing. */
import type { AuditStore } from '../audit/append.ts';
import { readChain } from '../audit/chain.ts';
import type { DispatchesReader } from '../burn.ts';
import { dispatchName } from '../dispatch.ts';
import { type Abort, type PublicKey, readSwitch, type SwitchStore } from '../incident/kill-switch.ts';
import { isOpen, progressOf } from '../incident/progress.ts';
import { epochOf } from '../time.ts';
import type { StopWords } from './switch-ports.ts';

export interface StatusPorts {
  readonly writer: { readonly store: Pick<AuditStore, 'items'> };
  readonly control: SwitchStore;
  readonly dispatches: Pick<DispatchesReader, 'burns'>;
  readonly publicKey: PublicKey;
  /** As the work table lists them. */
  openIncidents(): Promise<string[]>;
  /** Epoch milliseconds. */
  now(): number;
}

/** What was burnt, and nobody has written how it ended. */
export interface Unended {
  readonly incidentId: string;
  readonly dispatch: string;
  readonly hosts: readonly string[];
  /** ISO 8601; until then it may still be sent. */
  readonly sendBy: string;
  /** `may_be_sent`: its send may not have begun yet. */
  readonly state: 'may_be_sent' | 'may_be_running';
}

export interface SwitchStatus {
  readonly stopped: boolean;
  /** The number that counts: of the stop in force, or the one that the next stop gets. */
  readonly number: number;
  /** The stops that a resume would lift, oldest first; the first ten of them. */
  readonly stops: readonly StopWords[];
  /** How many there are. */
  readonly count: number;
  /** The newest abort that the approval key signed; null = there never was one. */
  readonly aborted: Pick<Abort, 'number' | 'by' | 'at' | 'reason'> | null;
  readonly unended: readonly Unended[];
  /** Open incidents that were looked at, and how many there are; of the others it is not said what runs. */
  readonly looked: { readonly at: number; readonly of: number };
}

/** Incidents whose chains are read: more would take longer than a person waits. */
const mostIncidents = 50;
const mostStops = 10;

/** Throws what reading the switch throws; an incident that cannot be read is not counted as looked at. */
export async function switchStatus(ports: StatusPorts): Promise<SwitchStatus> {
  const { control, publicKey } = ports;
  const [{ stopped, number, aborted }, open] = await Promise.all([
    readSwitch(control, publicKey),
    ports.openIncidents(),
  ]);
  const stops = stopped ? await control.stops(number) : [];
  const looks = await Promise.allSettled(open.slice(0, mostIncidents).map((id) => unendedOf(ports, id)));
  const seen = looks.flatMap((look) => (look.status === 'fulfilled' ? [look.value] : []));
  return {
    stopped,
    number,
    stops: stops.slice(0, mostStops).map(({ by, why, at, number: own }) => ({ by, why, at, number: own })),
    count: stops.length,
    aborted: aborted && { number: aborted.number, by: aborted.by, at: aborted.at, reason: aborted.reason },
    unended: seen.flat(),
    looked: { at: seen.length, of: open.length },
  };
}

async function unendedOf({ writer, dispatches, now }: StatusPorts, incidentId: string): Promise<Unended[]> {
  const items = await writer.store.items(incidentId);
  const burns = await dispatches.burns(incidentId);
  const progress = progressOf(readChain(incidentId, items).entries, { burns, byFirstRelease: [] });
  return progress.dispatches.filter(isOpen).map(({ dispatch, sent }) => {
    const name = dispatchName(dispatch);
    const burn = burns.find((one) => dispatchName(one.dispatch) === name);
    const sendBy = burn?.sendBy ?? '';
    const mayBeSent = sent === null && now() <= epochOf(sendBy);
    const state = mayBeSent ? 'may_be_sent' : 'may_be_running';
    return { incidentId, dispatch: name, hosts: burn?.targets ?? [], sendBy, state };
  });
}
