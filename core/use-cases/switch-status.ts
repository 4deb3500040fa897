/** How the kill switch stands, and what still goes on under it: for people, and decides nothing. */
import type { AuditStore } from '../audit/append.ts';
import { readChain } from '../audit/chain.ts';
import type { DispatchesReader } from '../burn.ts';
import { dispatchName } from '../dispatch.ts';
import { type PublicKey, readSwitch, type SwitchStore } from '../incident/kill-switch.ts';
import { type DispatchProgress, isOpen, progressOf } from '../incident/progress.ts';
import { readSuspensions, type SuspensionReader, type SuspensionReading } from '../incident/suspension.ts';
import type { Policy } from '../policy/schema.ts';
import type { SuspendedPerson, SwitchStatus, Unended } from '../report/switch.ts';
import { epochOf } from '../time.ts';

export interface StatusPorts {
  readonly writer: { readonly store: Pick<AuditStore, 'items'> };
  readonly control: SwitchStore & SuspensionReader;
  readonly dispatches: Pick<DispatchesReader, 'burns'>;
  readonly publicKey: PublicKey;
  /** As the work table lists them. */
  openIncidents(): Promise<string[]>;
  /** Epoch milliseconds. */
  now(): number;
}

/** Incidents whose chains are read: more would take longer than a person waits. */
const mostIncidents = 50;
const mostStops = 10;

/** Throws what reading the switch throws; an incident that cannot be read is not counted as looked at. */
export async function switchStatus(ports: StatusPorts, { people }: Pick<Policy, 'people'>): Promise<SwitchStatus> {
  const { control, publicKey } = ports;
  const names = people.map(({ name }) => name);
  const [{ stopped, number, aborted }, open, suspensions] = await Promise.all([
    readSwitch(control, publicKey),
    ports.openIncidents(),
    readSuspensions(control, publicKey, names),
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
    suspended: suspensions.flatMap((reading) => suspendedPerson(reading) ?? []),
    looked: { at: seen.length, of: open.length },
  };
}

/** Null when they may approve. */
export function suspendedPerson({ name, signed, suspension }: SuspensionReading): SuspendedPerson | null {
  if (suspension === null) return null;
  const { by, why, at } = suspension;
  return { name, by, why, at, signed };
}

async function unendedOf({ writer, dispatches, now }: StatusPorts, incidentId: string): Promise<Unended[]> {
  const items = await writer.store.items(incidentId);
  const burns = await dispatches.burns(incidentId);
  const progress = progressOf(readChain(incidentId, items).entries, { burns, byFirstRelease: [] });
  return progress.dispatches.flatMap((known): Unended[] => {
    const hosts = unendedHosts(known);
    if (hosts === null) return [];
    const name = dispatchName(known.dispatch);
    const sendBy = burns.find((one) => dispatchName(one.dispatch) === name)?.sendBy ?? '';
    const mayBeSent = known.sent === null && now() <= epochOf(sendBy);
    const state = !isOpen(known) ? 'unknown' : mayBeSent ? 'may_be_sent' : 'may_be_running';
    return [{ incidentId, dispatch: name, hosts, sendBy, state }];
  });
}

/** The hosts of which nobody has written how it ended there; null where it is known of all, or nothing was burnt. */
function unendedHosts(known: DispatchProgress): readonly string[] | null {
  const { burn, finished } = known;
  if (burn === null || known.confirmed) return null;
  if (finished === null) return burn.targets;
  const outcomeOf = (host: string) => finished.results.find(({ target }) => target === host)?.outcome;
  const hosts = burn.targets.filter((host) => (outcomeOf(host) ?? finished.outcome) === 'unknown');
  return hosts.length > 0 ? hosts : null;
}
