/** The gate: which dispatch comes next in an incident and what to do with it, from what the caller read for himself. */

import { derive } from '../derive/derive.ts';
import type { Dispatch } from '../dispatch.ts';
import { findDispatch } from '../incident/progress.ts';
import { type Situation, secondsLeft } from '../incident/situation.ts';
import { historyLimits } from '../limits.ts';
import { mayRunInDryRun, type RiskTools } from '../policy/verdict.ts';
import type { GateDecision } from '../words.ts';
import { finish, type GateAnswer } from './answer.ts';
import { endingOf, finishOf } from './ending.ts';
import { nextUndone } from './order.ts';

/**
 * The next dispatch and what to do with it. `gate` asks it to steer the machine; `execute` asks it again, because the
 * kernel believes no one's word that it is this dispatch's turn. A rule that throws halts.
 */
export function decideNext(situation: Situation, tools: RiskTools): GateAnswer {
  try {
    const ending = endingOf(situation);
    if (ending.kind === 'now') return ending.answer;
    const dispatch = nextUndone(situation, ending);
    if (!dispatch) return finishOf(situation, ending);
    return isOneTooMany(situation, dispatch) ? usedUp : judge(situation, dispatch, tools);
  } catch (error) {
    return finish('halt', 'halted', 'gate.error', error instanceof Error ? error.message : String(error));
  }
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

function judge(situation: Situation, dispatch: Dispatch, tools: RiskTools): GateAnswer {
  const derived = derive(situation, dispatch, tools);
  if (derived.step.timeoutSeconds > secondsLeft(situation))
    return finish(
      'halt',
      'halted',
      'incident.no_time_left',
      'the step could still run when the incident reaches its maximum age of 8 h',
    );
  const reasons = derived.verdict.reasons.map(({ rule, text }) => ({ rule, text }));
  const answer = (decision: GateDecision): GateAnswer => ({
    decision,
    dispatch,
    seconds: 0,
    status: decision === 'halt' ? 'halted' : null,
    reasons,
    derived,
  });
  if (derived.verdict.decision === 'halt') return answer('halt');
  if (situation.compiled.policy.mode === 'dry_run') return answer(mayRunInDryRun(derived.verdict) ? 'proceed' : 'skip');
  return answer(derived.verdict.decision);
}
