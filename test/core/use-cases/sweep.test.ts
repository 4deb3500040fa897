/** Sweeping: what hashes and agrees is started, what agrees no longer is told, and what was planted opens nothing and tells nobody. */
import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../../core/alarm/alarm.ts';
import { recoveryChain } from '../../../core/audit/chain.ts';
import { incidentIdOf, type Subject } from '../../../core/subject.ts';
import { isoOf } from '../../../core/time.ts';
import { lockOf, openedEvent } from '../../../core/use-cases/opening.ts';
import { alarmOf, compiledOf, start } from '../../support/fixtures.ts';
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
    await expect(scene.sweep()).rejects.toThrow(/1 could not be swept: inc-.*CloudWatch is down/);
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

describe('an opted-in alarm in ALARM that nobody answered', () => {
  const minutes = (count: number) => start + count * 60_000;
  /** Nothing rang, and the search by tag finds the alarm; the clock stands at a fifth minute. */
  const unheard = (changes: Partial<Alarm> = {}) => {
    const scene = new Scene();
    scene.now = minutes(5);
    scene.alarm = alarmOf(changes);
    scene.optedIn = [scene.alarm.arn];
    return scene;
  };
  const begun = ({ audit }: Scene) => [...audit.chains.keys()].filter((chain) => chain.startsWith('inc-'));

  test('is answered as if it had rung', async () => {
    const scene = unheard();
    await scene.sweep();
    expect(scene.started).toEqual([id]);
    expect(scene.audit.events(id)).toMatchObject([{ kind: 'incident_opened', alarmName: 'fix-web' }]);
    expect([...scene.work.opened.keys()]).toEqual([id]);
    expect(scene.unanswered).toEqual([alarmArn]);
  });

  test('is looked for every fifth minute, and answered once', async () => {
    const scene = unheard();
    for (const minute of [1, 2, 3, 4]) {
      scene.now = minutes(minute);
      await scene.sweep();
    }
    expect(scene.started).toEqual([]);
    scene.now = minutes(5);
    await scene.sweep();
    scene.executions.set(id, 'RUNNING');
    scene.now = minutes(10);
    await scene.sweep();
    expect(scene.started).toEqual([id]);
  });

  const other: [string, Alarm | null][] = [
    ['is OK by now', alarmOf({ state: 'OK' })],
    ['has too little data', alarmOf({ state: 'INSUFFICIENT_DATA' })],
    ['CloudWatch does not know', null],
    ['lost its tag a moment ago', alarmOf({ tags: {} })],
    ['is one of our own', alarmOf({ name: 'countersign-triage-errors' })],
    ['has its actions disabled', alarmOf({ quiet: 'its actions are disabled' })],
    ['changed a moment ago', alarmOf({ stateChangedAt: isoOf(minutes(3)) })],
    ['changed days ago', alarmOf({ stateChangedAt: '2026-11-19T03:00:00.000Z' })],
  ];
  test.each(other)('is not one that %s', async (_what, alarm) => {
    const scene = unheard();
    scene.alarm = alarm;
    await scene.sweep();
    expect(scene.started).toEqual([]);
    expect(begun(scene)).toEqual([]);
    expect(silent(scene)).toBe(true);
  });

  const left: [string, (scene: Scene) => void | Promise<void>][] = [
    ['that a mute rule mutes', (scene) => void scene.muted.add('fix-web')],
    [
      'whose incident is open since an earlier change',
      async (scene) => {
        const earlier = { ...subject, stateChangedAt: '2026-11-21T02:00:00.000Z' };
        const holder = incidentIdOf(earlier);
        await scene.work.open(holder, lockOf(alarmArn, null), { subject: earlier, alarmName: 'fix-web' });
        scene.executions.set(holder, 'RUNNING');
      },
    ],
    ['whose incident was closed', (scene) => scene.write(id, openedEvent(subject, compiledOf(), alarmOf()))],
    ['whose chain was broken', (scene) => void scene.audit.plant(id, 7, 'no entry')],
    ['whose chain was removed and closed beside it', (scene) => void scene.audit.plant(recoveryChain(id), 1, 'x')],
  ];
  test.each(left)('is not one %s', async (_what, prepare) => {
    const scene = unheard();
    await prepare(scene);
    const before = begun(scene);
    await scene.sweep();
    expect(scene.started).toEqual([]);
    expect(begun(scene)).toEqual(before);
    expect(silent(scene)).toBe(true);
  });

  test('of 25 at once is answered ten at a time', async () => {
    const scene = unheard();
    const all = Array.from({ length: 25 }, (_, number) => alarmOf({ name: `fix-${number}` }));
    scene.optedIn = all.map(({ arn }) => arn);
    const named = async (arn: string) => all.find((one) => one.arn === arn) ?? null;
    scene.ports.alarm = named as never;
    scene.ports.alarms = (parts) =>
      Promise.allSettled(parts.map((part) => named((part as { alarmArn: string }).alarmArn)));
    const counts: number[] = [];
    for (const minute of [5, 10, 15, 20]) {
      scene.now = minutes(minute);
      await scene.sweep();
      counts.push(scene.started.length);
      for (const incidentId of scene.started) scene.executions.set(incidentId, 'RUNNING');
    }
    expect(counts).toEqual([10, 20, 25, 25]);
  });

  test('that cannot be looked for fails the sweep after everything else had its turn', async () => {
    const scene = unheard();
    scene.ports.optedIn = async () => {
      throw new Error('AccessDeniedException');
    };
    scene.work.plantOpen('no incident');
    await expect(scene.sweep()).rejects.toThrow(
      'sweep: 1 could not be swept: alarms that nobody answered: AccessDeniedException',
    );
    expect(scene.work.opened.size).toBe(0);
  });
});

describe('the safeguards', () => {
  const failing = {
    table: async () => {
      throw new Error('ThrottlingException');
    },
    mappings: async () => [],
    page: async () => {},
  };

  test('that cannot be looked at fail the sweep after everything else had its turn', async () => {
    const scene = await Scene.of();
    scene.ports.safeguards = failing;
    scene.work.plantOpen('no incident');
    await expect(scene.sweep()).rejects.toThrow('sweep: 1 could not be swept: safeguards: ThrottlingException');
    expect([...scene.work.opened.keys()]).not.toContain('no incident');
  });

  test('that are missing page, whatever else fails', async () => {
    const scene = await Scene.of();
    const pages: string[] = [];
    scene.ports.safeguards = {
      ...failing,
      table: async () => null,
      page: async (subject) => void pages.push(subject),
    };
    scene.ports.execution = async () => {
      throw new Error('AccessDeniedException');
    };
    await expect(scene.sweep()).rejects.toThrow('AccessDeniedException');
    expect(pages).toEqual(['Countersign: 4 safeguards are missing']);
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
