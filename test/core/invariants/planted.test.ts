/** F12: rows and keys that somebody plants in Work open nothing, and a flapping alarm's budget is the alarm's, not the incident's. */
import { describe, expect, test } from 'vitest';
import { verifyChain } from '../../../core/audit/verify.ts';
import { incidentIdOf } from '../../../core/subject.ts';
import { isoOf } from '../../../core/time.ts';
import { lockOf } from '../../../core/use-cases/opening.ts';
import { alarmOf, compiledOf, policyText, standing, start } from '../../support/fixtures.ts';
import { ignoring, World } from '../../support/world.ts';
import { isChange } from './witness.ts';

const policy = (most: number) => policyText('live', `${standing(most)}\nstorms: { incidents_per_hour: 60 }`);

describe('planted rows', () => {
  /** Rows that hash to their keys, about changes of the alarm that never were, each OPEN. */
  function plant(world: World, count: number): string[] {
    return Array.from({ length: count }, (_, index) => {
      const { arn: alarmArn } = alarmOf();
      const stateChangedAt = isoOf(start - 3600_000 - index);
      const subject = { kind: 'alarm' as const, alarmArn, contributorId: null, stateChangedAt, round: 1 };
      const id = incidentIdOf(subject);
      world.work.rows.set(id, { subject, alarmName: 'fix-web' });
      world.work.plantOpen(id);
      return id;
    });
  }

  test('20 of them, beside a genuine incident: no execution, no card, nobody told', async () => {
    const world = new World();
    world.compiled = compiledOf({ policy: policy(5) });
    const genuine = await world.ring();
    const planted = plant(world, 20);
    await world.sweep();
    expect([...world.executions.keys()]).toEqual([genuine]);
    for (const id of planted) expect(world.audit.chains.has(id)).toBe(false);
    expect([...world.posts, ...world.pages]).toEqual([]);
    expect([...world.work.opened.keys()]).toEqual([genuine]);
  });

  test('a machine that is started for one of them plans, asks and sends nothing, and ends', async () => {
    const world = new World();
    world.compiled = compiledOf({ policy: policy(5) });
    const [id = ''] = plant(world, 1);
    expect(await world.run(id)).toBe('halted');
    expect(world.events(id).map(({ kind }) => kind)).not.toContain('planned');
    expect([world.sends, world.questions(id)]).toEqual([[], []]);
    expect(world.work.opened.size).toBe(0);
  });

  test('a genuine row whose alarm recovered before anything was written ends with a whole chain', async () => {
    const world = new World();
    const [id = ''] = plant(world, 1);
    world.alarm = alarmOf({ state: 'OK', stateChangedAt: isoOf(start) });
    await world.run(id);
    const facts = {
      burns: [],
      byFirstRelease: [],
      publicKey: await world.publicKey(),
      isOpen: false,
      recovery: null,
    };
    expect(verifyChain(id, world.audit.chains.get(id) ?? [], facts)).toMatchObject({ problems: [], closed: true });
    expect(world.events(id).map(({ kind }) => kind)).toEqual(['incident_opened', 'incident_closed', 'people_told']);
  });

  test('50 OPEN keys without rows: no execution, no page, no message', async () => {
    const world = new World();
    for (let index = 0; index < 50; index += 1) world.work.plantOpen(`inc-${String(index).padStart(20, '0')}`);
    await world.sweep();
    expect([world.executions.size, world.posts.length, world.pages.length, world.work.opened.size]).toEqual([
      0, 0, 0, 0,
    ]);
  });

  test('a planted row that holds the lock neither starts nor keeps the genuine alarm from being answered', async () => {
    const world = new World();
    const [planted = ''] = plant(world, 1);
    world.work.locks.set(lockOf(alarmOf().arn, null), planted);
    await world.ring();
    await world.sweep();
    await world.ring();
    const { arn: alarmArn, stateChangedAt } = alarmOf();
    const genuine = incidentIdOf({ kind: 'alarm', alarmArn, contributorId: null, stateChangedAt, round: 1 });
    expect([...world.executions.keys()]).toEqual([genuine]);
  });
});

test('20 flaps in 60 minutes under a standing approval for 2: at most 2 go out unsigned, the rest is asked', async () => {
  const world = new World();
  world.compiled = compiledOf({ policy: policy(2) });
  const unsigned: number[] = [];
  let asked = 0;
  for (let flap = 0; flap < 20; flap += 1) {
    world.now = start + flap * 180_000;
    world.alarm = alarmOf({ stateChangedAt: isoOf(world.now - 1000) });
    world.onSend = (send) => {
      if (!isChange(send)) return;
      unsigned.push(world.now);
      world.alarm = alarmOf({ state: 'OK', stateChangedAt: isoOf(world.now) });
    };
    const id = await world.ring();
    await world.run(id, async (w) => {
      asked += 1;
      w.alarm = alarmOf({ state: 'OK', stateChangedAt: isoOf(w.now) });
    });
  }
  expect(world.work.rows.size).toBe(20);
  expect(unsigned).toHaveLength(2);
  expect(asked).toBeGreaterThanOrEqual(18);
  const later = start + 61 * 60_000 + 3600_000;
  world.now = later;
  world.alarm = alarmOf({ stateChangedAt: isoOf(later - 1000) });
  await world.run(await world.ring(), ignoring);
  expect(unsigned).toHaveLength(3);
});
