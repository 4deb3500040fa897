/** A drill: an alarm that is there for it rings, and a runbook that only reads answers, from the alarm to the closing message. */
import type { Alarm } from '../alarm/alarm.ts';
import { drillTag, isDrillAlarm } from '../alarm/drill.ts';
import { beginningRefusal } from '../alarm/opt-in.ts';
import type { Compiled } from '../compiled.ts';
import { consider, exactRoute } from '../matching/match.ts';
import type { ClassifyTools } from '../risk/classify.ts';
import { floorsOf } from '../runbook/review.ts';
import type { Runbook } from '../runbook/runbook.ts';

/** Why this alarm is not rung for a drill; or the runbook that will answer. */
export type Drill = { readonly runbook: Runbook; readonly why: string } | { readonly refused: string };

/**
 * Judged by what is deployed. It keeps a person from ringing the wrong alarm, and permits nothing: whatever rings, each
 * step that changes something is asked about as always. Only an exact route counts, since a model could choose another runbook.
 *
 * @param tools as the floor wants them, without the organisation's commands: those are the deployed policy's.
 */
export function drillOf(compiled: Compiled, alarm: Alarm, tools: Omit<ClassifyTools, 'commands'>): Drill {
  const refused = (why: string) => ({ refused: `the alarm ${alarm.name} ${why}` });
  const quiet = beginningRefusal(alarm);
  if (quiet !== null) return { refused: quiet };
  if (!isDrillAlarm(alarm))
    return refused(`is not there for drills: tag one that nothing else relies on ${drillTag.key}=${drillTag.value}`);
  if (alarm.state !== 'OK') return refused(`is ${alarm.state}, and has to be OK before it rings`);
  const considered = consider(compiled.runbooks, alarm);
  const route = exactRoute(considered.candidates);
  const runbook = compiled.runbooks.find(({ id }) => id === route?.runbookId);
  if (!route || !runbook) {
    const found = considered.candidates.map(({ runbookId }) => runbookId).join(', ') || 'none fits';
    return refused(`has no runbook that is deployed and that alone names it under match (${found})`);
  }
  const changing = firstChange(runbook, { ...tools, commands: compiled.policy.commands });
  if (changing !== null) return refused(`would be answered by ${runbook.id}, and a drill only reads: ${changing}`);
  return { runbook, why: route.why };
}

/** The first step that may change something, or that a person does by hand; null = the runbook only reads. */
function firstChange(runbook: Runbook, tools: ClassifyTools): string | null {
  const manual = runbook.steps.find(({ command }) => command === null);
  if (manual) return `its step ${manual.number} is done by hand`;
  const floors = floorsOf(runbook, tools).map(({ step, verdict }) => ({ step, level: verdict.level }));
  const declared = runbook.steps.map(({ number, declaredRisk }) => ({
    step: number,
    level: declaredRisk ?? 'read_only',
  }));
  const found = [...floors, ...declared].find(({ level }) => level !== 'read_only');
  return found ? `its step ${found.step} is ${found.level}` : null;
}
