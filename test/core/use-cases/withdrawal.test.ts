/** An alarm that recovers withdraws what waits: by the gate's word, once, told on the card as what it is. */
import { describe, expect, test } from 'vitest';
import { isoOf } from '../../../core/time.ts';
import { alarmOf, start } from '../../support/fixtures.ts';
import { World } from '../../support/world.ts';
import { eventsBefore } from '../approval/asked.ts';
import { named, ran } from '../gate/situations.ts';
import { asked, House } from './asking.ts';

const since = '2026-11-21T03:04:05.000Z';
const words = 'the alarm is OK again since 2026-11-21 03:04 UTC';
const ok = () => alarmOf({ state: 'OK', stateChangedAt: since });

async function withdrawn(house: House) {
  await house.ask('token-1');
  house.alarm = ok();
  house.now += 60_000;
  await expect(house.ask('token-2')).rejects.toMatchObject({ name: 'AlreadyDecided' });
}

describe('nothing was changed yet', () => {
  test('the question is withdrawn, with since when the alarm is OK on its card and in the audit', async () => {
    const house = new House();
    await withdrawn(house);
    expect(house.record().status).toBe('WITHDRAWN');
    expect(house.events('approval_withdrawn')).toEqual([
      { kind: 'approval_withdrawn', dispatch: asked, requestDigest: house.record().digest, why: words },
    ]);
    expect(house.updates.at(-1)?.text).toMatch(new RegExp(`Withdrawn, not run.*${words}`));
    expect(house.updates.at(-1)?.text).not.toMatch(/countersign\.approve|reject|denied|Expired/i);
    expect(await house.settle()).toBe('answered');
    await house.click('approve');
    expect(house.told.at(-1)?.text).toBe('This question is already withdrawn.');
  });

  test('the alarm goes off again: it is asked anew', async () => {
    const house = new House();
    await withdrawn(house);
    house.alarm = alarmOf();
    await house.ask('token-3');
    expect(house.record()).toMatchObject({ status: 'PENDING', question: { revision: 2 } });
    expect(house.posts).toHaveLength(2);
  });

  test('an answer that was faster stands, and is not withdrawn', async () => {
    const house = new House();
    await house.ask('token-1');
    house.alarm = ok();
    let isFirst = true;
    house.control.port = async (name) => {
      if (name !== 'control.end' || !isFirst) return;
      isFirst = false;
      await house.click('approve');
    };
    await expect(house.ask('token-2')).rejects.toThrow();
    expect([house.record().status, house.events('approval_withdrawn')]).toEqual(['APPROVED', []]);
  });

  test('a lost answer of the withdrawal is no lost race', async () => {
    const house = new House();
    await house.ask('token-1');
    house.alarm = ok();
    house.control.after = (name) => {
      if (name === 'control.end') throw new Error('lost');
    };
    await expect(house.ask('token-2')).rejects.toThrow('lost');
    house.control.after = () => {};
    expect(house.record().status).toBe('WITHDRAWN');
    expect(await house.settle()).toBe('answered');
  });

  test('too little data is no recovery', async () => {
    const house = new House();
    await house.ask('token-1');
    house.alarm = alarmOf({ state: 'INSUFFICIENT_DATA', stateChangedAt: since });
    await expect(house.ask('token-2')).rejects.toThrow();
    expect(house.events('approval_withdrawn')).toEqual([]);
    expect(house.record().status).toBe('SUPERSEDED');
  });
});

describe('something was changed already', () => {
  test('what waits is withdrawn at once, and not only once the alarm has stayed OK', async () => {
    const house = new House([...eventsBefore, ...ran('2.run', 'modifying'), ...ran('2.after'), ...ran('3.dry_run')]);
    const next = named('3.run');
    await house.ask('token-1', next);
    house.alarm = { ...ok(), stateChangedAt: isoOf(start + 30_000) };
    house.now = start + 60_000;
    await expect(house.ask('token-2', next)).rejects.toMatchObject({ name: 'AlreadyDecided' });
    expect(house.events('approval_withdrawn').map(({ dispatch }) => dispatch)).toEqual([next]);
  });

  test('under a stop it stays out', async () => {
    const house = new House();
    await house.ask('token-1');
    house.control.kills.set(1, { eventId: 'e', by: 'ana', why: 'stop', at: isoOf(start) });
    await house.ask('token-2');
    expect(house.record().status).toBe('PENDING');
  });
});

test('a whole incident: it ends as recovered, its card as withdrawn, also where the withdrawing crashed before its card', async () => {
  for (const crash of [null, 'update', 'audit.put'] as const) {
    const world = new World();
    const id = await world.ring();
    await world.plan(id);
    let dispatch = null;
    for (let turn = 0; turn < 20 && dispatch === null; turn += 1) {
      const answer = await world.gate(id);
      if (answer.decision === 'ask') dispatch = answer.dispatch;
      else if (answer.decision === 'proceed' && answer.dispatch) {
        await world.execute(id, answer.dispatch);
        await world.poll(id, answer.dispatch);
      }
    }
    if (dispatch === null) throw new Error('nothing was asked');
    await world.ask(id, dispatch);
    world.alarm = alarmOf({ state: 'OK', stateChangedAt: isoOf(world.now + 1000) });
    world.now += 60_000;
    if (crash) {
      world.fault = (port) => {
        if (port === crash) throw new Error('crashed');
      };
    }
    await world.ask(id, dispatch).catch(() => {});
    world.fault = () => {};
    expect(await world.settle(id, dispatch)).toBe('answered');
    expect(await world.gate(id)).toMatchObject({ decision: 'done', status: 'recovered' });
    await world.close(id, 'recovered');
    expect(JSON.stringify(world.updates.at(-1))).toMatch(/Withdrawn, not run.*the alarm is OK again since/);
  }
});
