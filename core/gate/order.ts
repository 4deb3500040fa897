/** The order of dispatches: which parts a step has in this mode, and the first of them, wave by wave, that is still to be done. */

import { templateOf } from '../derive/derive.ts';
import { type Dispatch, sameDispatch } from '../dispatch.ts';
import {
  type DispatchProgress,
  hasFailed,
  isMutation,
  mutations,
  type Progress,
  touchedHosts,
} from '../incident/progress.ts';
import type { Situation } from '../incident/situation.ts';
import { skipOf } from '../incident/spoken.ts';
import { restOf, wavesOf } from '../incident/waves.ts';
import type { Step } from '../runbook/runbook.ts';
import type { Part } from '../words.ts';
import type { Ending } from './ending.ts';
import { runbookGoesOn, unchangedUndoSteps } from './planned.ts';

/** Attempts are counted from 1; nothing is repeated yet. */
const firstAttempt = 1;

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
  for (const { step, parts } of offered(situation, ending))
    for (const part of parts) {
      const next = nextWave(situation, ending, step, part);
      if (next && !impossible.some((one) => sameDispatch(one, next))) return next;
    }
  return null;
}

/** The steps that are offered, with their parts: all; or what was begun and what undoes; or of a changed runbook what undoes unchanged. */
function offered(situation: Situation, ending: Ending): { step: Step; parts: readonly Part[] }[] {
  const { runbook } = situation;
  if (!runbookGoesOn(situation)) return unchangedUndoSteps(situation).map((step) => ({ step, parts: ['run'] }));
  return (runbook?.steps ?? [])
    .filter(
      (step) => ending.kind !== 'winding_down' || step.when === 'always' || runsOf(situation, step).some(isMutation),
    )
    .map((step) => ({ step, parts: partsOf(step, runsOf(situation, step)) }));
}

function runsOf({ progress }: Situation, step: Step): DispatchProgress[] {
  return wavesOf(progress, { step: step.number, part: 'run', attempt: firstAttempt });
}

/**
 * The wave of a part that is still to be done: the last one that was begun, or, when that succeeded on all of its hosts and
 * left some, the next one. What winds down begins no further wave, unless it undoes.
 */
function nextWave({ progress, spoken }: Situation, ending: Ending, step: Step, part: Part): Dispatch | null {
  const dispatch = { step: step.number, part, attempt: firstAttempt };
  if (skipOf(spoken, dispatch) !== null) return null;
  const wave = (number: number) => ({ ...dispatch, wave: number });
  const last = wavesOf(progress, dispatch).at(-1);
  if (!last) return wave(1);
  if (!isDone(progress, last)) return wave(last.dispatch.wave);
  const mayGoOn = ending.kind !== 'winding_down' || step.when === 'always' || part === 'rollback';
  const isNext = mayGoOn && last.finished?.outcome === 'succeeded' && restOf(last).length > 0;
  return isNext ? wave(last.dispatch.wave + 1) : null;
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

/** Rollback, observation and verification follow only a run that may have touched a host. */
function partsOf(step: Step, runs: readonly DispatchProgress[]): Part[] {
  const burnt = runs.filter(({ burn }) => burn !== null);
  const parts: Part[] = burnt.length > 0 ? [] : ['before', 'dry_run'];
  parts.push('run');
  const changed = burnt.filter(isMutation);
  if (changed.flatMap(touchedHosts).length > 0) {
    if (changed.some(hasFailed)) parts.push('rollback');
    parts.push('after');
  }
  if (burnt.length > 0 && burnt.every(({ finished }) => finished?.outcome === 'succeeded')) parts.push('verify');
  return parts.filter((part) => part === 'run' || templateOf(step, part) !== null);
}
