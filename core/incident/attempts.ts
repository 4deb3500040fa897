/** Attempts at a step: what of an attempt failed, what people said to that by their signatures, and which attempt it has come to. */
import { type Dispatch, maximumAttempts } from '../dispatch.ts';
import { epochOf } from '../time.ts';
import { type DispatchProgress, hasFailed, isMutation, type Progress, touchedHosts } from './progress.ts';
import type { Spoken } from './spoken.ts';
import { wavesOf } from './waves.ts';

/** One attempt at one step. */
export type Attempt = Pick<Dispatch, 'step' | 'attempt'>;

/** What is known, and what people said by genuine votes. */
export interface Known {
  readonly progress: Progress;
  readonly spoken: readonly Spoken[];
}

/** What may be answered to a failure. `skip`: what was done of the step is undone, and the runbook goes on without it. */
const failureWords = ['continue', 'retry', 'skip', 'abort'] as const;
export type FailureWord = (typeof failureWords)[number];

/** The question about a failure is put about the first wave of the run, whichever wave or check of it failed. */
export function failureOf({ step, attempt }: Attempt): Dispatch {
  return { step, part: 'run', attempt, wave: 1 };
}

/** What of an attempt was sent and failed: changes that ended other than well on a host, or else its checks that did. Empty = nothing. */
export function failed(progress: Progress, { step, attempt }: Attempt): DispatchProgress[] {
  const runs = wavesOf(progress, { step, attempt, part: 'run' }).filter(
    (known) => isMutation(known) && hasFailed(known),
  );
  return runs.length > 0
    ? runs
    : wavesOf(progress, { step, attempt, part: 'verify' }).filter((known) => known.burn !== null && hasFailed(known));
}

/** The sorted hosts on which what failed of an attempt did not succeed, as far as its waves went out. */
export function failedHosts(progress: Progress, attempt: Attempt): string[] {
  const hosts = failed(progress, attempt).flatMap(({ burn, finished }) =>
    (burn?.targets ?? []).filter((host) => {
      const result = finished?.results.find(({ target }) => target === host);
      return (result?.outcome ?? finished?.outcome) !== 'succeeded';
    }),
  );
  return [...new Set(hosts)].toSorted();
}

/**
 * What people answered to the failure of an attempt, the first word that was signed; null while nobody did. A further
 * attempt than the last is none: the word then means nothing.
 */
export function failureAnswer({ spoken }: Pick<Known, 'spoken'>, { step, attempt }: Attempt): Spoken | null {
  const said = spoken.filter(
    ({ kind, word, dispatches }) =>
      kind === 'failure' &&
      failureWords.some((one) => one === word) &&
      (word !== 'retry' || attempt < maximumAttempts) &&
      dispatches.some((one) => one.step === step && one.part === 'run' && one.attempt === attempt),
  );
  return said.toSorted((a, b) => epochOf(a.at) - epochOf(b.at))[0] ?? null;
}

/** The attempt that a step has come to: one more for each failed one that somebody said to retry. */
export function attemptOf(known: Known, step: number): number {
  for (let attempt = 1; ; attempt += 1) {
    const isRetried =
      failed(known.progress, { step, attempt }).length > 0 && failureAnswer(known, { step, attempt })?.word === 'retry';
    if (!isRetried) return attempt;
  }
}

/** The first step, of these, whose newest attempt failed and of which nobody said yet what is to follow; null when there is none. */
export function unanswered(known: Known, steps: readonly number[]): Attempt | null {
  const open = steps
    .map((step) => ({ step, attempt: attemptOf(known, step) }))
    .find((one) => failed(known.progress, one).length > 0 && failureAnswer(known, one) === null);
  return open ?? null;
}

/**
 * Hosts on which a step's earlier attempts succeeded, of those that they were sent to: a further one does not go there again,
 * unless only its check failed.
 */
export function doneEarlier(progress: Progress, { step, attempt }: Attempt): string[] {
  return progress.dispatches
    .filter(({ dispatch: one }) => one.step === step && one.part === 'run' && one.attempt < attempt)
    .flatMap(({ burn, finished }) =>
      (finished?.results ?? []).filter(({ target }) => burn?.targets.includes(target) === true),
    )
    .flatMap(({ target, outcome }) => (outcome === 'succeeded' ? [target] : []));
}

/** Hosts that an attempt may have changed, and no later one: a way back undoes the newest. */
export function lastTouched(progress: Progress, { step, attempt }: Attempt): string[] {
  const runs = progress.dispatches.filter(
    ({ dispatch, burn }) => dispatch.step === step && dispatch.part === 'run' && burn !== null,
  );
  const later = new Set(runs.filter(({ dispatch: one }) => one.attempt > attempt).flatMap(touchedHosts));
  const own = runs.filter(({ dispatch: one }) => one.attempt === attempt).flatMap(touchedHosts);
  return own.filter((host) => !later.has(host));
}
