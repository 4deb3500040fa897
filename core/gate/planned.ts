/** Whether what was planned is still what would run: mode, environment and runbook may change under a running incident. */
import { templateOf } from '../derive/derive.ts';
import { sha256 } from '../digest.ts';
import type { Situation } from '../incident/situation.ts';
import { type Amendment, amendmentOf, type Spoken } from '../incident/spoken.ts';
import { typedValues, valuesOf } from '../incident/typed.ts';
import { environmentOf } from '../policy/environment.ts';
import { renderKnown } from '../runbook/render.ts';
import type { Step } from '../runbook/runbook.ts';
import { waysOf } from '../runbook/ways.ts';
import type { Part } from '../words.ts';

/** The mode of the policy is not the one that the plan was made under: what was skipped then was never done. */
export function modeChanged({ progress, compiled }: Pick<Situation, 'progress' | 'compiled'>): boolean {
  return progress.planned !== null && progress.planned.mode !== compiled.policy.mode;
}

/** Under one and the same policy a plan cannot name another environment than the policy gives: it is not our plan then. */
export function environmentIsForged({ progress, compiled, alarm }: Situation): boolean {
  const planned = progress.planned;
  if (!planned || !alarm || planned.policyDigest !== compiled.policyDigest) return false;
  return planned.environment !== environmentOf(compiled.policy, alarm.account, alarm.region);
}

/**
 * Whether the runbook may go on: it is the planned one, or every script of it that was burnt is still the same in it.
 *
 * @param situation Without `spoken`, where nobody's signature is looked at, a run with changed values counts as another one.
 */
export function runbookGoesOn(
  situation: Pick<Situation, 'progress' | 'runbook'> & { readonly spoken?: readonly Spoken[] },
): boolean {
  const { progress, runbook, spoken = [] } = situation;
  if (!runbook) return false;
  if (progress.planned?.runbook?.digest === runbook.digest) return true;
  return progress.dispatches.every(({ burn, dispatch }) => {
    if (!burn) return true;
    const step = runbook.steps.find(({ number }) => number === dispatch.step);
    if (step === undefined) return false;
    const typed = valuesOf(typedValues({ progress, spoken }, runbook.parameters, step.number));
    const said = { ...typed, ...amendmentOf({ progress, spoken }, dispatch).parameters };
    return hashOf(situation, step, dispatch.part, said) === burn.scriptHash;
  });
}

/** Of a runbook that must not go on: the steps that undo, and whose command is still the planned one. */
export function unchangedUndoSteps(situation: Situation): readonly Step[] {
  const { progress, runbook } = situation;
  return (runbook?.steps ?? []).filter((step) => {
    const planned = progress.planned?.steps.find(({ number }) => number === step.number);
    if (step.when !== 'always' || !planned) return false;
    const reviewed = [planned, ...(planned.alternatives ?? [])].map(({ scriptHash }) => scriptHash ?? null);
    const hashes = waysOf(step).map((way) => hashOf(situation, way, 'run'));
    return hashes.every((hash) => hash !== null && reviewed.includes(hash));
  });
}

/** With the plan's own values, and what people made of them. */
function hashOf(
  { progress }: Pick<Situation, 'progress'>,
  step: Step,
  part: Part,
  amended: Amendment['parameters'] = {},
): string | null {
  const template = templateOf(step, part);
  if (!template) return step.command === null && step.alternatives.length === 0 && part === 'run' ? sha256('') : null;
  try {
    // As the plan has it: what a person types later is not in it yet.
    return sha256(renderKnown(template.text, { ...progress.planned?.parameters, ...amended }));
  } catch {
    return null; // A value that cannot stand in a script: another script.
  }
}
