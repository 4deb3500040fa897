/** An alarm that is quietened while its incident runs: nothing is begun for it, and what was begun is not left half done. */
import { describe, expect, test } from 'vitest';
import { alarmOf } from '../../support/fixtures.ts';
import { approving, World } from '../../support/world.ts';

const quiet = alarmOf({ quiet: 'its actions are disabled' });
const sent = (world: World) => world.sends.map(({ dispatch }) => `${dispatch.step}.${dispatch.part}`);

describe('an alarm whose actions are disabled', () => {
  test('before anything was changed halts, and says why', async () => {
    const world = new World();
    const id = await world.ring();
    world.alarm = quiet;
    expect(await world.run(id, approving)).toBe('halted');
    expect(world.sends).toEqual([]);
    const text = 'the alarm fix-web is quiet: its actions are disabled';
    expect(world.events(id)).toContainEqual(
      expect.objectContaining({ kind: 'gate_decided', reasons: [{ rule: 'alarm.not_opted_in', text }] }),
    );
  });

  test('after something was changed has the rest done', async () => {
    const world = new World();
    world.onSend = ({ dispatch }) => {
      if (dispatch.step === 2 && dispatch.part === 'run') world.alarm = quiet;
    };
    const id = await world.ring();
    expect(await world.run(id, approving)).toBe('unverified');
    expect(sent(world)).toEqual(expect.arrayContaining(['2.run', '3.run', '4.run']));
  });

  test('and whose tag is removed halts at once, whatever was changed', async () => {
    const world = new World();
    world.onSend = ({ dispatch }) => {
      if (dispatch.step === 2 && dispatch.part === 'run') world.alarm = alarmOf({ tags: {} });
    };
    const id = await world.ring();
    expect(await world.run(id, approving)).toBe('halted');
    expect(sent(world)).not.toContain('3.run');
  });
});
