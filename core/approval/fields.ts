/** What a person says beside a word (a code, values, hosts, a choice), and why it cannot be taken as it is. */

import { effectOf, mayBeAmended } from '../answers.ts';
import { maximumAttempts } from '../dispatch.ts';
import { historyLimits } from '../limits.ts';
import type { Question, QuestionItem, Vote } from '../question.ts';
import { maximumScriptLength } from '../runbook/limits.ts';
import { valueProblem } from '../runbook/parameter-types.ts';
import { isTyped } from '../runbook/parameters.ts';
import type { Runbook, Step } from '../runbook/runbook.ts';
import { substitute } from '../runbook/substitute.ts';
import { waysOf } from '../runbook/ways.ts';
import { isShortCode } from '../short-code.ts';
import { riskAtLeast } from '../words.ts';

/** As it was said, before it is looked at; absent = it was not said. */
export interface SaidFields {
  /** The incident's short code, as it was typed. */
  readonly code?: string | null;
  readonly parameters?: Readonly<Record<string, string>> | null;
  readonly targets?: readonly string[] | null;
  /** From 1. */
  readonly choice?: number | null;
}

/** What is signed of it. */
export type SignedFields = Pick<Vote, 'parameters' | 'targets' | 'choice'>;

/** What is signed beside the word, or why that cannot be: words for the person. */
export type Fields = { readonly fields: SignedFields } | { readonly why: string };

/**
 * @param via Through the IAM door the digest of the question is among what the person's own request signs, and no code is
 * typed.
 */
export function fieldsOf(
  question: Question,
  word: string,
  said: SaidFields,
  { runbooks, via }: { readonly runbooks: readonly Runbook[]; readonly via: 'slack' | 'iam' },
): Fields {
  const [item] = question.items;
  if (!item) return { why: 'This question is about nothing.' };
  switch (word) {
    case 'modify':
      return modified(question, item, said, runbooks);
    case 'narrow':
      return narrowed(question, item, said);
    case 'input':
      return given(question, item, said, runbooks);
    case 'choose':
      return chosen(question, said);
    case 'retry':
      return retried(item);
    default:
      return { ...codeRefusal(question, word, said, via), fields: {} };
  }
}

/** Something destructive is approved by somebody who typed which incident it is about. */
function codeRefusal({ kind, items, incidentId }: Question, word: string, { code }: SaidFields, via: 'slack' | 'iam') {
  const destroys = items.some(({ level }) => riskAtLeast(level, 'destructive'));
  if (via === 'iam' || !destroys || effectOf(kind, word) !== 'approves' || kind === 'manual') return {};
  if (isShortCode(incidentId, code ?? '')) return {};
  return {
    why: code
      ? 'That is not the code of this incident; nothing was signed. It stands on the card, above the buttons.'
      : 'This is destructive: press Approve on the newest card, and type the code that stands there.',
  };
}

function amendRefusal(question: Question, item: QuestionItem): string | null {
  if (!mayBeAmended(item)) return 'What undoes or checks a run goes where that run went, with its values.';
  return question.revision < historyLimits.maximumRevisions
    ? null
    : `This was asked ${question.revision} times already: approve, skip or reject it as it is.`;
}

function modified(
  question: Question,
  item: QuestionItem,
  { parameters }: SaidFields,
  runbooks: readonly Runbook[],
): Fields {
  const refusal = amendRefusal(question, item);
  if (refusal !== null) return { why: refusal };
  const changed = Object.entries(parameters ?? {}).filter(([name, value]) => item.parameters[name] !== value);
  if (changed.length === 0) return { why: 'These are the values that are asked for already.' };
  const values = Object.fromEntries(changed);
  const why = valuesRefusal(question, item, values, runbooks);
  return why === null ? { fields: { parameters: values } } : { why };
}

function given(
  question: Question,
  item: QuestionItem,
  { parameters }: SaidFields,
  runbooks: readonly Runbook[],
): Fields {
  const values = { ...parameters };
  if (Object.keys(values).length === 0) return { why: 'No value was given.' };
  const asked = runbooks.find(({ id }) => id === question.runbook.id)?.parameters.filter(isTyped) ?? [];
  const other = Object.keys(values).find(
    (name) => Object.hasOwn(item.parameters, name) || !asked.some((parameter) => parameter.name === name),
  );
  if (other !== undefined) return { why: `${other.slice(0, 60)} is not asked for.` };
  const why = valuesRefusal(question, item, values, runbooks);
  return why === null ? { fields: { parameters: values } } : { why };
}

function narrowed(question: Question, item: QuestionItem, { targets }: SaidFields): Fields {
  const refusal = amendRefusal(question, item);
  if (refusal !== null) return { why: refusal };
  const left = [...new Set(targets ?? [])].toSorted();
  if (left.length === 0) return { why: 'At least one host must be left; to leave out all of them, skip it.' };
  const foreign = left.filter((host) => !item.targets.includes(host));
  if (foreign.length > 0)
    return { why: `Only hosts of this card can be left, and ${foreign[0]?.slice(0, 60)} is none.` };
  if (left.length === item.targets.length) return { why: 'These are all of its hosts.' };
  return { fields: { targets: left } };
}

function retried({ dispatch: { attempt } }: QuestionItem): Fields {
  return attempt < maximumAttempts
    ? { fields: {} }
    : { why: `It was tried ${maximumAttempts} times, the most there are: continue, skip or abort.` };
}

function chosen({ items }: Question, { choice }: SaidFields): Fields {
  const item = Number.isInteger(choice) ? items[(choice ?? 0) - 1] : undefined;
  if (item === undefined) return { why: `Choose one of ${items.length}.` };
  if (item.level === 'forbidden') return { why: 'This one is forbidden, and never runs: choose another.' };
  return { fields: { choice: choice as number } };
}

function valuesRefusal(
  { runbook }: Question,
  { dispatch, parameters }: QuestionItem,
  values: Readonly<Record<string, string>>,
  runbooks: readonly Runbook[],
): string | null {
  const found = runbooks.find(({ id }) => id === runbook.id);
  const step = found?.steps.find(({ number }) => number === dispatch.step);
  if (found?.digest !== runbook.digest || !step)
    return 'The runbook was changed since this was asked: a new card follows.';
  const [problem] = Object.values(valueProblems(found, values));
  return problem ?? lengthProblem(step, { ...parameters, ...values });
}

/** What is wrong with values, by parameter; empty when all can be taken. */
export function valueProblems(
  { parameters }: Pick<Runbook, 'parameters'>,
  values: Readonly<Record<string, string>>,
): Record<string, string> {
  const problems = Object.entries(values).flatMap(([name, value]) => {
    const parameter = parameters.find((one) => one.name === name);
    const problem = parameter ? valueProblem(parameter, value) : 'is no parameter of this runbook';
    return problem === null ? [] : [[name, `${name.slice(0, 60)} ${problem}.`] as const];
  });
  return Object.fromEntries(problems);
}

/** A script that no card can show is never asked for. */
function lengthProblem(step: Step, values: Readonly<Record<string, string>>): string | null {
  const scripts = waysOf(step).map(({ command }) =>
    substitute(command?.text ?? '', ({ name }) => `'${values[name] ?? ''}'`),
  );
  return scripts.every((script) => script.length <= maximumScriptLength)
    ? null
    : `With these values the command is longer than a card can show (${maximumScriptLength} characters).`;
}
