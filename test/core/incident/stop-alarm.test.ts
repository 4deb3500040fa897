/** An alarm of the policy that stops what is under way: before the first change, while people are asked, between waves, and at the kernel. */
import { expect, test } from 'vitest';
import { fleetOf, sentTo } from '../../support/fleet.ts';
import { approving, type World } from '../../support/world.ts';

const name = 'checkout-5xx';

function guarded(hosts = 3): World {
  const more = `environments: { production: { accounts: ['111122223333'], stop_alarms: [${name}] } }`;
  const world = fleetOf(hosts, { more });
  world.stopAlarms = { [name]: 'OK' };
  return world;
}

const namesOf = (world: World) => world.sends.map(({ dispatch: { step, part } }) => `${step}.${part}`);

test('fires before the first change: what looks has run, nothing is changed, and it says which alarm', async () => {
  const world = guarded();
  world.stopAlarms = { [name]: 'ALARM' };
  expect(await world.run(await world.ring())).toBe('halted');
  expect(namesOf(world)).toEqual(['1.run', '2.before']);
  expect(world.questions(world.incidentId())).toEqual([]);
  expect(JSON.stringify(world.posts.at(-1))).toContain(`stop alarm: ${name} is in ALARM`);
});

test('is not there: nothing is changed, and it says so', async () => {
  const world = guarded();
  world.stopAlarms = { [name]: null };
  expect(await world.run(await world.ring())).toBe('halted');
  expect(JSON.stringify(world.posts.at(-1))).toContain(`CloudWatch does not know ${name}`);
});

test('fires while people are asked: the card is taken back, and an approval that was given sends nothing', async () => {
  const world = guarded();
  const id = await world.ring();
  const status = await world.run(id, async (w, record) => {
    await approving(w, record);
    w.stopAlarms = { [name]: 'ALARM' };
  });
  expect(status).toBe('halted');
  expect(namesOf(world)).toEqual(['1.run', '2.before']);
});

test('fires between two waves: no further host, and the way back of those that were reached is asked for', async () => {
  const world = guarded();
  world.onSend = ({ dispatch }) => {
    if (dispatch.step === 2 && dispatch.part === 'run') world.stopAlarms = { [name]: 'ALARM' };
  };
  const id = await world.ring();
  expect(await world.run(id)).toBe('halted');
  expect(sentTo(world, 2, 'run')).toEqual([[1]]);
  expect(sentTo(world, 2, 'rollback')).toEqual([[1]]);
  expect(namesOf(world).at(-1)).toBe('5.run');
});

test('is read by the kernel itself: a dispatch that was approved before is refused', async () => {
  const world = guarded();
  const id = await world.ring();
  const { execute } = world;
  world.execute = (incidentId, dispatch) => {
    if (dispatch.step === 2 && dispatch.part === 'run') world.stopAlarms = { [name]: 'ALARM' };
    return execute.call(world, incidentId, dispatch);
  };
  expect(await world.run(id)).toBe('halted');
  expect(sentTo(world, 2, 'run')).toEqual([]);
  expect(world.events(id).filter(({ kind }) => kind === 'dispatch_refused')).toMatchObject([{ outcome: 'stale' }]);
});

test('that cannot be read stops no more than any other reading: it is read again, and nothing goes out meanwhile', async () => {
  const world = guarded();
  const id = await world.ring();
  world.fault = (port) => {
    if (port === 'stopAlarms') throw new Error('Rate exceeded');
  };
  await expect(world.gate(id)).rejects.toThrow('Rate exceeded');
  expect(world.sends).toEqual([]);
});
