/** The ways of doing a step: its alternatives, each as if it were chosen, or the step itself. */
import type { Alternative, Step } from './runbook.ts';

/** The step as it is once one of its alternatives was chosen. */
export function chosenStep(step: Step, { title, line: _line, prose, ...scripts }: Alternative): Step {
  return {
    ...step,
    ...scripts,
    title: `${step.title}: ${title}`,
    prose: [step.prose, prose].filter((text) => text !== '').join('\n\n'),
    alternatives: [],
  };
}

/** Each way of doing a step: its alternatives as if they were chosen, or the step itself where there is nothing to choose. */
export function waysOf(step: Step): Step[] {
  return step.alternatives.length === 0
    ? [step]
    : step.alternatives.map((alternative) => chosenStep(step, alternative));
}
