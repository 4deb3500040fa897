/** INSUFFICIENT_DATA: nothing is begun, nothing destructive follows what was begun, and the card says so. */
import { describe, expect, test } from 'vitest';
import { noDataNote } from '../../../core/report/words.ts';
import { isoOf } from '../../../core/time.ts';
import { alarmOf } from '../../support/fixtures.ts';
import { approving, type Operator, World } from '../../support/world.ts';

/** The agent goes silent with the restart in step 2; `until` says what the alarm is later. */
function silentAfterRestart(): World {
  const world = new World();
  world.onSend = ({ dispatch }) => {
    if (dispatch.step === 2 && dispatch.part === 'run')
      world.alarm = alarmOf({ state: 'INSUFFICIENT_DATA', stateChangedAt: isoOf(world.now) });
  };
  return world;
}

const sent = (world: World) => world.sends.map(({ dispatch }) => `${dispatch.step}.${dispatch.part}`);
const reasons = (world: World, id: string) =>
  world.events(id).flatMap((event) => (event.kind === 'gate_decided' ? event.reasons.map(({ rule }) => rule) : []));

describe('with too little data', () => {
  test('nothing is begun', async () => {
    const world = new World();
    const id = await world.ring();
    world.alarm = alarmOf({ state: 'INSUFFICIENT_DATA' });
    expect(await world.run(id, approving)).toBe('unverified');
    expect(world.sends).toEqual([]);
  });

  test('nothing destructive follows; without data for too long it halts, and what is always done is done', async () => {
    const world = silentAfterRestart();
    const id = await world.ring();
    expect(await world.run(id, approving)).toBe('halted');
    expect(sent(world)).toContain('2.run');
    expect(sent(world)).not.toContain('3.run');
    expect(sent(world)).toContain('4.run');
    expect(reasons(world, id)).toContain('alarm.no_data');
    expect(world.questions(id).map(({ question }) => question.items[0]?.dispatch.step)).toEqual([2]);
    expect(world.pages).toHaveLength(1);
  });

  test('it goes on when the data come back in ALARM', async () => {
    const world = silentAfterRestart();
    const pass = world.pass;
    world.pass = async (milliseconds) => {
      await pass(milliseconds);
      if (reasons(world, world.incidentId()).includes('alarm.no_data'))
        world.alarm = alarmOf({ stateChangedAt: isoOf(world.now) });
    };
    const id = await world.ring();
    await world.run(id, approving);
    expect(reasons(world, id)).toContain('alarm.no_data');
    expect(sent(world)).toContain('3.run');
  });

  test('the destructive step that was approved before is not sent', async () => {
    const world = new World();
    const losing: Operator = async (one, record) => {
      await approving(one, record);
      if (record.question.items[0]?.dispatch.step === 3)
        // A tick of the machine from now, when the step would be sent.
        one.alarm = alarmOf({ state: 'INSUFFICIENT_DATA', stateChangedAt: isoOf(one.now + 60_000) });
    };
    const id = await world.ring();
    expect(await world.run(id, losing)).toBe('halted');
    expect(sent(world)).not.toContain('3.run');
    expect(world.events(id)).toContainEqual(
      expect.objectContaining({
        kind: 'dispatch_refused',
        outcome: 'stale',
        reasons: [expect.objectContaining({ text: 'CloudWatch has too little data: nothing destructive is begun' })],
      }),
    );
  });

  test('the card of a step that only modifies says so', async () => {
    const world = new World();
    const looked: boolean[] = [];
    const looking: Operator = async (one, record) => {
      looked.push(JSON.stringify(one.posts.at(-1)).includes(noDataNote));
      await approving(one, record);
    };
    world.compiled = { ...world.compiled, runbooks: world.compiled.runbooks.map(twice) };
    world.onSend = ({ dispatch }) => {
      if (dispatch.step === 2 && dispatch.part === 'run')
        world.alarm = alarmOf({ state: 'INSUFFICIENT_DATA', stateChangedAt: isoOf(world.now) });
    };
    await world.run(await world.ring(), looking);
    expect(looked).toEqual([false, true]);
  });
});

/** The runbook with its modifying step a second time, in the place of the destructive one. */
function twice(runbook: World['compiled']['runbooks'][number]) {
  const [look, restart, , last] = runbook.steps;
  if (!look || !restart || !last) throw new Error('the runbook of the fixtures has four steps');
  return { ...runbook, steps: [look, restart, { ...restart, number: 3 }, last] };
}
