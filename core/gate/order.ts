/** The order of dispatches: which parts a step has in this mode, and the first of them that is still to be done. */

import { templateOf } from '../derive/derive.ts';
import type { Dispatch } from '../dispatch.ts';
import {
  type DispatchProgress,
  findDispatch,
  hasFailed,
  isMutation,
  mutations,
  type Progress,
} from '../incident/progress.ts';
import type { Situation } from '../incident/situation.ts';
import type { Step } from '../runbook/runbook.ts';
import type { Mode, Part } from '../words.ts';
import type { Ending } from './ending.ts';

/** Attempts are counted from 1; nothing repeats a dispatch yet. */
const firstAttempt = 1;

/** The first dispatch that is still to be done; null when none is left. */
export function nextUndone(situation: Situation, ending: Ending): Dispatch | null {
  const { runbook, progress, compiled } = situation;
  const windingDown = ending.kind === 'winding_down';
  if (windingDown && mutations(progress).length === 0) return null;
  for (const step of runbook?.steps ?? []) {
    if (windingDown && step.when !== 'always' && !isBegun(progress, step)) continue;
    for (const part of partsOf(step, progress, compiled.policy.mode)) {
      const dispatch = { step: step.number, part, attempt: firstAttempt };
      if (!isDone(findDispatch(progress, dispatch))) return dispatch;
    }
  }
  return null;
}

function runOf(progress: Progress, step: Step): DispatchProgress | undefined {
  return findDispatch(progress, { step: step.number, part: 'run', attempt: firstAttempt });
}

function isBegun(progress: Progress, step: Step): boolean {
  const run = runOf(progress, step);
  return run !== undefined && isMutation(run);
}

/** A stale refusal leaves a dispatch undone: it is asked anew under the new policy. */
function isDone(known: DispatchProgress | undefined): boolean {
  if (!known) return false;
  const decided = known.settled?.decision === 'rejected' || known.settled?.decision === 'expired';
  return known.skipped || known.confirmed || known.finished !== null || decided;
}

function partsOf(step: Step, progress: Progress, mode: Mode): Part[] {
  const run = runOf(progress, step);
  const parts: Part[] = run?.intended ? [] : ['before', 'dry_run'];
  parts.push('run');
  if (mode === 'live' && run && isMutation(run)) {
    if (hasFailed(run)) parts.push('rollback');
    parts.push('after');
  }
  if (mode === 'live' && run?.finished?.outcome === 'succeeded') parts.push('verify');
  return parts.filter((part) => part === 'run' || templateOf(step, part) !== null);
}
