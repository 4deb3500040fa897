/** Where a runbook's steps run: opted-in instances that the alarm or the runbook names, never more than its cap. */
import { type Alarm, optInTag } from '../alarm/alarm.ts';
import { shown } from './problem.ts';
import type { TargetSelector } from './runbook.ts';

/** What Systems Manager says of a host. */
export interface ManagedInstance {
  /** `i-…` of EC2 or `mi-…` of a hybrid activation. */
  readonly id: string;
  readonly tags: Readonly<Record<string, string>>;
  /** Its agent answered lately. */
  readonly online: boolean;
}

export class TargetError extends Error {
  override readonly name = 'TargetError';
}

/**
 * The ids of the instances to run on, sorted. Instances that the selector means but that are offline are left out of a
 * selection by tags, and refuse one by the alarm.
 *
 * @throws {TargetError} when nothing is left, an instance is not opted in, or more are meant than the runbook allows.
 */
export function selectTargets(selector: TargetSelector, alarm: Alarm, instances: readonly ManagedInstance[]): string[] {
  const ids = meantTargets(selector, alarm, instances);
  if (ids.length > selector.maximum)
    throw new TargetError(
      `${ids.length} instances are meant (${ids.join(', ')}), and the runbook allows ${selector.maximum}; raise targets.max if all of them are right`,
    );
  return ids;
}

/** The same without the runbook's cap: a plan that is frozen already cannot grow. */
export function meantTargets(selector: TargetSelector, alarm: Alarm, instances: readonly ManagedInstance[]): string[] {
  const chosen = selector.from === 'alarm' ? namedBy(alarm, instances) : tagged(selector.tags, instances);
  return [...new Set(chosen.map(({ id }) => id))].sort();
}

/** Whether a host may be sent anything at all now. Its agent may be offline: then Systems Manager says so, and nothing runs. */
export function isUsable(instance: ManagedInstance): boolean {
  return isInstanceId(instance.id) && isOptedIn(instance);
}

function namedBy(alarm: Alarm, instances: readonly ManagedInstance[]): ManagedInstance[] {
  const id = Object.hasOwn(alarm.dimensions, 'InstanceId') ? alarm.dimensions.InstanceId : undefined;
  if (id === undefined)
    throw new TargetError(
      `alarm ${shown(alarm.name)} has no dimension InstanceId, from which the runbook takes its target; it has ${Object.keys(alarm.dimensions).join(', ') || 'none'}`,
    );
  const instance = instances.find((candidate) => candidate.id === id);
  if (!instance || !isInstanceId(id))
    throw new TargetError(`${shown(id)} is no instance that Systems Manager manages here`);
  if (!isOptedIn(instance)) throw new TargetError(`${id} is not opted in; tag it ${optInTag.key}=${optInTag.value}`);
  if (!instance.online) throw new TargetError(`${id} is offline: its agent has not answered Systems Manager lately`);
  return [instance];
}

function tagged(tags: Readonly<Record<string, string>>, instances: readonly ManagedInstance[]): ManagedInstance[] {
  const wanted = Object.entries(tags);
  const meant = instances.filter((instance) => wanted.every(([key, value]) => has(instance, key, value)));
  const usable = meant.filter((instance) => isInstanceId(instance.id) && isOptedIn(instance) && instance.online);
  if (wanted.length === 0 || usable.length === 0)
    throw new TargetError(
      `no instance is tagged ${wanted.map((tag) => tag.join('=')).join(', ')}, opted in (${optInTag.key}=${optInTag.value}) and online; ${meant.length} have the tags`,
    );
  return usable;
}

function isInstanceId(id: string): boolean {
  return /^(?:i|mi)-[0-9a-f]{8,17}$/.test(id);
}

function isOptedIn(instance: ManagedInstance): boolean {
  return has(instance, optInTag.key, optInTag.value);
}

function has({ tags }: ManagedInstance, key: string, value: string): boolean {
  return Object.hasOwn(tags, key) && tags[key] === value;
}
