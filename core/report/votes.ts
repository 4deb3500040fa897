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

/** The title of what people chose of a step, with the step's own before it; null when nobody chose. */
export function chosenTitle(answers: readonly Spoken[], step: number): string | null {
  const choices = answersOn(answers, step).filter(({ kind, word }) => kind === 'choose' && word === 'choose');
  const [first] = choices.toSorted((a, b) => epochOf(a.at) - epochOf(b.at));
  return first?.items[(first.choice ?? 0) - 1]?.title ?? null;
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
