/** The order of dispatches: which parts a step has in this mode, and the first of them, wave by wave, that is still to be done. */

import { templateOf } from '../derive/derive.ts';
import { type Dispatch, sameDispatch } from '../dispatch.ts';
import { type Attempt, attemptOf, failed, failureAnswer, lastTouched } from '../incident/attempts.ts';
import { type DispatchProgress, isMutation, mutations, type Progress, touchedHosts } from '../incident/progress.ts';
import type { Situation } from '../incident/situation.ts';
import { skipOf } from '../incident/spoken.ts';
import { restOf, wavesOf } from '../incident/waves.ts';
import type { Step } from '../runbook/runbook.ts';
import type { Part } from '../words.ts';
import type { Ending } from './ending.ts';
import { runbookGoesOn, unchangedUndoSteps } from './planned.ts';

/** One attempt at a step, and what of it is offered. */
interface Offer {
  readonly step: Step;
  readonly attempt: number;
  readonly parts: readonly Part[];
}

/**
 * The first dispatch that is still to be done; null when none is left.
 *
 * @param impossible Dispatches that cannot be derived any more, and are passed over.
 */
export function nextUndone(
  situation: Situation,
  ending: Ending,
  impossible: readonly Dispatch[] = [],
): Dispatch | null {
  // Where nothing may have run there is nothing to complete or to undo.
  const isUntouched = mutations(situation.progress).flatMap(touchedHosts).length === 0;
  if (ending.kind === 'winding_down' && isUntouched) return null;
  for (const { step, attempt, parts } of offered(situation, ending))
    for (const part of parts) {
      const next = nextWave(situation, ending, step, { step: step.number, part, attempt });
      if (next && !impossible.some((one) => sameDispatch(one, next))) return next;
    }
  return null;
}

/** The steps that are offered, with their parts: all; or what was begun and what undoes; or of a changed runbook what undoes unchanged. */
function offered(situation: Situation, ending: Ending): Offer[] {
  const { runbook } = situation;
  const newest = ({ number }: Step) => attemptOf(situation, number);
  if (!runbookGoesOn(situation))
    return unchangedUndoSteps(situation).map((step) => ({ step, attempt: newest(step), parts: ['run'] }));
  const steps = runbook?.steps ?? [];
  if (undoesAll(ending)) return undoing(situation, steps);
  return steps
    .filter((step) => ending.kind !== 'winding_down' || step.when === 'always' || hasChanged(situation, step))
    .flatMap((step) => [offerOf(situation, step, newest(step)), ...left(situation, step)]);
}

/**
 * The ways back of attempts before the newest, the newest first: when that did not go out after all, or failed as well and
 * is not left as it is, hosts may still have what an earlier one did.
 */
function left(situation: Situation, step: Step): Offer[] {
  if (!isToUndo(situation, step)) return [];
  const earlier = attemptsAt(situation, step).slice(0, -1).toReversed();
  return earlier.map((attempt) => offerOf(situation, step, attempt, true));
}

/** Whether the last attempt that went out failed, and people did not say to leave what it did as it is. */
function isToUndo(situation: Situation, step: Step): boolean {
  const { progress } = situation;
  const sent = attemptsAt(situation, step).findLast((attempt) =>
    wavesOf(progress, { step: step.number, part: 'run', attempt }).some(({ burn }) => burn !== null),
  );
  if (sent === undefined) return false;
  const own = { step: step.number, attempt: sent };
  return failed(progress, own).length > 0 && failureAnswer(situation, own)?.word !== 'continue';
}

function undoesAll(ending: Ending): boolean {
  if (ending.kind !== 'winding_down') return false;
  return ending.status === 'failed' || (ending.status === 'halted' && ending.undoes === true);
}

/**
 * After a failure: the ways back of what was done, the newest first, and then the steps that undo, in their order. These are
 * no change that is to be taken back, unless they failed themselves.
 */
function undoing(situation: Situation, steps: readonly Step[]): Offer[] {
  const changed = steps.filter((step) => step.when !== 'always' && hasChanged(situation, step));
  const back = changed
    .flatMap((step) => attemptsAt(situation, step).map((attempt) => offerOf(situation, step, attempt, true)))
    .toReversed();
  const always = steps.filter(({ when }) => when === 'always');
  return [...back, ...always.map((step) => offerOf(situation, step, attemptOf(situation, step.number)))];
}

/** All attempts at a step up to the newest one, the first one first. */
function attemptsAt(situation: Situation, { number }: Step): number[] {
  return Array.from({ length: attemptOf(situation, number) }, (_, before) => before + 1);
}

function hasChanged({ progress }: Situation, { number }: Step): boolean {
  return mutations(progress).some(({ dispatch }) => dispatch.step === number && dispatch.part === 'run');
}

/**
 * The wave of a part that is still to be done: the last one that was begun, or, when that succeeded on all of its hosts and
 * left some, the next one. What winds down begins no wave and no attempt, unless it undoes.
 */
function nextWave(
  { progress, spoken }: Situation,
  ending: Ending,
  step: Step,
  dispatch: Omit<Dispatch, 'wave'>,
): Dispatch | null {
  if (skipOf(spoken, dispatch) !== null) return null;
  if (ending.kind === 'winding_down' && step.when !== 'always' && begins(dispatch)) return null;
  if (comesBefore(dispatch) && isRefused({ progress, spoken }, dispatch)) return null;
  const wave = (number: number) => ({ ...dispatch, wave: number });
  const last = wavesOf(progress, dispatch).at(-1);
  if (!last) return wave(1);
  if (!isDone(progress, last)) return wave(last.dispatch.wave);
  const isNext = last.finished?.outcome === 'succeeded' && restOf(last).length > 0;
  return isNext ? wave(last.dispatch.wave + 1) : null;
}

/** What begins an attempt, or its next wave. */
function begins(dispatch: Omit<Dispatch, 'wave'>): boolean {
  return dispatch.part === 'run' || comesBefore(dispatch);
}

function comesBefore({ part }: Omit<Dispatch, 'wave'>): boolean {
  return part === 'before' || part === 'dry_run';
}

/** Whether people said no to a run before anything of it was looked at, when they were to choose or to type. */
function isRefused({ progress, spoken }: Pick<Situation, 'progress' | 'spoken'>, dispatch: Omit<Dispatch, 'wave'>) {
  const run = { ...dispatch, part: 'run' } as const;
  const last = wavesOf(progress, run).at(-1);
  return skipOf(spoken, run) !== null || (last !== undefined && isDone(progress, last));
}

/**
 * A stale refusal leaves a dispatch undone: it is asked anew. In a plan that changes something only people skip, by their
 * signature: what the chain says of the gate's own skipping anybody could have put there.
 */
function isDone({ planned }: Progress, known: DispatchProgress): boolean {
  const decided = known.settled?.decision === 'rejected' || known.settled?.decision === 'expired';
  const isSkipped = known.skipped && planned?.mode === 'dry_run';
  return isSkipped || known.confirmed || known.finished !== null || decided;
}

/**
 * Rollback, observation and verification follow only a run that may have touched a host. A failed attempt is undone unless
 * people said to leave it as it is.
 *
 * @param undoes Whether what succeeded is undone as well.
 */
function offerOf(situation: Situation, step: Step, attempt: number, undoes = false): Offer {
  const { progress } = situation;
  const own: Attempt = { step: step.number, attempt };
  const burnt = wavesOf(progress, { ...own, part: 'run' }).filter(({ burn }) => burn !== null);
  const parts: Part[] = burnt.length > 0 ? [] : ['before', 'dry_run'];
  parts.push('run');
  if (burnt.filter(isMutation).flatMap(touchedHosts).length > 0) {
    if ((undoes || isToUndo(situation, step)) && lastTouched(progress, own).length > 0) parts.push('rollback');
    parts.push('after');
  }
  if (burnt.length > 0 && burnt.every(({ finished }) => finished?.outcome === 'succeeded')) parts.push('verify');
  return { step, attempt, parts: parts.filter((part) => part === 'run' || templateOf(step, part) !== null) };
}
