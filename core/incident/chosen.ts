/** Which alternative of a step people chose: by a genuine signed word on a question that showed these very commands. */
import { sha256 } from '../digest.ts';
import type { QuestionItem } from '../question.ts';
import { renderKnown } from '../runbook/render.ts';
import type { Alternative, Runbook, Step } from '../runbook/runbook.ts';
import { chosenStep } from '../runbook/ways.ts';
import { epochOf } from '../time.ts';
import type { Progress } from './progress.ts';
import type { Spoken } from './spoken.ts';

/** What is known, and what people said by genuine votes. */
interface Known {
  readonly progress: Progress;
  readonly spoken: readonly Spoken[];
}

/** The runbook with what people chose in the place of what they chose from. */
export function withChoices(runbook: Runbook, known: Known): Runbook {
  if (runbook.steps.every(({ alternatives }) => alternatives.length === 0)) return runbook;
  const steps = runbook.steps.map((step) => {
    const chosen = chosenOf(step, known);
    return chosen === null ? step : chosenStep(step, chosen);
  });
  return { ...runbook, steps };
}

/**
 * The first choice that was signed decides, and none that was made once the step had begun. It is the alternative whose name
 * and bytes stood on the card, wherever it stands in the runbook by now: one that is not there any more is not chosen, and
 * people are asked again.
 */
function chosenOf(step: Step, { progress, spoken }: Known): Alternative | null {
  if (step.alternatives.length === 0) return null;
  const begunAt = Math.min(
    ...progress.dispatches
      .filter(({ dispatch, burn }) => dispatch.step === step.number && burn !== null)
      .map(({ burn }) => epochOf(burn?.at ?? '')),
  );
  const items = spoken
    .filter(({ kind, word, at }) => kind === 'choose' && word === 'choose' && !(epochOf(at) >= begunAt))
    .toSorted((a, b) => epochOf(a.at) - epochOf(b.at))
    .flatMap(({ items: shown, choice }) => shown[(choice ?? 0) - 1] ?? [])
    .filter(({ dispatch }) => dispatch.step === step.number && dispatch.part === 'run');
  return items.map((item) => shownAs(step, item)).find((found) => found !== null) ?? null;
}

function shownAs(step: Step, { title, scriptHash, parameters }: QuestionItem): Alternative | null {
  const same = (alternative: Alternative) =>
    chosenStep(step, alternative).title === title &&
    sha256(renderKnown(alternative.command.text, parameters)) === scriptHash;
  return step.alternatives.find(same) ?? null;
}
