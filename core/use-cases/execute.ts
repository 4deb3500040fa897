/** The kernel: derives everything again, checks signatures, burns the dispatch, and sends once. It believes nobody. */
import { append } from '../audit/append.ts';
import type { Burn, BurnAnswer } from '../burn.ts';
import type { Compiled } from '../compiled.ts';
import { type Derived, hostsOf, isOpen } from '../derive/derive.ts';
import { deliveryTimeoutSeconds } from '../derive/run-document.ts';
import { type Dispatch, dispatchKey, sameDispatch } from '../dispatch.ts';
import type { GateAnswer } from '../gate/answer.ts';
import { decideNext } from '../gate/gate.ts';
import { leasesOf } from '../incident/held.ts';
import { type DispatchProgress, findDispatch, hostHeld, killSwitchRule } from '../incident/progress.ts';
import { readSituation, type Situation } from '../incident/situation.ts';
import type { RiskTools } from '../policy/verdict.ts';
import { approvalOf, standingOfVoters, unasked } from './execute-approval.ts';
import { burning, burnRequest, nothingBurnt, slotsOf, type Taken, takenBy } from './execute-burn.ts';
import { intend, intending } from './execute-intent.ts';
import {
  type Denied,
  type ExecuteAnswer,
  type ExecutePorts,
  firstPollSeconds,
  type Granted,
  type Send,
} from './execute-ports.ts';
import { afterBurn } from './execute-send.ts';

/**
 * Executes one dispatch if, read again now, it is this dispatch's turn and policy lets it proceed or enough people
 * signed exactly these bytes. Called again for the same dispatch it answers what is known and sends nothing twice. Every
 * refusal is appended with its reasons; a failing read or append throws, until the burn; from then on nothing does.
 */
export async function execute(
  ports: ExecutePorts,
  compiled: Compiled,
  tools: RiskTools,
  { incidentId, dispatch }: { incidentId: string; dispatch: Dispatch },
): Promise<ExecuteAnswer> {
  const asked = ports.question(incidentId, dispatch);
  const [situation, question, standing] = await Promise.all([
    // Whether a holder of a lease has ended is asked of Systems Manager itself, before the burn.
    readSituation(ports, compiled, incidentId, { holders: false }),
    asked,
    asked.then((stored) => standingOfVoters(ports, stored)),
  ]);
  const known = findDispatch(situation.progress, dispatch);
  if (known && situation.broken === null) {
    if (known.finished) return { outcome: known.finished.outcome, seconds: 0 };
    if (known.confirmed) return { outcome: 'succeeded', seconds: 0 };
    if (known.burn) return { outcome: 'running', seconds: firstPollSeconds };
  }
  // The gate's rule is asked a second time because the machine's word that it is this dispatch's turn is not believed.
  const answer = decideNext(situation, tools);
  const why = answer.reasons.map(({ text }) => text).join('; ') || 'it is not this dispatch’s turn';
  // Nothing follows a broken chain, and a closed one is told already: that this call came too late is no news.
  if (situation.broken !== null || situation.progress.closed) return { outcome: 'refused', seconds: 0 };
  if (answer.decision === 'wait')
    return refuse(ports, situation, dispatch, { denied: 'stale', why, ...ruleOf(answer) });
  const { derived } = answer;
  const isTurn = answer.dispatch !== null && sameDispatch(answer.dispatch, dispatch);
  if (!derived || !isTurn || !maySend(answer) || isOpen(derived))
    return refuse(ports, situation, dispatch, { denied: wasTurn(situation, dispatch) ? 'stale' : 'refused', why });
  const granted = answer.signed
    ? await approvalOf(ports, situation, derived, question, standing)
    : await unasked(ports, situation, derived);
  if ('denied' in granted) return refuse(ports, situation, dispatch, granted);
  return commit(ports, situation, derived, granted, known);
}

/** What proceeds, or what people are asked to let go ahead; no other question ends in a send. */
function maySend({ decision, asks }: GateAnswer): boolean {
  return decision === 'proceed' || (decision === 'ask' && (asks === 'approve' || asks === 'manual'));
}

/** By name what makes it wait and says nothing of what was asked: that is not counted as out of date. */
function ruleOf({ reasons }: GateAnswer): { rule?: string } {
  const rule = [hostHeld, killSwitchRule].find((one) => reasons.some((reason) => reason.rule === one));
  return rule === undefined ? {} : { rule };
}

/**
 * Whether the gate had sent the machine here, and decides otherwise now: an alarm that is OK again, say. Then the gate goes
 * on from there. A call that no gate asked for is refused, and halts the incident.
 */
function wasTurn({ progress: { lastGate } }: Situation, dispatch: Dispatch): boolean {
  if (!lastGate?.dispatch || !sameDispatch(lastGate.dispatch, dispatch)) return false;
  return lastGate.decision === 'proceed' || lastGate.decision === 'ask';
}

async function refuse(ports: ExecutePorts, situation: Situation, dispatch: Dispatch, { denied, why, rule }: Denied) {
  await append(
    ports.writer,
    situation.incidentId,
    {
      kind: 'dispatch_refused',
      dispatch,
      outcome: denied,
      reasons: [{ rule: rule ?? `execute.${denied}`, text: why.slice(0, 1000) }],
    },
    { head: situation.chain.head },
  );
  return { outcome: denied, seconds: 0 };
}

async function commit(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
  granted: Granted,
  known: DispatchProgress | undefined,
): Promise<ExecuteAnswer> {
  const { planned } = situation.progress;
  if (!planned) return refuse(ports, situation, derived.dispatch, { denied: 'refused', why: 'there is no plan' });
  const intent = intending(ports, situation, derived, granted, known);
  const send = sendOf(situation, derived, granted, intent.event.notAfter);
  // Everything slow comes before the burn, so that a stop which is acknowledged meanwhile still counts.
  const [sendOnce, taken] = await Promise.all([
    send && ports.prepare(send),
    takenBy(ports, situation, derived, granted),
  ]);
  if ('denied' in taken) return unlessBurnt(ports, situation, derived, taken);
  const { id, head } = await intend(ports, situation, intent);
  try {
    const burnt = await burn(ports, situation, derived, { granted, plan: planned, intent: id }, taken);
    if ('denied' in burnt) return await unlessBurnt(ports, situation, derived, burnt);
    return burnt.kind === 'burnt' ? await afterBurn(ports, burnt.burn, sendOnce, head) : running;
  } catch (error) {
    return unwritable(ports, situation, derived, error);
  }
}

const running: ExecuteAnswer = { outcome: 'running', seconds: firstPollSeconds };

/** Burns, a few times where another incident takes the slot. */
async function burn(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
  by: Parameters<typeof burnRequest>[3],
  taken: Taken,
): Promise<{ kind: 'burnt'; burn: Burn } | { kind: 'used' } | Denied> {
  const request = burnRequest(ports, situation, derived, by, taken);
  for (let tries = 1, slots = taken.slots; ; tries += 1) {
    const answer = await burning(ports, { ...request, slots });
    if ('denied' in answer) return answer;
    if (answer.kind === 'burnt') return { kind: 'burnt', burn: request.burn };
    if (answer.kind === 'used') return { kind: 'used' };
    const next = answer.kind === 'slot_taken' && tries < mostBurnTries && (await slotsOf(ports, situation, derived));
    if (!next) return burnRefusal(answer);
    if ('denied' in next) return next;
    slots = next;
  }
}

/**
 * What keeps a dispatch from being burnt may be its own burn: another call, a moment ahead, has its lease and its slot. A
 * transaction's items may become visible one after the other, so that a lease which names this dispatch is its burn too.
 */
async function unlessBurnt(ports: ExecutePorts, situation: Situation, derived: Derived, denied: Denied) {
  const { dispatch } = derived;
  const key = dispatchKey(situation.incidentId, dispatch);
  const [burns, leases] = await Promise.all([
    ports.dispatches.burns(situation.incidentId),
    leasesOf(ports.dispatches, hostsOf(derived)),
  ]);
  const isBurnt =
    burns.some((one) => sameDispatch(one.dispatch, dispatch)) || leases.some(({ holder }) => holder === key);
  return isBurnt ? running : refuse(ports, situation, dispatch, denied);
}

/** After the intent nothing throws: the gate, which comes next, reads what there is. */
async function unwritable(ports: ExecutePorts, situation: Situation, derived: Derived, error: unknown) {
  try {
    return await unlessBurnt(ports, situation, derived, nothingBurnt(error));
  } catch {
    return { outcome: 'stale' as const, seconds: 0 };
  }
}

/** A slot lost to another incident is tried as the next one, while the budget lasts. */
const mostBurnTries = 10;

function burnRefusal(answer: BurnAnswer): Denied {
  switch (answer.kind) {
    case 'stopped':
      return { denied: 'stale', rule: killSwitchRule, why: 'everything was stopped at the same moment' };
    case 'not_approved':
      return { denied: 'stale', why: 'the question is no longer approved' };
    case 'suspended':
      return { denied: 'stale', why: `${answer.name}, who approved it, was suspended at the same moment` };
    case 'slot_taken':
      return { denied: 'stale', why: 'the budget of unasked actions was used at the same moment' };
    case 'lease_taken':
      return {
        denied: 'stale',
        rule: hostHeld,
        why: `another incident began to change ${answer.host} at the same moment`,
      };
    default:
      return { denied: 'stale', why: `the burn answered ${answer.kind}` };
  }
}

/** Null for a manual step, which is confirmed and never sent. */
function sendOf({ incidentId }: Situation, derived: Derived, { by, document }: Granted, notAfter: number): Send | null {
  const { dispatch, script, scriptHash, timeoutSeconds, waitSeconds } = derived;
  if (script === null) return null;
  return {
    incidentId,
    dispatch,
    script,
    scriptHash,
    targets: hostsOf(derived),
    document,
    executionTimeoutSeconds: timeoutSeconds,
    waitSeconds,
    deliveryTimeoutSeconds,
    notAfter,
    onBehalfOf: by[0]?.id ?? null,
  };
}
