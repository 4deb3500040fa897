/** Sweeping: what hashes and agrees is started, what agrees no longer is told, and what was planted opens nothing and tells nobody. */
import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../../core/alarm/alarm.ts';
import { incidentIdOf, type Subject } from '../../../core/subject.ts';
import { lockOf } from '../../../core/use-cases/triage.ts';
import { alarmOf } from '../../support/fixtures.ts';
import { alarmArn, id, planned, Scene, subject } from './closing.ts';

const flapped = alarmOf({ stateChangedAt: '2026-11-21T03:05:00.000Z' });

/** An incident that triage wrote into Work and could not begin. */
function crashed(prepare: (scene: Scene) => void = () => {}): Promise<Scene> {
  return Scene.of([], prepare).then((scene) => {
    scene.audit.chains.clear();
    return scene;
  });
}

const silent = (scene: Scene) => scene.posts.length + scene.pages.length === 0;

describe('an incident whose machine was never started', () => {
  test('is started when it is what CloudWatch tells now', async () => {
    const scene = await crashed();
    await scene.sweep();
    expect(scene.started).toEqual([id]);
    expect(scene.work.opened.has(id)).toBe(true);
  });

  test.each([
    ['is OK again', alarmOf({ state: 'OK', stateChangedAt: '2026-11-21T03:05:00.000Z' }), 'recovered'],
    ['changed to ALARM again', flapped, 'unverified'],
    ['has too little data', alarmOf({ state: 'INSUFFICIENT_DATA' }), 'unverified'],
  ])('is closed and told when the alarm %s', async (_name, alarm, status) => {
    const scene = await crashed();
    scene.alarm = alarm;
    await scene.sweep();
    expect(scene.started).toEqual([]);
    expect(scene.audit.events(id).at(-2)).toMatchObject({ kind: 'incident_closed', status });
    expect(scene.posts).toHaveLength(1);
    expect(scene.work.opened.size + scene.work.locks.size).toBe(0);
  });

  test('stays open while CloudWatch does not answer, and the others have their turn', async () => {
    const scene = await crashed();
    scene.ports.alarm = async () => {
      throw new Error('CloudWatch is down');
    };
    scene.work.plantOpen('no incident');
    await expect(scene.sweep()).rejects.toThrow(/1 incidents could not be swept: inc-.*CloudWatch is down/);
    expect([...scene.work.opened.keys()]).toEqual([id]);
  });
});

describe('what was planted in Work', () => {
  test('50 OPEN keys without rows, and keys that are no ids, open nothing and tell nobody', async () => {
    const scene = new Scene();
    for (let key = 0; key < 50; key += 1) scene.work.plantOpen(`inc-${String(key).padStart(20, '0')}`);
    for (const key of ['', 'x', 'KILL', `${id}#recovery`, 'inc-XYZ']) scene.work.plantOpen(key);
    await scene.sweep();
    expect(scene.started).toEqual([]);
    expect(silent(scene)).toBe(true);
    expect(scene.work.opened.size + scene.audit.chains.size).toBe(0);
  });

  const rows: [string, Subject][] = [
    ['of an invented change of the real alarm', { ...subject, stateChangedAt: '2026-11-21T02:00:00.000Z' }],
    ['of a change at no time', { ...subject, stateChangedAt: 'never' }],
    ['of a later round', { ...subject, round: 2 }],
    ['of what a person starts', { kind: 'manual', person: 'ana', runbook: 'fix', at: '2026-11-21T02:00:00.000Z' }],
  ];
  test.each(rows)('a row that hashes, %s, starts nothing and tells nobody', async (_name, planted) => {
    const scene = new Scene();
    const own = incidentIdOf(planted);
    scene.work.rows.set(own, { subject: planted, alarmName: 'fix-web' });
    scene.work.plantOpen(own);
    await scene.sweep();
    expect(scene.started).toEqual([]);
    expect(silent(scene)).toBe(true);
    expect(scene.work.opened.size).toBe(0);
  });

  test('a row that does not hash to its key starts nothing', async () => {
    const scene = new Scene();
    scene.work.rows.set(`inc-${'0'.repeat(20)}`, { subject, alarmName: 'fix-web' });
    scene.work.plantOpen(`inc-${'0'.repeat(20)}`);
    await scene.sweep();
    expect(scene.started).toEqual([]);
    expect(silent(scene)).toBe(true);
  });

  test.each([
    ['CloudWatch does not know', null],
    ['is not opted in', alarmOf({ tags: {} })],
  ])('a row about an alarm that %s tells nobody, lock or not', async (_name, alarm: Alarm | null) => {
    const scene = await crashed();
    scene.alarm = alarm;
    await scene.sweep();
    expect(scene.started).toEqual([]);
    expect(silent(scene)).toBe(true);
    expect(scene.work.opened.size).toBe(0);
  });

  test('of 50 invented changes beside the alarm’s lock, one is told', async () => {
    const scene = new Scene();
    for (let second = 0; second < 50; second += 1) {
      const planted = { ...subject, stateChangedAt: `2026-11-21T01:00:${String(second).padStart(2, '0')}.000Z` };
      scene.work.rows.set(incidentIdOf(planted), { subject: planted, alarmName: 'fix-web' });
      scene.work.plantOpen(incidentIdOf(planted));
      scene.work.locks.set(lockOf(alarmArn, null), incidentIdOf(planted));
    }
    await scene.sweep();
    expect(scene.started).toEqual([]);
    expect(scene.posts).toHaveLength(1);
    expect(scene.work.opened.size).toBe(0);
  });

  test('an OPEN key of what was closed and told long ago tells nobody again', async () => {
    const scene = await Scene.of();
    scene.executions.set(id, 'SUCCEEDED');
    await scene.close('halted');
    scene.now += 3 * 3_600_000;
    scene.work.plantOpen(id);
    await scene.sweep();
    expect(scene.posts).toHaveLength(1);
    expect(scene.work.opened.size).toBe(0);
  });
});

describe('an execution', () => {
  test('that runs is left alone, with a broken chain too, until it is too old', async () => {
    const scene = await Scene.of();
    scene.executions.set(id, 'RUNNING');
    scene.tamper(id, 1);
    await scene.sweep();
    expect(silent(scene)).toBe(true);
    scene.now += 8 * 3_600_000;
    await scene.sweep();
    expect(scene.pages).toHaveLength(1);
  });

  test.each([
    ['ABORTED', 'aborted'],
    ['TIMED_OUT', 'halted'],
    ['FAILED', 'failed'],
    ['SUCCEEDED', 'failed'],
  ] as const)('that is %s without a closing is closed as %s', async (state, status) => {
    const scene = await Scene.of([planned()]);
    scene.executions.set(id, state);
    await scene.sweep();
    expect(scene.audit.events(id)).toContainEqual(expect.objectContaining({ kind: 'incident_closed', status }));
    expect(scene.work.opened.size).toBe(0);
  });

  test('that was stopped beside a planted closing and a planted people_told is told of', async () => {
    const scene = await Scene.of();
    scene.executions.set(id, 'ABORTED');
    scene.plant(id, { kind: 'incident_closed', status: 'halted', cause: null });
    scene.plant(id, { kind: 'people_told', incidentId: id, status: 'halted', slack: true, paged: true, late: true });
    await scene.sweep();
    expect([scene.posts.length, scene.pages.length]).toEqual([1, 1]);
  });

  test('that closed and could tell nobody is told of at the next look', async () => {
    const scene = await Scene.of();
    scene.executions.set(id, 'FAILED');
    scene.slackIsDown = true;
    scene.pagerIsDown = true;
    await expect(scene.sweep()).rejects.toThrow(/could not be swept/);
    scene.slackIsDown = false;
    await scene.sweep();
    expect(scene.posts).toHaveLength(1);
    expect(scene.work.opened.size).toBe(0);
  });
});
