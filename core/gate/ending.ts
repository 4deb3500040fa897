/** When an incident ends: at once, after winding down what was begun, or when its last step is done and verified. */
import { alarmRefusal, beginningRefusal } from '../alarm/opt-in.ts';
import type { Dispatch } from '../dispatch.ts';
import { attemptOf, failureAnswer, failureOf } from '../incident/attempts.ts';
import { type ByHand, byHandWords, doneByHand } from '../incident/by-hand.ts';
import { isAborted } from '../incident/kill-switch.ts';
import { type DispatchProgress, findDispatch, hasFailed, isMutation, isOpen, mutations } from '../incident/progress.ts';
import { type Situation, secondsLeft } from '../incident/situation.ts';
import { historyLimits, nextWait } from '../limits.ts';
import { consider, whyNone } from '../matching/match.ts';
import { epochOf } from '../time.ts';
import type { IncidentStatus, Reason } from '../words.ts';
import { finish, type GateAnswer, wait } from './answer.ts';
import { environmentIsForged, modeChanged, runbookGoesOn } from './planned.ts';

/** `winding_down`: only what was begun is completed, and steps marked `when=always` are offered. */
export type Ending =
  | { readonly kind: 'now'; readonly answer: GateAnswer }
  | { readonly kind: 'none' }
  | { readonly kind: 'winding_down'; readonly status: 'failed' | 'rejected' | 'expired' | 'recovered' }
  /** `undoes`: what was done so far is undone too, as after a failure. */
  | { readonly kind: 'winding_down'; readonly status: 'halted'; readonly reason: Reason; readonly undoes?: true };

type Rule = (situation: Situation) => GateAnswer | null;

/** Reasons to end, or to look again, before anything else is looked at, in order of weight. To add one, add it here and to docs/operations.md. */
const atOnce: readonly Rule[] = [
  ({ broken }) => (broken === null ? null : finish('halt', 'halted', 'audit.broken', broken)),
  ({ progress }) =>
    progress.closed ? finish('done', progress.closed.status, 'incident.closed', 'the incident is closed') : null,
  ({ subject, alarm }) =>
    subject && alarm
      ? null
      : finish('halt', 'halted', 'alarm.unknown', 'CloudWatch does not know the alarm that this incident is about'),
  ({ alarm, progress }) => {
    const refusal = alarm && (mutations(progress).length > 0 ? alarmRefusal : beginningRefusal)(alarm);
    return refusal ? finish('halt', 'halted', 'alarm.not_opted_in', refusal) : null;
  },
  ({ progress }) => (progress.planned ? null : finish('halt', 'failed', 'plan.missing', 'no plan was made')),
  (situation) => {
    const problems = situation.progress.planned?.problems ?? [];
    if (problems.length === 0) return null;
    // A contributor that recovered before the plan took along what the plan needs.
    return recoveredBeforeAnything(situation) ?? finish('halt', 'halted', 'plan.refused', problems.join('; '));
  },
  (situation) =>
    environmentIsForged(situation)
      ? finish(
          'halt',
          'halted',
          'plan.environment',
          'the plan names another environment than the policy gives its account',
        )
      : null,
  ({ progress, alarm, compiled }) =>
    progress.planned?.runbook || !alarm
      ? null
      : finish(
          'done',
          'no_match',
          'plan.no_match',
          `no reviewed runbook fits this alarm: ${whyNone(consider(compiled.runbooks, alarm)).slice(0, 500)}`,
        ),
  (situation) =>
    secondsLeft(situation) > 0
      ? null
      : finish('halt', 'halted', 'incident.too_old', 'the incident is nearly 8 h old, its maximum age'),
  ({ progress }) => {
    const open = progress.dispatches.find(isOpen);
    return open ? lookAgain(open.dispatch) : null;
  },
  ({ kill, progress }) =>
    isAborted(kill, progress.openedAt) ? finish('halt', 'halted', 'kill_switch.abort', abortWords(kill)) : null,
  recoveredBeforeAnything,
  ({ progress }) => {
    const refused = progress.dispatches.find((known) => known.refused?.outcome === 'refused');
    const why = refused?.refused?.reasons.map(({ text }) => text).join('; ') ?? '';
    return refused ? finish('halt', 'halted', 'dispatch.refused', why) : null;
  },
  ({ progress }) =>
    progress.staleRounds < historyLimits.maximumStaleRounds
      ? null
      : finish(
          'halt',
          'halted',
          'dispatch.stale',
          `what was asked was out of date ${progress.staleRounds} times in a row: ${whyStale(progress.dispatches)}`,
        ),
  ({ progress }) => {
    const questions = progress.dispatches.flatMap((known) => [known, known.failure ?? []].flat());
    const lost = questions.find(({ settled }) => settled?.decision === 'undeliverable');
    const why = lost?.undeliverable ? `: ${lost.undeliverable.why}` : '';
    return lost
      ? finish('halt', 'halted', 'approval.undeliverable', `the approval request could not be delivered${why}`)
      : null;
  },
];

function abortWords({ aborted }: Situation['kill']): string {
  const why = aborted?.reason ? `: ${aborted.reason}` : '';
  return `${aborted?.by.name ?? 'somebody'} aborted everything that was under way${why}. What was changed is not undone`;
}

/**
 * The answer of `execute` was lost: it is called again, answers that the command is running, and `poll` finds how it ends,
 * or says at last that nobody knows.
 */
function lookAgain(dispatch: Dispatch): GateAnswer {
  const text = 'a command may have run, and how it ended is still to be asked';
  const reasons = [{ rule: 'dispatch.unfinished', text }];
  return { decision: 'proceed', dispatch, seconds: 0, status: null, reasons, derived: null, asks: null, signed: false };
}

function whyStale(dispatches: readonly DispatchProgress[]): string {
  const last = dispatches.findLast(({ refused }) => refused?.outcome === 'stale');
  return last?.refused?.reasons.map(({ text }) => text).join('; ') ?? '';
}

/** Before the first change, also one by hand, nothing is sent unless the alarm, read again, is in ALARM. */
function recoveredBeforeAnything({ alarm, progress, spoken }: Situation): GateAnswer | null {
  if (alarm?.state === 'ALARM' || mutations(progress).length > 0) return null;
  if (doneByHand(progress, spoken).length > 0) return null;
  const status: IncidentStatus =
    progress.planned?.mode === 'dry_run' ? 'dry_run' : alarm?.state === 'OK' ? 'recovered' : 'unverified';
  return finish('done', status, 'alarm.not_in_alarm', `the alarm is ${alarm?.state ?? 'unknown'}; nothing was changed`);
}

function isFailure(known: DispatchProgress): boolean {
  return hasFailed(known) && (isMutation(known) || known.dispatch.part === 'verify');
}

/**
 * A failure ends the tiers that halt on failure. In the others people are asked what is to follow: it ends when they say so,
 * or nothing, and when a way back failed.
 */
function stops(situation: Situation, known: DispatchProgress): boolean {
  const { compiled, runbook } = situation;
  if (!isFailure(known)) return false;
  if (runbook === null || compiled.policy.tiers[runbook.severity].halt_on_failure) return true;
  if (known.dispatch.part === 'rollback') return true;
  const answer = failureAnswer(situation, known.dispatch);
  if (answer !== null) return answer.word === 'abort';
  const asked = findDispatch(situation.progress, failureOf(known.dispatch))?.failure?.settled;
  return asked?.decision === 'expired' || asked?.decision === 'rejected';
}

/** Whether a step's newest attempt is the one that failed: what was tried again, and then succeeded, is no failure any more. */
function isStanding(situation: Situation, { dispatch: { step, attempt } }: DispatchProgress): boolean {
  return attempt === attemptOf(situation, step);
}

/** What makes an incident stop although it could go on: it is told as halted, and what undoes is still offered. */
function haltingReason(situation: Situation): Reason | null {
  const { progress, compiled } = situation;
  if (modeChanged(situation))
    return {
      rule: 'mode.changed',
      text: `the policy's mode is ${compiled.policy.mode} and the plan was made in ${progress.planned?.mode}`,
    };
  if (runbookGoesOn(situation)) return null;
  return { rule: 'runbook.changed', text: 'a deploy changed or removed what of the runbook has already run' };
}

/** Whether and how the incident is to end. */
export function endingOf(situation: Situation): Ending {
  for (const rule of atOnce) {
    const answer = rule(situation);
    if (answer) return { kind: 'now', answer };
  }
  const { progress, alarm } = situation;
  const reason = haltingReason(situation);
  if (reason) return { kind: 'winding_down', status: 'halted', reason };
  if (progress.dispatches.some((known) => stops(situation, known))) return { kind: 'winding_down', status: 'failed' };
  for (const status of ['rejected', 'expired'] as const)
    if (progress.dispatches.some((known) => known.settled?.decision === status))
      return { kind: 'winding_down', status };
  if (alarm?.state === 'OK') return { kind: 'winding_down', status: 'recovered' };
  return { kind: 'none' };
}

/** The answer when no dispatch is left: the alarm back in OK, and staying there, is the success. */
export function finishOf(situation: Situation, ending: Ending): GateAnswer {
  const { compiled, progress, alarm, now } = situation;
  const changed = mutations(progress);
  const byHand = doneByHand(progress, situation.spoken);
  const isUnchanged = changed.length === 0 && byHand.length === 0;
  if (ending.kind === 'winding_down' && ending.status === 'halted')
    return finish('halt', 'halted', ending.reason.rule, ending.reason.text);
  // An incident that changed something never ends as a dry run, whatever the plan says.
  if (progress.planned?.mode === 'dry_run' && isUnchanged)
    return finish('done', 'dry_run', 'mode.dry_run', 'dry run: nothing was changed');
  if (ending.kind === 'winding_down' && ending.status !== 'recovered') return endWith(ending.status);
  if (isUnchanged || !alarm)
    return finish(
      'done',
      'unverified',
      'alarm.still_on',
      'every step is done or was skipped, nothing was changed, the alarm is still on',
    );
  const { recovered_after, verification_window } = compiled.policy.safety;
  if (alarm.state === 'OK') {
    const left = recovered_after - (now - epochOf(alarm.stateChangedAt)) / 1000;
    return left <= 0
      ? finish('done', 'resolved', 'alarm.recovered', `the alarm has been OK for ${recovered_after} s${helped(byHand)}`)
      : wait(left, 'alarm.recovering', `the alarm must stay OK for ${recovered_after} s`);
  }
  const last = Math.max(
    ...changed.map((known) => epochOf(known.finishedAt ?? known.sentAt ?? progress.openedAt ?? '')),
    ...byHand.map(({ at }) => epochOf(at)),
  );
  const waited = (now - last) / 1000;
  if (waited < verification_window)
    return wait(nextWait(waited), 'alarm.awaited', 'waiting for the alarm to return to OK');
  return progress.dispatches.some((known) => isFailure(known) && isStanding(situation, known))
    ? endWith('failed')
    : finish('done', 'unverified', 'alarm.still_on', `the alarm did not return to OK within ${verification_window} s`);
}

/** It was not Countersign alone that helped. */
function helped(byHand: readonly ByHand[]): string {
  const words = byHandWords(byHand);
  return words === null ? '' : `; ${words}`;
}

function endWith(status: 'failed' | 'rejected' | 'expired'): GateAnswer {
  const texts = {
    failed: 'a step failed',
    rejected: 'a person rejected the step',
    expired: 'nobody approved the step in time',
  };
  return finish(status === 'failed' ? 'halt' : 'done', status, `step.${status}`, texts[status]);
}
