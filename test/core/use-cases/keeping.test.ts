/** Alarms that open no incident of their own: related ones join, are shown, let go and ring for themselves; one that rings too often rests. */
import { describe, expect, test } from 'vitest';
import { mostJoined } from '../../../adapters/dynamodb/storms.ts';
import { start } from '../../support/fixtures.ts';
import { arnOf } from '../../support/memory/cloudwatch.ts';
import { type Bell, StormWorld } from '../../support/storm-world.ts';
import { Chance } from '../invariants/chance.ts';

const second = 1_000;
const minute = 60 * second;
const correlating = 'storms: { window: 5m }';

function stormOf(policy: string): StormWorld {
  const chance = new Chance(1);
  return new StormWorld(() => chance.next(), policy);
}

/** Two alarms of one host, ten seconds apart. */
const pair: Bell[] = [
  { name: 'fix-first', at: 0, host: 'i-0000000000000000a' },
  { name: 'fix-second', at: 10 * second, host: 'i-0000000000000000a' },
];

function kindsOf({ world }: StormWorld, id: string): string[] {
  return world.events(id).map(({ kind }) => kind);
}

/** The incident of an alarm that had just one. */
function only(storm: StormWorld, name: string): string {
  const ids = storm.incidentsOf(name);
  expect(ids, name).toHaveLength(1);
  return ids[0] as string;
}

describe('a later alarm of the same storm', () => {
  test('opens its own incident by default', async () => {
    const storm = stormOf('');
    await storm.run(pair, 60 * minute);
    expect([...storm.world.work.rows.values()].map(({ alarmName }) => alarmName)).toEqual(['fix-first', 'fix-second']);
    expect(storm.world.events(only(storm, 'fix-first'))[0]).not.toHaveProperty('relations');
  });

  test('joins within the window: no machine, no target, shown in the first message, and the chain says so', async () => {
    const storm = stormOf(correlating);
    storm.answersAfter = 3 * minute;
    await storm.run(pair, 60 * minute, async () => {
      await storm.clock.sleep(minute);
      const first = only(storm, 'fix-first');
      expect([...storm.world.executions.keys()]).toEqual([first]);
      expect(storm.world.events(first)).toContainEqual(
        expect.objectContaining({
          kind: 'related_joined',
          alarmName: 'fix-second',
          relation: 'host i-0000000000000000a',
        }),
      );
      expect(JSON.stringify(storm.world.heads.at(-1))).toMatch(/Also ringing: .*fix-second/);
    });
    const ofFirst = storm.world.sends.filter(({ incidentId }) => incidentId === only(storm, 'fix-first'));
    expect(ofFirst).toHaveLength(1);
  });

  test.each<[string, Partial<Bell>, Partial<Bell>]>([
    ['service', { tags: { service: 'payments' } }, { tags: { service: 'payments' } }],
    ['host', { host: 'i-0000000000000000b' }, { host: 'i-0000000000000000b' }],
  ])('is related by its %s', async (what, one, other) => {
    const storm = stormOf(correlating);
    storm.answersAfter = null;
    const bells = [
      { name: 'fix-a', at: 0, ...one },
      { name: 'fix-b', at: second, ...other },
      { name: 'fix-c', at: 2 * second },
    ];
    await storm.run(bells, 5 * minute);
    expect(storm.incidentsOf('fix-b')).toEqual([]);
    expect(storm.incidentsOf('fix-c')).toHaveLength(1);
    expect(storm.world.events(only(storm, 'fix-a'))).toContainEqual(
      expect.objectContaining({ kind: 'related_joined', relation: expect.stringContaining(what) }),
    );
  });

  test('is related by a composite alarm: that of the child that rang first goes on', async () => {
    const storm = stormOf(correlating);
    storm.answersAfter = null;
    const composite = 'ALARM("fix-child") OR ALARM("fix-other")';
    await storm.run(
      [
        { name: 'fix-child', at: 0 },
        { name: 'fix-all', at: second, composite },
      ],
      2 * minute,
    );
    expect(storm.incidentsOf('fix-all')).toEqual([]);
    expect(storm.world.events(only(storm, 'fix-child'))).toContainEqual(
      expect.objectContaining({ kind: 'related_joined', alarmName: 'fix-all', relation: 'alarm fix-child' }),
    );
  });

  test('opens its own incident after the window', async () => {
    const storm = stormOf('storms: { window: 60s }');
    storm.answersAfter = null;
    await storm.run([pair[0] as Bell, { ...(pair[1] as Bell), at: 90 * second }], 3 * minute);
    expect(storm.incidentsOf('fix-second')).toHaveLength(1);
  });

  test('is let go when it recovers, and may join again', async () => {
    const storm = stormOf(correlating);
    storm.answersAfter = null;
    await storm.run(pair, 4 * minute, async () => {
      await storm.clock.sleep(30 * second);
      const first = only(storm, 'fix-first');
      storm.turn('fix-second', 'OK');
      await storm.clock.sleep(30 * second);
      expect(kindsOf(storm, first)).toContain('related_let_go');
      expect(JSON.stringify(storm.world.heads.at(-1))).not.toContain('Also ringing');
      expect(storm.world.storms.rows.size).toBe(0);
      storm.turn('fix-second', 'ALARM');
      await storm.clock.sleep(30 * second);
      expect(kindsOf(storm, first).filter((kind) => kind === 'related_joined')).toHaveLength(2);
      expect(storm.incidentsOf('fix-second')).toEqual([]);
    });
  });

  test('its copies and changes are none of the incident that it joined', async () => {
    const storm = stormOf(correlating);
    storm.answersAfter = null;
    await storm.run(pair, 3 * minute, async () => {
      for (let copies = 0; copies < 20; copies += 1) storm.turn('fix-second', 'ALARM');
      await storm.clock.sleep(30 * second);
      const kinds = kindsOf(storm, only(storm, 'fix-first'));
      expect(kinds).not.toContain('alarm_joined');
      expect(kinds.filter((kind) => kind === 'related_joined')).toHaveLength(1);
    });
  });

  test.each([
    ['unresolved', true],
    ['resolved', false],
  ])('rings for itself when the first closes %s and it is still on', async (_, isIncurable) => {
    const storm = stormOf(correlating);
    if (isIncurable) storm.incurable.add('fix-first');
    await storm.run(pair, 60 * minute);
    const own = only(storm, 'fix-second');
    expect(storm.lost(['fix-first', 'fix-second'])).toEqual([]);
    expect(storm.world.sends.map(({ incidentId }) => incidentId)).toContain(own);
    expect(storm.world.storms.rows.size).toBe(0);
    const closedAt = storm.world
      .reading(only(storm, 'fix-first'))
      .entries.find(({ kind }) => kind === 'incident_closed')?.at;
    const openedAt = storm.world.reading(own).entries[0]?.at;
    expect(Date.parse(openedAt ?? '') - Date.parse(closedAt ?? '')).toBeLessThan(90 * second);
  });

  test('that recovered with the first rings no more', async () => {
    const storm = stormOf(correlating);
    await storm.run(pair, 60 * minute, async () => {
      storm.cloudwatch.turn('fix-second', 'OK');
    });
    expect(storm.incidentsOf('fix-second')).toEqual([]);
    expect(storm.world.storms.rows.size).toBe(0);
  });

  test('a planted anchor makes nobody join what it shares nothing with, or what is over', async () => {
    const storm = stormOf(correlating);
    storm.answersAfter = null;
    const bells = [
      { name: 'fix-a', at: 0 },
      { name: 'fix-b', at: 20 * second },
    ];
    const planted = storm.run(bells, 3 * minute);
    storm.world.onStart = ((begin) => (incidentId: string) => {
      for (const relation of ['alarm fix-b']) storm.world.work.anchors.set(relation, incidentId);
      begin(incidentId);
    })(storm.world.onStart);
    await planted;
    expect(storm.incidentsOf('fix-b')).toHaveLength(1);
  });

  test('a hundred of one host in the same moment: two or three incidents, and all of them ring for themselves in the end', async () => {
    const storm = stormOf(correlating);
    const bells = Array.from({ length: 100 }, (_, at) => ({ name: `fix-${at}`, at: 0, host: 'i-0000000000000000a' }));
    let early = 0;
    await storm.run(bells, 8 * 60 * minute, async () => {
      await storm.clock.sleep(minute);
      early = storm.world.work.rows.size;
      expect([...storm.world.storms.joins.values()].every((count) => count <= mostJoined)).toBe(true);
      for (const { name } of bells.slice(1)) storm.cloudwatch.turn(name, 'OK');
    });
    expect(early).toBeLessThanOrEqual(3);
    expect(storm.queue.dead).toEqual([]);
    expect(storm.world.storms.rows.size).toBe(0);
  });
});

describe('an alarm that rings again and again', () => {
  /** Rings, is cured, and rings again, so often. */
  const flapping = (storm: StormWorld, times: number) =>
    storm.run([{ name: 'fix-flap', at: 0 }], 6 * 60 * minute, async () => {
      for (let rings = 1; rings < times; rings += 1) {
        await storm.clock.sleep(4 * minute);
        storm.turn('fix-flap', 'OK');
        await storm.clock.sleep(second);
        storm.turn('fix-flap', 'ALARM');
      }
      await storm.clock.sleep(minute);
    });

  test('opens so many incidents within an hour and no more; a person is paged once, the digest and the audit say it', async () => {
    const storm = stormOf('storms: { incidents_per_hour: 3, rest: 30m }');
    let texts: string[] = [];
    storm.world.onPage = (subject, text) => {
      if (subject.includes('is not answered for a while')) texts = [...texts, text];
    };
    await flapping(storm, 8);
    const opened = storm.incidentsOf('fix-flap').map((id) => Date.parse(storm.world.reading(id).entries[0]?.at ?? ''));
    const most = Math.max(
      ...opened.map((at) => opened.filter((other) => other >= at && other < at + 60 * minute).length),
    );
    expect(most).toBe(3);
    expect(texts).toEqual([
      expect.stringMatching(/had 3 incidents within an hour. It is not opened again until 2026-11-21T04/),
    ]);
    const told = [...storm.world.posts, ...storm.world.updates].map(({ text }) => text);
    expect(told).toContain('1 alarm not answered for a while');
    const days = [...storm.world.audit.chains.keys()].filter((chain) => chain.startsWith('DAY#'));
    const rests = days.flatMap((day) => storm.world.events(day)).filter(({ kind }) => kind === 'alarm_rests');
    expect(rests).toMatchObject([{ alarmArn: arnOf('fix-flap'), incidents: 3 }]);
    // It was on when its rest was over, and was opened by itself.
    expect(opened.length).toBeGreaterThan(3);
    expect(opened.some((at) => at > start + 60 * minute)).toBe(true);
    expect(storm.world.storms.rows.size).toBe(0);
  });

  test('that is OK when its rest is over opens nothing', async () => {
    const storm = stormOf('storms: { incidents_per_hour: 1, rest: 30m }');
    await storm.run([{ name: 'fix-flap', at: 0 }], 6 * 60 * minute, async () => {
      await storm.clock.sleep(5 * minute);
      storm.turn('fix-flap', 'ALARM');
      await storm.clock.sleep(5 * minute);
      storm.turn('fix-flap', 'OK');
      await storm.clock.sleep(90 * minute);
    });
    expect(storm.incidentsOf('fix-flap')).toHaveLength(1);
    expect(storm.world.storms.rows.size).toBe(0);
  });

  test('a late copy of a doorbell whose incident is over is no further ring', async () => {
    const storm = stormOf('storms: { incidents_per_hour: 1, rest: 30m }');
    await storm.run([{ name: 'fix-flap', at: 0 }], 60 * minute, async () => {
      await storm.clock.sleep(10 * minute);
      expect(storm.world.work.opened.size).toBe(0);
      const alarm = storm.cloudwatch.alarms.get('fix-flap');
      if (alarm) Object.assign(alarm, { state: 'ALARM', changedAt: start });
      storm.ring('fix-flap', 'ALARM');
      await storm.clock.sleep(2 * minute);
    });
    expect(storm.world.storms.rows.size).toBe(0);
    expect(storm.world.pages).toEqual([]);
  });

  test.each([2, 6])('the policy says how many: %i', async (most) => {
    const storm = stormOf(`storms: { incidents_per_hour: ${most} }`);
    await flapping(storm, 9);
    const within = storm
      .incidentsOf('fix-flap')
      .filter((id) => Date.parse(storm.world.reading(id).entries[0]?.at ?? '') < start + 59 * minute);
    expect(within).toHaveLength(most);
  });
});
