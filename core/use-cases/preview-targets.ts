/** The hosts of a plan that nobody has made yet: those that the alarm names, or stand-ins for what only Systems Manager knows. */
import { type Alarm, optInTag } from '../alarm/alarm.ts';
import type { Unsaid } from '../alarm/written.ts';
import type { Runbook, TargetSelector } from '../runbook/runbook.ts';
import { allTargets } from '../runbook/selectors.ts';
import { type ManagedInstance, selectTargets, TargetError } from '../runbook/targets.ts';

/** The hosts of one selector. */
export interface Group {
  readonly name: string;
  readonly selector: TargetSelector;
  /** How many hosts runbook and policy allow together. */
  readonly most: number;
  readonly instances: readonly ManagedInstance[];
  /** Whether they are the ones that would be chosen, and no stand-ins. */
  readonly known: boolean;
}

export interface Targets {
  readonly groups: readonly Group[];
  readonly refusal: string | null;
  readonly assumptions: readonly string[];
}

type Found = Pick<Group, 'instances' | 'known'> & Pick<Targets, 'refusal' | 'assumptions'>;

/** @param most how many hosts runbook and policy allow together, by the name of the targets. */
export function targetsOf(
  { targets }: Pick<Runbook, 'targets'>,
  alarm: Alarm,
  unsaid: ReadonlySet<Unsaid>,
  most: (name: string) => number,
): Targets {
  const found = Object.entries(targets).map(([name, selector], place) => {
    const one = selector.from === 'tags' ? byTags(name, selector, most(name), place) : byAlarm(selector, alarm, unsaid);
    return { ...one, group: { name, selector, most: most(name), instances: one.instances, known: one.known } };
  });
  return {
    groups: found.map(({ group }) => group),
    refusal: found.find(({ refusal }) => refusal !== null)?.refusal ?? null,
    assumptions: [...new Set(found.flatMap(({ assumptions }) => assumptions))],
  };
}

/** More hosts than the largest selector can mean: no stand-in stands for two. */
const apart = 100;

function byTags(name: string, { tags: wanted }: TargetSelector, most: number, place: number): Found {
  const instances = Array.from({ length: most }, (_, index) => instanceOf(standIn(place * apart + index), wanted));
  const tags = Object.entries(wanted).map((tag) => tag.join('='));
  const about = name === allTargets ? '' : `${name}: `;
  const text = `${about}as many instances are tagged ${tags.join(', ')}, opted in and online as are allowed: ${most}`;
  return { instances, known: false, refusal: null, assumptions: [text] };
}

function byAlarm(selector: TargetSelector, alarm: Alarm, unsaid: ReadonlySet<Unsaid>): Found {
  const id = alarm.dimensions.InstanceId;
  if (id === undefined && unsaid.has('dimensions')) return standInFor(null);
  const named = instanceOf(id ?? '');
  try {
    selectTargets(selector, alarm, [named]);
    const assumptions = [`${id} is tagged ${optInTag.key}=${optInTag.value} and online`];
    return { instances: [named], known: true, refusal: null, assumptions };
  } catch (error) {
    if (!(error instanceof TargetError)) throw error;
    return standInFor(error.message);
  }
}

function standInFor(refusal: string | null): Found {
  return { instances: [instanceOf(standIn(0))], known: false, refusal, assumptions: [] };
}

/** An instance id of no instance. */
export function standIn(index: number): string {
  return `i-${String(index).padStart(17, '0')}`;
}

function instanceOf(id: string, tags: Readonly<Record<string, string>> = {}): ManagedInstance {
  return { id, tags: { ...tags, [optInTag.key]: optInTag.value }, online: true };
}
