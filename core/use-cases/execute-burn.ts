/** What the kernel burns a dispatch with: the standing approval, the leases of its hosts, its slots in the budgets. */
import { planDigest } from '../audit/entry.ts';
import { type Burn, type BurnAnswer, type BurnRequest, type Lease, sendBySeconds } from '../burn.ts';
import type { Compiled } from '../compiled.ts';
import { clockGraceSeconds, type Derived, deliveryTimeoutSeconds } from '../derive/derive.ts';
import { parametersDigest } from '../derive/frozen.ts';
import { hostOutcome } from '../derive/outcome.ts';
import { silenceSeconds } from '../derive/run-document.ts';
import { dispatchKey, sameDispatch } from '../dispatch.ts';
import type { Situation } from '../incident/situation.ts';
import { redact } from '../redact.ts';
import { epochOf, isoOf } from '../time.ts';
import { riskAtLeast } from '../words.ts';
import { nextLease, nextSlots } from './burn-request.ts';
import type { Denied, ExecutePorts, Granted } from './execute-ports.ts';

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
    if (burn) return { kind: 'used', burn };
    const why = error instanceof Error ? error.message : String(error);
    return { denied: 'stale', why: `nothing was burnt or sent: ${redact(why)}` };
  }
}

export async function burnOf(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
  granted: Granted,
  intent: string,
): Promise<BurnRequest | Denied> {
  const { incidentId, compiled, kill, progress } = situation;
  const { dispatch, verdict, scriptHash, targets, script } = derived;
  const changes = script !== null && riskAtLeast(verdict.level, 'modifying');
  const now = ports.now();
  const leases = changes ? await leasesOf(ports, situation, derived, now) : [];
  if ('denied' in leases) return leases;
  const budget = compiled.policy.tiers[derived.runbook.severity].max_autonomous_actions;
  const slots = standingOf(derived) ? await nextSlots(ports.dispatches, situation, budget, now) : [];
  if (slots === null) return { denied: 'stale', why: `all ${budget} unasked actions are used` };
  if (!progress.planned) return { denied: 'refused', why: 'there is no plan' };
  const burn: Burn = {
    incidentId,
    dispatch,
    level: verdict.level,
    scriptHash,
    targets: [...targets],
    planDigest: planDigest(progress.planned),
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

/** The next lease of every host: one running mutation on a host, across incidents. */
async function leasesOf(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
  now: number,
): Promise<Lease[] | Denied> {
  const { incidentId, compiled } = situation;
  const holder = dispatchKey(incidentId, derived.dispatch);
  const until = isoOf(
    now + (deliveryTimeoutSeconds + clockGraceSeconds + derived.step.timeoutSeconds + silenceSeconds) * 1000,
  );
  const leases: Lease[] = [];
  for (const host of derived.targets) {
    const held = await ports.dispatches.lease(host);
    const isFree = !held || epochOf(held.until) <= now || (await hasEnded(ports, compiled, held));
    if (!isFree)
      return { denied: 'stale', why: `${host} is being changed by ${held.holder}, until ${held.until} at most` };
    leases.push(nextLease(held, host, holder, until));
  }
  return leases;
}

/** Whether SSM itself says that the holder of a lease has ended on its host. */
async function hasEnded(ports: ExecutePorts, compiled: Compiled, { holder, host }: Lease): Promise<boolean> {
  const commandId = await ports.findCommand(compiled.document.name, holder);
  return commandId !== null && hostOutcome(await ports.invocation(commandId, host)) !== 'running';
}

export function standingOf({ verdict }: Derived): string | null {
  return verdict.standing ? `${verdict.standing.owner}: ${verdict.standing.reason}` : null;
}
