/** A step that a person did by hand may have changed something: no ending says that nothing was. */
import { describe, expect, test } from 'vitest';
import { alarmOf, ana, compiledOf, fixRunbook, policyText } from '../../support/fixtures.ts';
import { type Operator, World } from '../../support/world.ts';

/** Looks, and then asks a person to do something; it changes nothing itself. */
const runbook = `${fixRunbook.slice(0, fixRunbook.indexOf('\n2. '))}\n2. Call the owner\n`;

const confirming: Operator = (world, record) =>
  world.click(record, ana, 'confirm', world.now, { reason: 'failed over to db-2' });

/** A person confirms, and the alarm is OK then. */
const helping: Operator = async (world, record) => {
  await confirming(world, record);
  world.alarm = alarmOf({ state: 'OK', stateChangedAt: new Date(world.now).toISOString() });
};

function worldOf(): World {
  const world = new World();
  world.compiled = compiledOf({ runbook, policy: policyText('live') });
  return world;
}

describe('an alarm that goes back to OK after a manual step', () => {
  test('is resolved once it stays OK, and it is said that a person did the step, and never that nothing was changed', async () => {
    const world = worldOf();
    const id = await world.ring();
    expect(await world.run(id, helping)).toBe('resolved');
    const closing = JSON.stringify(world.posts.at(-1));
    expect(closing).toContain('a person did step 2 by hand');
    expect(closing).toContain('✓ 2. Call the owner');
    expect(closing).toMatch(/done by hand.*confirmed by.*failed over to db-2/);
    expect(closing).not.toContain('not run');
    expect(closing).not.toMatch(/Recovered by itself|nothing was changed/i);
    expect(JSON.stringify(world.events(id))).not.toMatch(/nothing was changed/i);
  });

  test('whoever claims that it recovered by itself is not believed', async () => {
    const world = worldOf();
    const id = await world.ring();
    await world.plan(id);
    const dispatch = { step: 1, part: 'run', attempt: 1, wave: 1 } as const;
    await world.gate(id);
    await world.execute(id, dispatch);
    const asked = { ...dispatch, step: 2 };
    await world.gate(id);
    await world.ask(id, asked);
    const record = world.request(id, asked);
    if (!record) throw new Error('nothing was asked');
    await helping(world, record);
    await world.settle(id, asked);
    await world.gate(id);
    expect(await world.close(id, 'recovered')).toBe('unverified');
    expect(JSON.stringify(world.posts.at(-1))).toContain(
      'it was to be told as recovered, but a person did step 2 by hand',
    );
  });
});

test('an alarm that stays on after a manual step is waited for, and never told as if nothing was changed', async () => {
  const world = worldOf();
  const id = await world.ring();
  const began = world.now;
  expect(await world.run(id, confirming)).toBe('unverified');
  expect(world.now - began).toBeGreaterThanOrEqual(60_000);
  const closing = JSON.stringify(world.posts.at(-1));
  expect(closing).toContain('the alarm did not return to OK within 60 s');
  expect(closing).not.toMatch(/nothing was changed/i);
});
