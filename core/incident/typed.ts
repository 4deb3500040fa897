/** Values that people typed on cards: for parameters that no alarm gives, by genuine signed words alone. */
import { valueProblem } from '../runbook/parameter-types.ts';
import { isTyped } from '../runbook/parameters.ts';
import type { Parameter } from '../runbook/runbook.ts';
import { epochOf } from '../time.ts';
import type { Progress } from './progress.ts';
import type { Spoken } from './spoken.ts';
import { wavesOf } from './waves.ts';

/** What was typed so far: each value with the name of whoever typed it, by parameter. */
export type TypedValues = Readonly<Record<string, { readonly value: string; readonly by: string }>>;

/**
 * The values that are in force for a step: the last word on each, of `input` on this step or one before it, or of `modify` on
 * one before it; what was said once that step had begun changes nothing. A value that its parameter does not take, or takes
 * no more, counts as not given, and is asked for again.
 */
export function typedValues(
  { spoken, progress }: { readonly spoken: readonly Spoken[]; readonly progress: Progress },
  parameters: readonly Parameter[],
  step: number,
): TypedValues {
  const open = parameters.filter(isTyped);
  if (open.length === 0) return {};
  const words = spoken.filter((one) => counts(one, progress, step)).toSorted((a, b) => epochOf(a.at) - epochOf(b.at));
  const given = words.flatMap(({ parameters: values = {}, by }) =>
    Object.entries(values).flatMap(([name, value]) => {
      const parameter = open.find((one) => one.name === name);
      return parameter && valueProblem(parameter, value) === null ? [[name, { value, by: by.name }] as const] : [];
    }),
  );
  return Object.fromEntries(given);
}

/** The values alone, by parameter. */
export function valuesOf(typed: TypedValues): Record<string, string> {
  return Object.fromEntries(Object.entries(typed).map(([name, { value }]) => [name, value]));
}

function counts({ kind, word, at, dispatches }: Spoken, progress: Progress, step: number): boolean {
  const [about] = dispatches;
  if (about?.part !== 'run' || about.step > step) return false;
  const isGiven = kind === 'input' && word === 'input';
  const isChanged = kind === 'approve' && word === 'modify' && about.step < step;
  if (!isGiven && !isChanged) return false;
  const begunAt = wavesOf(progress, about)[0]?.burn?.at ?? null;
  return begunAt === null || epochOf(at) < epochOf(begunAt);
}
