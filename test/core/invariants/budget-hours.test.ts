/** The budget of unasked actions at the turn of the hour: contributors of one alarm, at the same moment, get no more than it. */
import { expect, test } from 'vitest';
import type { Dispatch } from '../../../core/dispatch.ts';
import { open } from '../../../core/use-cases/opening.ts';
import { alarmOf, compiledOf, policyText, standing, start } from '../../support/fixtures.ts';
import { hostId } from '../../support/fleet.ts';
import { World } from '../../support/world.ts';

const fullHour = start + 3_600_000;
const restart: Dispatch = { step: 2, part: 'run', attempt: 1, wave: 1 };

/** Two incidents about contributors of one alarm, each on a host of its own, up to its restart under a standing approval for so many. */
async function twoBefore(most: number): Promise<{ world: World; ids: [string, string] }> {
  const world = new World();
  world.compiled = compiledOf({ policy: policyText('live', standing(most)) });
  world.instances = [1, 2].map((number) => ({ id: hostId(number), tags: { countersign: 'on' }, online: true }));
  const contributor = (name: string) =>
    alarmOf({ contributorId: name, dimensions: { InstanceId: hostId(name === 'a' ? 1 : 2) } });
  world.readAlarm = async (_, name) => contributor(name ?? 'a');
  world.now = fullHour - 100_000;
  const { lockedBy, open: opening, ring } = world.work;
  const ports = {
    ...world.storms,
    writer: world.writer('triage'),
    lockedBy,
    open: opening,
    ring,
    start: async () => {},
  };
  for (const name of ['a', 'b']) await open(ports, world.compiled, contributor(name));
  const ids = [...world.work.rows.keys()] as [string, string];
  for (const id of ids) {
    await world.plan(id);
    for (const dispatch of [
      { ...restart, step: 1 },
      { ...restart, part: 'before' as const },
    ]) {
      await world.gate(id);
      await world.execute(id, dispatch);
    }
    expect(await world.gate(id)).toMatchObject({ decision: 'proceed', dispatch: restart });
  }
  return { world, ids };
}

const unasked = ({ dispatches }: World) => [...dispatches.burnt.values()].filter((burn) => burn.standing !== null);

/** The first reads its slots before the hour; while it is about to burn the hour turns, and the second burns. */
async function acrossTheHour(most: number): Promise<World> {
  const { world, ids } = await twoBefore(most);
  world.now = fullHour - 5;
  let hasTurned = false;
  world.fault = async (port) => {
    if (port !== 'dispatches.burn' || hasTurned) return;
    hasTurned = true;
    world.now += 10;
    await world.execute(ids[1], restart);
  };
  await world.execute(ids[0], restart);
  return world;
}

test('two that read it on either side of the full hour: a budget of one is used once', async () => {
  const world = await acrossTheHour(1);
  expect(unasked(world)).toHaveLength(1);
  expect(world.sends.filter(({ dispatch }) => dispatch.step === 2 && dispatch.part === 'run')).toHaveLength(1);
});

test('a budget of two is two, although each has a slot in both hours', async () => {
  const world = await acrossTheHour(2);
  expect(unasked(world)).toHaveLength(2);
  expect(new Set(world.dispatches.taken.map(({ row }) => row)).size).toBe(4);
});
