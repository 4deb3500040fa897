/** What an incident says of its runbook: notes for its author, each about a thing that happened, none of them a cure. */
import type { Progress } from '../incident/progress.ts';
import type { Spoken } from '../incident/spoken.ts';
import { fieldWords } from './votes.ts';
import { fateOf } from './words.ts';

/** A note for a step; null = for the section "If the alarm stays". */
export interface Lesson {
  readonly step: number | null;
  readonly text: string;
}

const said: Readonly<Record<string, string>> = {
  reject: 'people rejected it',
  skip: 'people skipped it',
  modify: 'people changed it before it ran',
  narrow: 'people left hosts out',
};

/**
 * In the order of the steps.
 *
 * @param spoken genuine words alone.
 * @param hasAdvice whether the runbook has a section "If the alarm stays".
 */
export function lessonsOf(progress: Progress, spoken: readonly Spoken[], hasAdvice: boolean): Lesson[] {
  const steps = progress.planned?.steps ?? [];
  const own = steps.flatMap(({ number: step }) =>
    [...wordsOn(spoken, step), ...fatesOf(progress, step)].map((text) => ({ step, text })),
  );
  const isUnhelped = progress.closed?.status === 'unverified' && !hasAdvice;
  const advice = { step: null, text: 'the alarm stayed after all steps. What helped in the end?' };
  return isUnhelped ? [...own, advice] : own;
}

function wordsOn(spoken: readonly Spoken[], step: number): string[] {
  return spoken
    .filter(({ word, dispatches }) => Object.hasOwn(said, word) && dispatches.some((one) => one.step === step))
    .map((answer) => [said[answer.word], ...fieldWords(answer), ...(answer.reason ? [answer.reason] : [])].join(': '));
}

const bad: readonly string[] = ['failed', 'partial', 'timed_out', 'unknown'];

function fatesOf({ dispatches }: Progress, step: number): string[] {
  const of = (part: string) => dispatches.filter(({ dispatch }) => dispatch.step === step && dispatch.part === part);
  const isBad = (part: string) =>
    of(part).some(({ burn }) => burn !== null) && bad.includes(fateOf(of(part), 'audit').outcome);
  const codes = of('run').flatMap(({ finished }) => finished?.results.filter(({ exitCode }) => exitCode !== 0) ?? []);
  const exits = [...new Set(codes.map(({ exitCode }) => exitCode))].join(', ');
  const isExpired = of('run').some(({ settled }) => settled?.decision === 'expired');
  return [
    ...(isBad('run') ? [`it failed${exits === '' ? '' : ` with exit code ${exits}`}`] : []),
    ...(isBad('verify') ? ['its check failed'] : []),
    ...(isBad('rollback') ? ['its way back failed'] : []),
    ...(isExpired ? ['nobody answered in time'] : []),
  ];
}
