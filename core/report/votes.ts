/** What people said, in words for people. */
import type { Spoken } from '../incident/spoken.ts';
import type { Vote } from '../question.ts';
import { epochOf } from '../time.ts';
import { shorten, visible } from '../visible.ts';

/** The answers on a step's own command. */
export function answersOn(answers: readonly Spoken[], step: number): Spoken[] {
  return answers.filter(({ dispatches }) =>
    dispatches.some((dispatch) => dispatch.step === step && dispatch.part === 'run'),
  );
}

/**
 * Whether the same person took this approval back before it was used.
 *
 * @param usedAt When it was first used, ISO 8601; undefined = never.
 */
export function isTakenBack(answers: readonly Spoken[], { question, by, at }: Spoken, usedAt?: string): boolean {
  return answers.some(
    (one) =>
      one.word === 'revoke' &&
      one.question === question &&
      one.by.name === by.name &&
      epochOf(one.at) >= epochOf(at) &&
      (usedAt === undefined || epochOf(one.at) < epochOf(usedAt)),
  );
}

/** Characters of a value that are told. */
const longestValue = 100;

/** What was said beside the word, one piece each: `log_dir = /srv`, `left: i-0123…`. */
export function fieldWords({ parameters, targets, choice }: Pick<Vote, 'parameters' | 'targets' | 'choice'>): string[] {
  const values = Object.entries(parameters ?? {}).map(
    ([name, value]) => `${name} = ${shorten(visible(value), longestValue)}`,
  );
  return [
    ...values,
    ...(targets === undefined ? [] : [`left: ${targets.join(', ')}`]),
    ...(choice === undefined ? [] : [`alternative ${choice}`]),
  ];
}
