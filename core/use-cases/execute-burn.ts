/** What the kernel burns a dispatch with: the standing approval, the leases of its hosts, its slots in the budgets. */
import { planDigest } from '../audit/entry.ts';
import { type Burn, type BurnAnswer, type BurnRequest, type Lease, type Slot, sendBySeconds } from '../burn.ts';
import { type Derived, hostsOf, restAfter } from '../derive/derive.ts';
import { parametersDigest } from '../derive/frozen.ts';
import { hostOutcome } from '../derive/outcome.ts';
import { clockGraceSeconds, deliveryTimeoutSeconds, silenceSeconds } from '../derive/run-document.ts';
import { type Dispatch, dispatchKey, incidentOfKey, sameDispatch } from '../dispatch.ts';
import { hostHeld } from '../incident/progress.ts';
import type { Situation } from '../incident/situation.ts';
import { redact } from '../redact.ts';
import { epochOf, isoOf } from '../time.ts';
import { riskAtLeast } from '../words.ts';
import { nextLease, nextSlots } from './burn-request.ts';
import type { Denied, ExecutePorts, Granted } from './execute-ports.ts';
import { commandOfKey } from './sent-command.ts';

/**
 * Burns. An error is no end: what lies there then says whether it was burnt, by whom is not known, so it is not sent; what
 * is not burnt was not sent, and is asked for again.
 */
export async function burning(ports: ExecutePorts, request: BurnRequest): Promise<BurnAnswer | Denied> {
  try {
    return await ports.dispatches.burn(request);
  } catch (error) {
    const { incidentId, dispatch } = request.burn;
    const burn = (await ports.dispatches.burns(incidentId)).find((one) => sameDispatch(one.dispatch, dispatch));
    return burn ? { kind: 'used', burn } : nothingBurnt(error);
  }
}

/** After the intent an error is no end either: no burn is seen, and without its answer nothing is sent, so it is asked for again. */
export function nothingBurnt(error: unknown): Denied {
  const why = error instanceof Error ? error.message : String(error);
  return { denied: 'stale', why: `nothing was sent, and no burn is seen: ${redact(why)}` };
}

/** The numbers that a burn takes, read before it. */
export interface Taken {
  readonly leases: readonly Lease[];
  readonly slots: readonly Slot[];
}

/** What this dispatch burns, with the numbers that it takes. */
export function burnRequest(
  ports: ExecutePorts,
  { incidentId, kill }: Situation,
  derived: Derived,
  { granted, plan, intent }: { granted: Granted; plan: Parameters<typeof planDigest>[0]; intent: string },
  { leases, slots }: Taken,
): BurnRequest {
  const now = ports.now();
  const rest = restAfter(derived);
  const burn: Burn = {
    incidentId,
    dispatch: derived.dispatch,
    level: derived.verdict.level,
    scriptHash: derived.scriptHash,
    targets: [...hostsOf(derived)],
    ...(rest.length > 0 ? { rest } : {}),
    planDigest: planDigest(plan),
    parametersDigest: parametersDigest(derived.parameters),
    standing: standingOf(derived),
    questionDigest: granted.question?.digest ?? null,
    switch: kill.number,
    leases: Object.fromEntries(leases.map(({ host, number }) => [host, number])),
    intent,
    at: isoOf(now),
    sendBy: isoOf(now + sendBySeconds * 1000),
  };
  return { burn, question: granted.question, leases, slots };
}

/** Leases and slots at once. */
export async function takenBy(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
  granted: Granted,
): Promise<Taken | Denied> {
  const [leases, slots] = await Promise.all([
    leasesToTake(ports, situation, derived, granted.document.name),
    slotsOf(ports, situation, derived),
  ]);
  if ('denied' in leases) return leases;
  return 'denied' in slots ? slots : { leases, slots };
}

/** The next slots of the budgets of unasked actions; none for what was asked or only reads. */
export async function slotsOf(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
): Promise<readonly Slot[] | Denied> {
  if (!standingOf(derived)) return [];
  const budget = situation.compiled.policy.tiers[derived.runbook.severity].max_autonomous_actions;
  const slots = await nextSlots(ports.dispatches, situation, budget, ports.now());
  return slots ?? { denied: 'stale', why: `all ${budget} unasked actions are used` };
}

/** The next lease of every host that is changed: one running mutation on a host, across incidents. */
async function leasesToTake(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
  document: string,
): Promise<readonly Lease[] | Denied> {
  if (derived.script === null || !riskAtLeast(derived.verdict.level, 'modifying')) return [];
  const { incidentId } = situation;
  const now = ports.now();
  const begins = deliveryTimeoutSeconds + clockGraceSeconds;
  const ends = begins + derived.timeoutSeconds + silenceSeconds;
  const taken = {
    holder: dispatchKey(incidentId, derived.dispatch),
    until: isoOf(now + ends * 1000),
    document,
    // The send itself may begin a little after the burn, and the host counts from there.
    beginsBy: isoOf(now + (begins + sendBySeconds) * 1000),
  };
  const find = commandFinder(ports, situation.compiled.document.name);
  const leases = await Promise.all(
    hostsOf(derived).map(async (host) => {
      const last = situation.leases.find((lease) => lease.host === host) ?? (await ports.dispatches.lease(host));
      const isFree =
        !last ||
        epochOf(last.until) <= now ||
        (await hasEnded(ports, find, last, { incidentId, dispatch: derived.dispatch, now }));
      return { next: nextLease(last, host, taken), held: isFree ? null : last };
    }),
  );
  const held = leases.flatMap((lease) => lease.held ?? [])[0];
  return held ? heldBy(held) : leases.map(({ next }) => next);
}

function heldBy({ host, holder, until }: Lease): Denied {
  const why = `${host} is being changed by ${holder}, until ${until} at most`;
  return { denied: 'stale', rule: hostHeld, why };
}

type Finder = (lease: Lease) => Promise<string | null>;

/** Asks for each holder once, however many hosts it holds. */
function commandFinder(ports: ExecutePorts, current: string): Finder {
  const asked = new Map<string, Promise<string | null>>();
  return ({ holder, document }) => {
    const known = asked.get(holder) ?? commandOfKey(ports, holder, [document, current]);
    asked.set(holder, known);
    return known;
  };
}

/**
 * Whether SSM itself says that the holder of a lease has ended on its host, or knows none although none can begin any more.
 * What may still run there, as after a delivery that timed out, has not ended for another incident, nor for a further
 * attempt at it; what undoes it in its own incident has been told so.
 */
async function hasEnded(
  ports: ExecutePorts,
  find: Finder,
  lease: Lease,
  { incidentId, dispatch, now }: { incidentId: string; dispatch: Dispatch; now: number },
): Promise<boolean> {
  const commandId = await find(lease);
  if (commandId !== null) {
    const outcome = hostOutcome(await ports.invocation(commandId, lease.host));
    const mayOverlap = incidentOfKey(lease.holder) === incidentId && !(dispatch.part === 'run' && dispatch.attempt > 1);
    return outcome === 'unknown' ? mayOverlap : outcome !== 'running';
  }
  return lease.beginsBy !== undefined && epochOf(lease.beginsBy) < now;
}

export function standingOf({ verdict }: Derived): string | null {
  return verdict.standing ? `${verdict.standing.owner}: ${verdict.standing.reason}` : null;
}
