/** Manual steps that people did: Countersign sent nothing, and what they did may have changed something. */
import { standingApprovals } from '../answers.ts';
import { sha256 } from '../digest.ts';
import type { DispatchProgress, Progress } from './progress.ts';
import type { Spoken } from './spoken.ts';

export interface ByHand {
  readonly step: number;
  /** ISO 8601: when it was said, or burnt. */
  readonly at: string;
}

const noScript = sha256('');

/** Whether what was burnt is a manual step. */
export function isByHand({ burn }: Pick<DispatchProgress, 'burn'>): boolean {
  return burn?.scriptHash === noScript;
}

/**
 * Those that were burnt, and those that somebody confirmed and did not take back: who did it and sees the alarm go to OK
 * has changed something, although nothing is burnt any more then.
 *
 * @param spoken The genuine answers of the incident.
 */
export function doneByHand({ dispatches }: Pick<Progress, 'dispatches'>, spoken: readonly Spoken[]): ByHand[] {
  const burnt = dispatches.flatMap(({ dispatch: { step }, burn }) =>
    burn && isByHand({ burn }) ? [{ step, at: burn.at }] : [],
  );
  const byQuestion = Map.groupBy(spoken, ({ question }) => question);
  const confirmed = [...byQuestion.values()]
    .flatMap((words) =>
      standingApprovals(
        'manual',
        words.map((vote) => ({ vote })),
      ),
    )
    .filter(({ vote }) => vote.word === 'confirm')
    .flatMap(({ vote }) => vote.dispatches.map(({ step }) => ({ step, at: vote.at })));
  return [...burnt, ...confirmed];
}

/** `a person did step 2 by hand`; null when nobody did any. */
export function byHandWords(done: readonly ByHand[]): string | null {
  const steps = [...new Set(done.map(({ step }) => step))].toSorted((a, b) => a - b);
  if (steps.length === 0) return null;
  return `a person did ${steps.length === 1 ? 'step' : 'steps'} ${steps.join(', ')} by hand`;
}
