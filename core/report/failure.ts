/** The card of a failure: what failed where, and what each answer will do. */
import { templateOf } from '../derive/derive.ts';
import { maximumAttempts } from '../dispatch.ts';
import { attemptOf, type FailureWord, failed, lastTouched } from '../incident/attempts.ts';
import type { Situation } from '../incident/situation.ts';
import { skipOf } from '../incident/spoken.ts';
import { wavesOf } from '../incident/waves.ts';
import type { Runbook, Step } from '../runbook/runbook.ts';
import { shorten } from '../visible.ts';
import type { DispatchOutcome } from '../words.ts';
import { byName } from './host-names.ts';
import type { PrintedOutput } from './printed.ts';
import { fateOf } from './words.ts';

/** What a card says of a failure beside its command and hosts. */
export interface Failure {
  readonly outcome: DispatchOutcome | 'not_sent';
  /** Such as `failed` or `ran on web-1; failed on web-2`. */
  readonly words: string;
  /** How its output ended on the first host on which it failed; empty where nothing of it is kept. */
  readonly last: string;
  /** Which attempt it was, counted from 1. */
  readonly attempt: number;
  /** What may be answered, and what each answer will do, in the order in which it is offered. */
  readonly follows: readonly { readonly word: FailureWord; readonly text: string }[];
}

/** How a failure is called in a headline, before the hosts. */
export function failureTitle({ outcome }: Pick<Failure, 'outcome'>): string {
  const titles: Partial<Record<Failure['outcome'], string>> = {
    timed_out: 'Timed out',
    unknown: 'May have run, and nobody knows how it ended,',
    not_started: 'Could not be started',
  };
  return titles[outcome] ?? 'Failed';
}

/** Characters of the end of an output that stand above the buttons. */
const longestEnd = 300;

/** The last lines of what a failed command printed, as many as there is room for. */
function endOf(printed: readonly PrintedOutput[]): string {
  const [output] = printed.flatMap(({ outputs }) => outputs).filter(({ keep }) => keep === 'end');
  const lines = (output?.text ?? '').trimEnd().split('\n');
  const kept: string[] = [];
  for (const line of lines.toReversed()) {
    if ([line, ...kept].join(' ').length > longestEnd) break;
    kept.unshift(line.trim());
  }
  return kept.filter((line) => line !== '').join(' ');
}

/**
 * @param printed What was printed so far, the newest first.
 * @param runbook The runbook as it is deployed.
 * @param step Whose newest attempt failed.
 */
export function failureOn(
  situation: Situation,
  runbook: Runbook,
  step: Step,
  printed: readonly PrintedOutput[],
): Failure {
  const own = { step: step.number, attempt: attemptOf(situation, step.number) };
  const { outcome, words } = fateOf(failed(situation.progress, own), 'audit');
  const isCheck = failed(situation.progress, own).some(({ dispatch }) => dispatch.part === 'verify');
  const said = byName(situation.progress)(words);
  const onwards = onwardsFrom(runbook, step);
  return {
    outcome,
    words: isCheck ? `its check ${said}` : said,
    last: endOf(printed.slice(0, 1)),
    attempt: own.attempt,
    follows: [
      { word: 'continue', text: `leaves its hosts as they are, and ${onwards}` },
      ...(own.attempt < maximumAttempts
        ? [
            {
              word: 'retry' as const,
              text: `looks again, and then asks for it once more where it did not succeed (attempt ${own.attempt + 1} of ${maximumAttempts})`,
            },
          ]
        : []),
      { word: 'skip', text: `${undoing(situation, step)}, and ${onwards}` },
      { word: 'abort', text: aborting(situation, runbook) },
    ],
  };
}

/** `goes on with step 3 (Delete old logs)`. */
function onwardsFrom({ steps }: Runbook, { number }: Step): string {
  const next = steps.find((step) => step.number > number);
  return next
    ? `goes on with step ${next.number} (${shorten(next.title, 80)})`
    : 'waits for the alarm to return to OK: it is the last step';
}

function undoing(situation: Situation, step: Step): string {
  if (!touched(situation.progress, step.number)) return 'has nothing to undo, since nothing ran';
  if (!isLeft(situation, step.number)) return 'has nothing left to undo: its way back was asked for already';
  return templateOf(step, 'rollback') === null
    ? 'undoes nothing, since the runbook names no way back for it'
    : 'asks for its way back';
}

/** In the order of the gate (core/gate/order.ts): the newest first. */
function aborting(situation: Situation, { steps }: Runbook): string {
  const back = steps
    .filter((step) => step.when !== 'always' && templateOf(step, 'rollback') !== null)
    .filter(({ number }) => isLeft(situation, number))
    .map(({ number }) => number)
    .toReversed();
  const always = steps.filter(({ when }) => when === 'always').map(({ number }) => number);
  return [
    back.length > 0 ? `asks for the way back of ${named(back)}` : 'undoes nothing, since there is no way back left',
    ...(always.length > 0 ? [`goes on to ${named(always)}, which always runs`] : []),
    'and ends the incident as failed',
  ].join(', ');
}

const attempts = Array.from({ length: maximumAttempts }, (_, before) => before + 1);

function touched(progress: Situation['progress'], step: number): boolean {
  return attempts.some((attempt) => lastTouched(progress, { step, attempt }).length > 0);
}

/** Whether hosts have something of a step whose way back neither went out nor was skipped. */
function isLeft({ progress, spoken }: Situation, step: number): boolean {
  return attempts.some((attempt) => {
    const back = { step, attempt, part: 'rollback' } as const;
    const isGone = skipOf(spoken, back) !== null || wavesOf(progress, back).some(({ burn }) => burn !== null);
    return !isGone && lastTouched(progress, { step, attempt }).length > 0;
  });
}

function named(steps: readonly number[]): string {
  return `${steps.length === 1 ? 'step' : 'steps'} ${steps.join(', ')}`;
}
