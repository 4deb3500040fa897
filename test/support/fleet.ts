/** A world with several hosts of one role: a runbook that targets them by tag, and what each host answers. */
import type { Invocation } from '../../core/derive/outcome.ts';
import type { ManagedInstance } from '../../core/runbook/targets.ts';
import type { Send } from '../../core/use-cases/execute-ports.ts';
import { fullRunbook } from '../core/gate/situations.ts';
import { compiledOf, policyText } from './fixtures.ts';
import { World } from './world.ts';

/** The full runbook on every host that is tagged `role=web`, 20 at most. */
export const fleetRunbook = fullRunbook.replace(
  'targets: { from: alarm, max: 1 }',
  'targets: { tags: { role: web }, max: 20 }',
);

/** `i-…1`, `i-…2` and so on: ids that sort as they count. */
export function hostId(number: number): string {
  return `i-${String(number).padStart(17, '0')}`;
}

export function hostOf(id: string, online = true): ManagedInstance {
  return { id, tags: { countersign: 'on', role: 'web' }, online };
}

/** A world with so many hosts. `safety` is more for the policy's section, such as `waves: [2]`. */
export function fleetOf(
  hosts: number,
  { safety = '', runbook = fleetRunbook, more = '' }: { safety?: string; runbook?: string; more?: string } = {},
): World {
  const world = new World();
  const policy = policyText('live', more).replace('safety: {', `safety: { ${safety === '' ? '' : `${safety}, `}`);
  world.compiled = compiledOf({ runbook, policy });
  world.instances = Array.from({ length: hosts }, (_, index) => hostOf(hostId(index + 1)));
  return world;
}

/** The run of step 2, the restart. */
export function isRestart({ dispatch }: Pick<Send, 'dispatch'>): boolean {
  return dispatch.step === 2 && dispatch.part === 'run';
}

/** Lets the restart end with this status on these hosts; everything else succeeds. */
export function answering(world: World, ends: Readonly<Record<string, Partial<Invocation>>>): void {
  world.respond = (send, target) => (isRestart(send) ? (ends[target] ?? {}) : {});
}

/** What went where: `2.run.1.1` → the numbers of its hosts. */
export function sentTo(world: World, step: number, part: Send['dispatch']['part']): number[][] {
  return world.sends
    .filter(({ dispatch }) => dispatch.step === step && dispatch.part === part)
    .map(({ targets }) => targets.map((id) => Number(id.slice(2))));
}
