/** What a deploy would do to an incident that is open: the gate's own rules, asked with what would be deployed. */
import type { Compiled } from '../compiled.ts';
import { modeChanged, runbookGoesOn } from '../gate/planned.ts';
import { type DispatchProgress, isMutation, type Progress } from '../incident/progress.ts';
import { plannedRunbook } from '../incident/situation.ts';

/** `asked_anew`: what waits for an answer, or is approved and not sent, is asked again on a new card. */
export interface Fate {
  readonly incidentId: string;
  readonly runbookId: string | null;
  readonly fate: 'goes_on' | 'asked_anew' | 'halts';
  readonly why: string;
}

/** @param progress folded over the chain and its burns. */
export function fateUnder(incidentId: string, progress: Progress, after: Compiled): Fate {
  const { planned } = progress;
  const about = { incidentId, runbookId: planned?.runbook?.id ?? null };
  if (!planned)
    return { ...about, fate: 'goes_on', why: 'it is not planned yet, and will be with what is deployed then' };
  const runbook = plannedRunbook(progress, after);
  if (modeChanged({ progress, compiled: after }))
    return { ...about, fate: 'halts', why: `the mode changes to ${after.policy.mode}${undone(progress)}` };
  if (planned.runbook && !runbook) return { ...about, fate: 'halts', why: `its runbook is gone${undone(progress)}` };
  if (planned.runbook && !runbookGoesOn({ progress, runbook }))
    return {
      ...about,
      fate: 'halts',
      why: `what it has already run is not in its runbook any more${undone(progress)}`,
    };
  const waiting = progress.dispatches.filter(isAsked);
  const reasons = [
    ...(planned.runbook && runbook?.digest !== planned.runbook.digest ? ['its runbook changes'] : []),
    ...(waiting.some((known) => known.requested?.policyDigest !== after.policyDigest) ? ['the policy changes'] : []),
  ];
  if (waiting.length === 0 || reasons.length === 0)
    return {
      ...about,
      fate: 'goes_on',
      why: waiting.length === 0 ? 'nothing waits for an answer' : 'its question stays the same',
    };
  return { ...about, fate: 'asked_anew', why: reasons.join(', and ') };
}

/** A question is out, or answered with yes and nothing was sent for it. */
function isAsked({ requested, settled, burn, confirmed }: DispatchProgress): boolean {
  return requested !== null && burn === null && !confirmed && (settled === null || settled.decision === 'approved');
}

function undone({ dispatches }: Progress): string {
  return dispatches.some((known) => known.burn !== null && isMutation(known)) ? '; what it changed is undone' : '';
}
