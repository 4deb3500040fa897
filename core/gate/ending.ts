/** When an incident ends: at once, after winding down what was begun, or when its last step is done and verified. */

import { alarmRefusal } from '../alarm/opt-in.ts';
import { type DispatchProgress, hasFailed, isMutation, mutations } from '../incident/progress.ts';
import { isIncidentOf, type Situation, secondsLeft } from '../incident/situation.ts';
import { historyLimits, nextWait } from '../limits.ts';
import { epochOf } from '../time.ts';
import type { IncidentStatus } from '../words.ts';
import { finish, type GateAnswer } from './answer.ts';

/** `winding_down`: only what was begun is completed, and steps marked `when=always` are offered. */
export type Ending =
  | { readonly kind: 'now'; readonly answer: GateAnswer }
  | { readonly kind: 'none' }
  | { readonly kind: 'winding_down'; readonly status: 'failed' | 'rejected' | 'expired' | 'recovered' };

type Rule = (situation: Situation) => GateAnswer | null;

/** Reasons to end before anything else is looked at, in order of weight. */
const atOnce: readonly Rule[] = [
  ({ progress }) =>
    progress.closed ? finish('done', progress.closed.status, 'incident.closed', 'the incident is closed') : null,
  ({ incidentId, progress, alarm }) =>
    isIncidentOf(incidentId, progress) && alarm
      ? null
      : finish('halt', 'halted', 'alarm.unknown', 'CloudWatch does not know the alarm that this incident is about'),
  ({ alarm }) => {
    const refusal = alarm && alarmRefusal(alarm);
    return refusal ? finish('halt', 'halted', 'alarm.not_opted_in', refusal) : null;
  },
  ({ progress }) => (progress.planned ? null : finish('halt', 'failed', 'plan.missing', 'no plan was made')),
  ({ progress }) => {
    const problems = progress.planned?.problems ?? [];
    return problems.length > 0 ? finish('halt', 'halted', 'plan.refused', problems.join('; ')) : null;
  },
  ({ progress }) =>
    progress.planned?.runbook
      ? null
      : finish('done', 'no_match', 'plan.no_match', 'no reviewed runbook fits this alarm'),
  ({ runbook }) =>
    runbook ? null : finish('halt', 'halted', 'runbook.changed', 'the planned runbook was changed by a deploy'),
  (situation) =>
    secondsLeft(situation) > 0
      ? null
      : finish('halt', 'halted', 'incident.too_old', 'the incident is nearly 8 h old, its maximum age'),
  ({ stopped }) => (stopped ? finish('halt', 'halted', 'kill_switch', 'the kill switch is set') : null),
  ({ progress }) => {
    const open = progress.dispatches.find(isUnfinished);
    return open ? finish('halt', 'failed', 'dispatch.unfinished', 'the outcome of a command is not known') : null;
  },
  recoveredBeforeAnything,
  ({ progress }) => {
    const refused = progress.dispatches.find((known) => known.refused?.outcome === 'refused');
    const why = refused?.refused?.reasons.map(({ text }) => text).join('; ') ?? '';
    return refused ? finish('halt', 'halted', 'dispatch.refused', why) : null;
  },
  ({ progress }) => {
    const lost = progress.dispatches.find((known) => known.settled?.decision === 'undeliverable');
    const why = lost?.undeliverable ? `: ${lost.undeliverable.why}` : '';
    return lost
      ? finish('halt', 'halted', 'approval.undeliverable', `the approval request could not be delivered${why}`)
      : null;
  },
];

/** Begun, and neither ended nor refused by the kernel at the last moment, before its send. */
function isUnfinished({ intended, finished, confirmed, refused }: DispatchProgress): boolean {
  return intended !== null && finished === null && !confirmed && refused?.outcome !== 'refused';
}

/** Before the first mutation nothing is sent unless the alarm, read again, is in ALARM. */
function recoveredBeforeAnything({ alarm, progress, compiled }: Situation): GateAnswer | null {
  if (alarm?.state === 'ALARM' || mutations(progress).length > 0) return null;
  const status: IncidentStatus =
    compiled.policy.mode === 'dry_run' ? 'dry_run' : alarm?.state === 'OK' ? 'recovered' : 'unverified';
  return finish('done', status, 'alarm.not_in_alarm', `the alarm is ${alarm?.state ?? 'unknown'}; nothing was changed`);
}

function isFailure(known: DispatchProgress): boolean {
  return hasFailed(known) && (isMutation(known) || known.dispatch.part === 'verify');
}

/** A plain failure stops the tiers that halt on failure; one whose effect is not known stops every tier. */
function stops({ compiled, runbook }: Situation, known: DispatchProgress): boolean {
  const halts = runbook === null || compiled.policy.tiers[runbook.severity].halt_on_failure;
  return isFailure(known) && (halts || known.finished?.outcome !== 'failed');
}

/** Whether and how the incident is to end. */
export function endingOf(situation: Situation): Ending {
  for (const rule of atOnce) {
    const answer = rule(situation);
    if (answer) return { kind: 'now', answer };
  }
  const { progress, alarm } = situation;
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
  if (compiled.policy.mode === 'dry_run')
    return finish('done', 'dry_run', 'mode.dry_run', 'dry run: nothing was changed');
  if (ending.kind === 'winding_down' && ending.status !== 'recovered') return endWith(ending.status);
  const changed = mutations(progress);
  if (changed.length === 0 || !alarm)
    return finish(
      'done',
      'unverified',
      'alarm.still_on',
      'every step is done, nothing was changed, the alarm is still on',
    );
  const { recovered_after, verification_window } = compiled.policy.safety;
  if (alarm.state === 'OK') {
    const left = recovered_after - (now - epochOf(alarm.stateChangedAt)) / 1000;
    return left <= 0
      ? finish('done', 'resolved', 'alarm.recovered', `the alarm has been OK for ${recovered_after} s`)
      : wait(left, 'alarm.recovering', `the alarm must stay OK for ${recovered_after} s`);
  }
  const last = Math.max(
    ...changed.map((known) => epochOf(known.finishedAt ?? known.sentAt ?? progress.openedAt ?? '')),
  );
  const waited = (now - last) / 1000;
  if (waited < verification_window)
    return wait(nextWait(waited), 'alarm.awaited', 'waiting for the alarm to return to OK');
  return progress.dispatches.some(isFailure)
    ? endWith('failed')
    : finish('done', 'unverified', 'alarm.still_on', `the alarm did not return to OK within ${verification_window} s`);
}

function endWith(status: 'failed' | 'rejected' | 'expired'): GateAnswer {
  const texts = {
    failed: 'a step failed',
    rejected: 'a person rejected the step',
    expired: 'nobody approved the step in time',
  };
  return finish(status === 'failed' ? 'halt' : 'done', status, `step.${status}`, texts[status]);
}

function wait(seconds: number, rule: string, text: string): GateAnswer {
  const whole = Math.min(historyLimits.longestWaitSeconds, Math.max(1, Math.ceil(seconds)));
  return { decision: 'wait', dispatch: null, seconds: whole, status: null, reasons: [{ rule, text }], derived: null };
}
