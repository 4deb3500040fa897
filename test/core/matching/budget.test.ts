/** Questions to the model within the policy's budget: beyond it planning is deterministic, the plan says so, and goes on. */
import { expect, test } from 'vitest';
import { hourBucket } from '../../../core/pace.ts';
import { isoOf } from '../../../core/time.ts';
import { alarmOf, compiledOf, policyText, start } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';

/** Plans so many incidents, so many milliseconds apart, with a model that each of them asks; when it was asked. */
async function asked(plans: number, apart: number, most: number) {
  const world = new World();
  world.compiled = compiledOf({
    policy: policyText('live').replace('llm: { enabled: true }', `llm: { enabled: true, calls_per_hour: ${most} }`),
  });
  const at: number[] = [];
  world.model = {
    name: 'model',
    ask: async ({ schema }) => {
      at.push(world.now);
      return schema.parse({ steps: [] });
    },
  };
  // Nothing is remembered: each plan asks.
  world.fault = (port) => {
    if (port === 'work.keepVote') throw new Error('the work table is down');
  };
  const notes: string[] = [];
  for (let number = 0; number < plans; number += 1) {
    world.now = start + number * apart;
    world.alarm = alarmOf({ name: `fix-${number}`, stateChangedAt: isoOf(world.now - 1_000) });
    const id = await world.ring();
    await world.plan(id);
    const planned = world.events(id).find(({ kind }) => kind === 'planned');
    if (planned?.kind === 'planned') notes.push(planned.model);
    expect(planned).toMatchObject({ runbook: { id: 'fix' } });
  }
  return { at, notes };
}

test('beyond the budget the model is not asked, and the plan says that it was made without', async () => {
  const { at, notes } = await asked(20, 0, 10);
  expect(at).toHaveLength(3);
  expect(notes.filter((note) => note.includes('BudgetSpent'))).toHaveLength(17);
  expect(notes.at(-1)).toBe('failed (BudgetSpent) at the risk vote: the static floor stands');
});

test.each([10, 40])('no hour has more than %i questions', async (most) => {
  const { at } = await asked(150, 60_000, most);
  const within = at.map((one) => at.filter((other) => other >= one && other < one + 3_600_000).length);
  expect(Math.max(...within)).toBeLessThanOrEqual(most);
  expect(at.length).toBeGreaterThan(most);
});

test('a budget that cannot be looked up is spent', async () => {
  const world = new World();
  world.model = { name: 'model', ask: async ({ schema }) => schema.parse({ steps: [] }) };
  world.pace.port = () => {
    throw new Error('the work table is down');
  };
  const id = await world.ring();
  await world.plan(id);
  expect(world.events(id).find(({ kind }) => kind === 'planned')).toMatchObject({
    model: expect.stringContaining('BudgetSpent'),
  });
});

test('an hour’s bucket fits into the hour', () => {
  const { interval, mostAhead } = hourBucket('model', 100);
  expect(Math.floor((3_600_000 + mostAhead) / interval) + 1).toBeLessThanOrEqual(100);
});
