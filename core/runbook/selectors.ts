/** The selectors of a runbook by name, and which of them are a step's. */
import type { Runbook, Step, TargetSelector } from './runbook.ts';

/** The only name of targets that have none. */
export const allTargets = 'all';

/** The selectors of a step, by name: its own, or all of the runbook's where it names none. */
export function selectorsOf(
  { targets }: Pick<Runbook, 'targets'>,
  { on }: Pick<Step, 'on'>,
): Record<string, TargetSelector> {
  return Object.fromEntries(Object.entries(targets).filter(([name]) => on === null || on === name));
}

/** The most hosts of a step by its runbook. */
export function maximumOf(runbook: Pick<Runbook, 'targets'>, step: Pick<Step, 'on'>): number {
  return Object.values(selectorsOf(runbook, step)).reduce((sum, { maximum }) => sum + maximum, 0);
}
