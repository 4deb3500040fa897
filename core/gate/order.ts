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
  touchedHosts,
} from '../incident/progress.ts';
import type { Situation } from '../incident/situation.ts';
import type { Step } from '../runbook/runbook.ts';
import type { Part } from '../words.ts';
import type { Ending } from './ending.ts';
import { runbookGoesOn, unchangedUndoSteps } from './planned.ts';

/** Attempts and waves are counted from 1; nothing repeats or splits a dispatch yet. */
const firstAttempt = 1;
const firstWave = 1;

/** The first dispatch that is still to be done; null when none is left. */
export function nextUndone(situation: Situation, ending: Ending): Dispatch | null {
  const { progress } = situation;
  if (ending.kind === 'winding_down' && mutations(progress).length === 0) return null;
  for (const { step, parts } of offered(situation, ending))
    for (const part of parts) {
      const dispatch = { step: step.number, part, attempt: firstAttempt, wave: firstWave };
      if (!isDone(findDispatch(progress, dispatch))) return dispatch;
    }
  return null;
}

/** The steps that are offered, with their parts: all; or what was begun and what undoes; or of a changed runbook what undoes unchanged. */
function offered(situation: Situation, ending: Ending): { step: Step; parts: readonly Part[] }[] {
  const { runbook, progress } = situation;
  if (!runbookGoesOn(situation)) return unchangedUndoSteps(situation).map((step) => ({ step, parts: ['run'] }));
  return (runbook?.steps ?? [])
    .filter((step) => ending.kind !== 'winding_down' || step.when === 'always' || isBegun(progress, step))
    .map((step) => ({ step, parts: partsOf(step, progress) }));
}

function runOf(progress: Progress, step: Step): DispatchProgress | undefined {
  return findDispatch(progress, { step: step.number, part: 'run', attempt: firstAttempt, wave: firstWave });
}

function isBegun(progress: Progress, step: Step): boolean {
  const run = runOf(progress, step);
  return run !== undefined && isMutation(run);
}

/** A stale refusal leaves a dispatch undone: it is asked anew. */
function isDone(known: DispatchProgress | undefined): boolean {
  if (!known) return false;
  const decided = known.settled?.decision === 'rejected' || known.settled?.decision === 'expired';
  return known.skipped || known.confirmed || known.finished !== null || decided;
}

/** Rollback, observation and verification follow only a run that may have touched a host. */
function partsOf(step: Step, progress: Progress): Part[] {
  const run = runOf(progress, step);
  const parts: Part[] = run?.burn ? [] : ['before', 'dry_run'];
  parts.push('run');
  if (run && isMutation(run) && touchedHosts(run).length > 0) {
    if (hasFailed(run)) parts.push('rollback');
    parts.push('after');
  }
  if (run?.burn && run.finished?.outcome === 'succeeded') parts.push('verify');
  return parts.filter((part) => part === 'run' || templateOf(step, part) !== null);
}
