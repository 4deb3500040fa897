/** The hosts of a plan that nobody has made yet: those that the alarm names, or stand-ins for what only Systems Manager knows. */
import { type Alarm, optInTag } from '../alarm/alarm.ts';
import type { Unsaid } from '../alarm/written.ts';
import type { Runbook } from '../runbook/runbook.ts';
import { type ManagedInstance, selectTargets, TargetError } from '../runbook/targets.ts';

export interface Targets {
  readonly instances: readonly ManagedInstance[];
  /** Whether they are the ones that would be chosen, and no stand-ins. */
  readonly known: boolean;
  readonly refusal: string | null;
  readonly assumptions: readonly string[];
}

/** @param most how many hosts runbook and policy allow together. */
export function targetsOf(runbook: Runbook, alarm: Alarm, unsaid: ReadonlySet<Unsaid>, most: number): Targets {
  const { targets } = runbook;
  if (targets.from === 'tags') {
    const instances = Array.from({ length: most }, (_, index) => instanceOf(standIn(index), targets.tags));
    const tags = Object.entries(targets.tags).map((tag) => tag.join('='));
    const text = `as many instances are tagged ${tags.join(', ')}, opted in and online as are allowed: ${most}`;
    return { instances, known: false, refusal: null, assumptions: [text] };
  }
  const id = alarm.dimensions.InstanceId;
  if (id === undefined && unsaid.has('dimensions')) return standInFor(null);
  const named = instanceOf(id ?? '');
  try {
    selectTargets(targets, alarm, [named]);
    const assumptions = [`${id} is tagged ${optInTag.key}=${optInTag.value} and online`];
    return { instances: [named], known: true, refusal: null, assumptions };
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return standInFor(error.message);
  }
}

function standInFor(refusal: string | null): Targets {
  return { instances: [instanceOf(standIn(0))], known: false, refusal, assumptions: [] };
}

/** An instance id of no instance. */
export function standIn(index: number): string {
  return `i-${String(index).padStart(17, '0')}`;
}

function instanceOf(id: string, tags: Readonly<Record<string, string>> = {}): ManagedInstance {
  return { id, tags: { ...tags, [optInTag.key]: optInTag.value }, online: true };
}
