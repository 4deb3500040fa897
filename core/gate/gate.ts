/** The gate: which dispatch comes next in an incident and what to do with it, from what the caller read for himself. */

import { type Derived, derive, goAhead, hostsOf, isOpen } from '../derive/derive.ts';
import { Underivable } from '../derive/frozen.ts';
import type { Dispatch } from '../dispatch.ts';
import { type Attempt, failedHosts, failureOf, unanswered } from '../incident/attempts.ts';
import { findDispatch, hostHeld, killSwitchRule, mutations } from '../incident/progress.ts';
import { type Situation, secondsLeft } from '../incident/situation.ts';
import { wavesOf } from '../incident/waves.ts';
import { historyLimits, nextWait } from '../limits.ts';
import { stopAlarmRule } from '../policy/rules.ts';
import { mayRunInDryRun, type RiskTools } from '../policy/verdict.ts';
import { ruleWords } from '../runbook/parameter-types.ts';
import { epochOf } from '../time.ts';
import { type GateDecision, type PolicyDecision, type Reason, riskAtLeast } from '../words.ts';
import { finish, type GateAnswer, wait } from './answer.ts';
import { type Ending, endingOf, finishOf } from './ending.ts';
import { nextUndone } from './order.ts';

/**
 * The next dispatch and what to do with it. `gate` asks it to steer the machine; `execute` asks it again, because the
 * kernel believes no one's word that it is this dispatch's turn. A rule that throws halts.
 */
export function decideNext(situation: Situation, tools: RiskTools): GateAnswer {
  try {
    const ending = endingOf(situation);
    if (ending.kind === 'now') return ending.answer;
    return nextUnder(situation, ending, tools);
  } catch (error) {
    return finish('halt', 'halted', 'gate.error', error instanceof Error ? error.message : String(error));
  }
}

/** What was to be done and cannot be any more, and why. */
interface Impossible {
  readonly dispatch: Dispatch;
  readonly why: string;
}

function nextUnder(
  situation: Situation,
  ending: Exclude<Ending, { kind: 'now' }>,
  tools: RiskTools,
  impossible: readonly Impossible[] = [],
): GateAnswer {
  const passed = impossible.map(({ dispatch }) => dispatch);
  const failure = ending.kind === 'none' ? unanswered(situation, stepNumbers(situation)) : null;
  const dispatch = failure ? failureOf(failure) : nextUndone(situation, ending, passed);
  if (!dispatch) return impossible.length > 0 ? notUndone(ending, impossible) : finishOf(situation, ending);
  const { kill } = situation;
  if (kill.stopped)
    return wait(
      historyLimits.longestWaitSeconds,
      killSwitchRule,
      `stopped (number ${kill.number}): ${kill.stop?.by ?? 'somebody'} says ${kill.stop?.why ?? 'stop'}`,
    );
  if (isOneTooMany(situation, dispatch)) return usedUp;
  try {
    if (failure) return whatFollows(situation, failure, derive(situation, dispatch, tools));
    const answer = judge(situation, dispatch, tools);
    const stopped = stoppedBy(answer);
    if (stopped)
      return nextUnder(situation, { kind: 'winding_down', status: 'halted', reason: stopped, undoes: true }, tools);
    return lacksData(situation, answer) ? withoutData(situation, ending, tools) : answer;
  } catch (error) {
    if (!(error instanceof Underivable)) throw error;
    // What would run is not what was planned any more; what was changed so far is still undone, as far as it can be.
    if (ending.kind === 'winding_down')
      return nextUnder(situation, ending, tools, [...impossible, { dispatch, why: error.message }]);
    const reason = { rule: 'plan.changed', text: error.message };
    return nextUnder(situation, { kind: 'winding_down', status: 'halted', reason }, tools);
  }
}

function stepNumbers({ runbook }: Situation): number[] {
  return (runbook?.steps ?? []).map(({ number }) => number);
}

/** People say what is to follow a failure, before anything else is begun. */
function whatFollows(situation: Situation, failure: Attempt, derived: Derived): GateAnswer {
  const { progress } = situation;
  const asked = findDispatch(progress, derived.dispatch)?.failure ?? null;
  const isOut = asked !== null && asked.settled?.decision !== 'answered';
  if (!isOut && progress.questions >= historyLimits.maximumQuestions) return tooManyQuestions;
  const hosts = failedHosts(progress, failure);
  const text = `step ${failure.step} did not succeed: people say what is to follow`;
  return {
    decision: 'ask',
    dispatch: derived.dispatch,
    seconds: 0,
    status: null,
    reasons: [{ rule: 'step.failed_asks', text }],
    derived: { ...derived, targets: hosts, waves: [hosts], lost: [] },
    asks: 'failure',
    signed: false,
  };
}

/** Something that was begun could not be completed or undone: people must know of it, however else it ended. */
function notUndone(ending: Exclude<Ending, { kind: 'now' }>, impossible: readonly Impossible[]): GateAnswer {
  const words = impossible.map(({ dispatch: { step, part }, why }) => `step ${step} ${part.replace('_', ' ')}: ${why}`);
  const answer = finish(
    'halt',
    'halted',
    'undo.impossible',
    `it could not be completed or undone: ${words.join('; ')}`,
  );
  const isHalted = ending.kind === 'winding_down' && ending.status === 'halted';
  return isHalted ? { ...answer, reasons: [ending.reason, ...answer.reasons] } : answer;
}

/** Why a stop alarm lets nothing more be changed; null when none does. A dry run changes nothing and says what would be. */
function stoppedBy({ derived, decision }: GateAnswer): Reason | null {
  if (decision !== 'halt' || !derived) return null;
  const found = derived.verdict.reasons.find(({ rule }) => rule === stopAlarmRule);
  return found ? { rule: found.rule, text: found.text } : null;
}

/** Whether the next thing is destructive, undoes nothing, and nobody knows whether it is still wanted. */
function lacksData({ alarm }: Situation, { derived, dispatch }: GateAnswer): boolean {
  if (alarm?.state !== 'INSUFFICIENT_DATA' || dispatch?.part !== 'run' || !derived) return false;
  return riskAtLeast(derived.verdict.level, 'destructive') && derived.step.when !== 'always';
}

/** Data may come back, as after a restart; when they do not, what was changed is undone, and people take over. */
function withoutData(situation: Situation, ending: Exclude<Ending, { kind: 'now' }>, tools: RiskTools): GateAnswer {
  const { alarm, compiled, now } = situation;
  const seconds = alarm ? (now - epochOf(alarm.stateChangedAt)) / 1000 : 0;
  const { verification_window: most } = compiled.policy.safety;
  if (seconds < most || ending.kind !== 'none')
    return wait(nextWait(seconds), 'alarm.no_data', 'CloudWatch has too little data: nothing destructive is begun');
  const text = `CloudWatch has had too little data for ${most} s: nothing destructive is begun`;
  const reason = { rule: 'alarm.no_data', text };
  return nextUnder(situation, { kind: 'winding_down', status: 'halted', reason }, tools);
}

const usedUp = finish(
  'halt',
  'halted',
  'dispatches.used_up',
  `${historyLimits.maximumDispatches} dispatches are the most of one incident`,
);

/** Only a dispatch of which nothing is known yet is one more; the hundredth itself may be asked for, sent and verified. */
function isOneTooMany({ progress }: Situation, dispatch: Dispatch): boolean {
  return progress.dispatches.length >= historyLimits.maximumDispatches && !findDispatch(progress, dispatch);
}

const tooManyQuestions = finish(
  'halt',
  'halted',
  'questions.used_up',
  `${historyLimits.maximumQuestions} questions are the most of one incident`,
);

/** The question that is out may still be answered; one more may not be asked. */
function questionsUsedUp({ progress }: Situation, dispatch: Dispatch): boolean {
  const isAsked = wavesOf(progress, dispatch).some(({ requested }) => requested !== null);
  const isOut = isAsked && findDispatch(progress, dispatch)?.settled?.decision !== 'answered';
  return !isOut && progress.questions >= historyLimits.maximumQuestions;
}

/**
 * Whether a later wave goes out under the approval that the wave before it was sent with: one question names them all. Not
 * once it was refused: then the question is put again, and says what changed.
 */
function isUnderApproval({ progress }: Situation, { step, part, wave, ...dispatch }: Dispatch): boolean {
  const before = findDispatch(progress, { ...dispatch, step, part, wave: wave - 1 });
  const isRefused = findDispatch(progress, { ...dispatch, step, part, wave })?.refused ?? null;
  return wave > 1 && typeof before?.burn?.questionDigest === 'string' && isRefused === null;
}

/** Another incident is changing a host of this wave, as far as is known: two changes at once on one host are never sent. */
function heldBack({ held }: Situation, derived: Derived): GateAnswer | null {
  if (derived.script === null || !riskAtLeast(derived.verdict.level, 'modifying')) return null;
  const lease = held.find(({ host }) => hostsOf(derived).includes(host));
  return lease
    ? wait(
        historyLimits.longestWaitSeconds,
        hostHeld,
        `${lease.host} is being changed by ${lease.holder}, until ${lease.until} at most`,
      )
    : null;
}

/**
 * The time between two destructive steps that the policy wants. Undoing waits for nothing, and neither do the further
 * waves of one step, which have a rule of their own.
 */
function coolingDown({ progress, compiled, now }: Situation, { dispatch, step, verdict }: Derived): GateAnswer | null {
  const { cool_down: seconds } = compiled.policy.safety;
  const isExempt = dispatch.part !== 'run' || dispatch.wave > 1 || step.when === 'always';
  if (seconds === 0 || isExempt || !riskAtLeast(verdict.level, 'destructive')) return null;
  const earlier = progress.dispatches.filter(
    ({ burn, dispatch: one }) => burn !== null && riskAtLeast(burn.level, 'destructive') && one.step !== step.number,
  );
  if (earlier.length === 0) return null;
  const ended = Math.max(...earlier.map(({ burn, finishedAt }) => epochOf(finishedAt ?? burn?.at ?? '')));
  const left = seconds - (now - ended) / 1000;
  if (left <= 0) return null;
  return wait(
    Number.isFinite(left) ? left : historyLimits.longestWaitSeconds,
    'destructive.cool_down',
    `a destructive step ended less than ${seconds} s ago: look at what it did`,
  );
}

/** A dry run changes nothing, until something was changed: that is undone whatever the mode says by now. */
function isDryRun({ compiled, progress }: Situation): boolean {
  return compiled.policy.mode === 'dry_run' && mutations(progress).length === 0;
}

/** A command that somebody changed is asked about also where it only reads. */
function asked({ dispatch, verdict, amended }: Derived): PolicyDecision {
  const isChanged = dispatch.part === 'run' && amended.by.length > 0;
  return isChanged && verdict.decision === 'proceed' ? 'ask' : verdict.decision;
}

/** People choose and type before anything of a step runs, its look and its rehearsal included. */
function openBefore(situation: Situation, { part, ...dispatch }: Dispatch, tools: RiskTools): Derived | null {
  if (part !== 'before' && part !== 'dry_run') return null;
  const run = derive(situation, { ...dispatch, part: 'run' }, tools);
  return isOpen(run) ? run : null;
}

/** What is wanted of people first, in words; empty where nothing is. */
function openReasons({ step, wanted, alternatives, verdict }: Derived): Reason[] {
  const who = verdict.approvals.approvers.map(({ name }) => name).join(', ') || 'nobody';
  if (alternatives.length > 0)
    return [{ rule: 'choice.wanted', text: `step ${step.number} is one of ${alternatives.length}: asked of ${who}` }];
  const values = wanted.map((parameter) => `${parameter.name} (${parameter.description || ruleWords(parameter)})`);
  return values.length > 0
    ? [
        {
          rule: 'value.wanted',
          text: `step ${step.number} wants ${values.join(', ')}, typed by a person: asked of ${who}`,
        },
      ]
    : [];
}

/** Why whoever typed a value would leave too few who may approve the step: said before anybody types in vain. */
function nobodyLeft({ step, wanted, alternatives, verdict }: Derived): string | null {
  const { required, approvers, singleOperator } = verdict.approvals;
  const asks = verdict.decision === 'ask' && riskAtLeast(verdict.level, 'modifying');
  if (wanted.length === 0 || alternatives.length > 0 || singleOperator || !asks) return null;
  if (approvers.length > required) return null;
  const names = approvers.map(({ name }) => name).join(', ') || 'nobody';
  return `whoever types ${wanted.map(({ name }) => name).join(', ')} may not approve step ${step.number}, for which ${required} must be left: only ${names} may; name more approvers in countersign.yaml`;
}

function judge(situation: Situation, next: Dispatch, tools: RiskTools): GateAnswer {
  const open = isDryRun(situation) ? null : openBefore(situation, next, tools);
  const derived = open ?? derive(situation, next, tools);
  const { dispatch } = derived;
  if (derived.timeoutSeconds > secondsLeft(situation))
    return finish(
      'halt',
      'halted',
      'incident.no_time_left',
      'the step could still run when the incident reaches its maximum age of 8 h',
    );
  const judged = derived.verdict.reasons.map(({ rule, text }) => ({ rule, text }));
  const reasons = [...openReasons(derived), ...judged];
  const answer = (decision: GateDecision): GateAnswer => ({
    decision,
    dispatch,
    seconds: 0,
    status: decision === 'halt' ? 'halted' : null,
    reasons,
    derived,
    asks: decision === 'ask' ? goAhead(derived) : null,
    signed: decision === 'ask',
  });
  if (derived.verdict.decision === 'halt') return answer('halt');
  if (isDryRun(situation)) return answer(mayRunInDryRun(derived.verdict) && !isOpen(derived) ? 'proceed' : 'skip');
  const dead = nobodyLeft(derived);
  if (dead !== null) return finish('halt', 'halted', 'value.nobody_left', dead);
  if (isOpen(derived)) return questionsUsedUp(situation, dispatch) ? tooManyQuestions : answer('ask');
  const held = heldBack(situation, derived);
  if (held) return held;
  const cooling = coolingDown(situation, derived);
  if (cooling) return cooling;
  const decision = asked(derived);
  if (decision !== 'ask') return answer(decision);
  if (isUnderApproval(situation, dispatch)) return { ...answer('proceed'), signed: true };
  return questionsUsedUp(situation, dispatch) ? tooManyQuestions : answer('ask');
}
