/** Triage: a doorbell opens exactly one incident for an opted-in alarm in ALARM; copies and flaps are counted, and a crash loses none. */
import { generateKeyPairSync, sign as signWith } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { Alarm } from '../../../core/alarm/alarm.ts';
import { dayChain, disbelief, readChain } from '../../../core/audit/chain.ts';
import { payloadTypes, type Sign, seal } from '../../../core/dsse.ts';
import { type AlarmSubject, incidentIdOf } from '../../../core/subject.ts';
import { isoOf } from '../../../core/time.ts';
import { type Ignored, triage } from '../../../core/use-cases/triage.ts';
import { account, alarmOf, ana, compiledOf, region, start } from '../../support/fixtures.ts';
import { MemoryAudit } from '../../support/memory/audit.ts';
import { queueArn } from '../../support/memory/queue.ts';
import { MemoryStorms } from '../../support/memory/storms.ts';
import { MemoryWork } from '../../support/memory/work.ts';
import { pem, signer } from '../approval/asked.ts';

const compiled = compiledOf();
const envelopeOf = ({ arn }: Alarm) => ({ source: 'aws.cloudwatch', alarmArn: arn, alarmData: {} });
const idOf = ({ arn, contributorId, stateChangedAt }: Alarm) =>
  incidentIdOf({ kind: 'alarm', alarmArn: arn, contributorId, stateChangedAt, round: 1 });

class Bell {
  readonly audit = new MemoryAudit();
  readonly work = new MemoryWork();
  readonly storms = new MemoryStorms(this.work, () => start);
  readonly started: string[] = [];
  readonly ignored: Ignored[] = [];
  alarm: Alarm | null = alarmOf();
  /** The word in Control that an incident shall begin. */
  word: unknown = null;
  fault: (name: string) => void = () => {};

  readonly ports = {
    writer: this.audit.writer('triage'),
    account,
    region,
    queue: queueArn,
    alarms: async (parts: readonly unknown[]) =>
      Promise.allSettled(
        parts.map(async () => {
          this.fault('alarm');
          return this.alarm;
        }),
      ),
    tags: async () => this.alarm?.tags ?? {},
    muted: async () => new Set<string>(),
    pause: async () => {},
    ...this.storms,
    lockedBy: this.work.lockedBy,
    open: this.work.open,
    ring: this.work.ring,
    retry: async (): Promise<unknown> => this.word,
    publicKey: async () => pem,
    noted: (what: Ignored) => void this.ignored.push(what),
    start: async (incidentId: string) => {
      this.fault('start');
      this.started.push(incidentId);
    },
  };

  ring(event: unknown = envelopeOf(this.alarm ?? alarmOf())) {
    return triage(this.ports, compiled, event);
  }

  kinds(chain: string): string[] {
    return this.audit.events(chain).map(({ kind }) => kind);
  }

  refusals(): string[] {
    const days = [...this.audit.chains.keys()].filter((chain) => chain.startsWith('DAY#'));
    return days.flatMap((chain) => this.audit.events(chain).map((event) => String(event.why)));
  }
}

describe('a doorbell', () => {
  test('opens one incident, whose opening proves its id, and starts its machine', async () => {
    const bell = new Bell();
    await bell.ring();
    const id = idOf(alarmOf());
    expect(bell.started).toEqual([id]);
    const [opening] = bell.audit.events(id);
    const subject = { kind: 'alarm', alarmArn: alarmOf().arn, contributorId: null, round: 1 };
    expect(opening).toMatchObject({ kind: 'incident_opened', alarmName: 'fix-web', subject });
    expect(bell.work.opened.get(id)).toMatchObject({ rung: 1, changes: 0 });
  });

  test('rung 10,000 times is counted, and adds nothing to the chain', async () => {
    const bell = new Bell();
    for (let copies = 0; copies < 10_000; copies += 1) await bell.ring();
    const id = idOf(alarmOf());
    expect(bell.work.opened.get(id)).toMatchObject({ rung: 10_000, changes: 0 });
    expect(bell.kinds(id)).toEqual(['incident_opened']);
    expect(bell.started).toEqual([id]);
  });

  test('of a flap joins the open incident, at most ten times in words', async () => {
    const bell = new Bell();
    await bell.ring();
    for (let flap = 1; flap <= 100; flap += 1) {
      const stateChangedAt = new Date(Date.parse('2026-11-21T03:00:00Z') + flap * 1000).toISOString();
      bell.alarm = alarmOf({ state: flap % 2 === 0 ? 'ALARM' : 'OK', stateChangedAt });
      await bell.ring();
    }
    const id = idOf(alarmOf());
    expect([...bell.work.rows.keys()]).toEqual([id]);
    expect(bell.work.opened.get(id)).toMatchObject({ rung: 101, changes: 10 });
    expect(bell.kinds(id)).toEqual(['incident_opened', ...Array(10).fill('alarm_joined')]);
  });

  test('after the end opens nothing anew for the same change, and the next change opens the next', async () => {
    const bell = new Bell();
    await bell.ring();
    await bell.work.release(idOf(alarmOf()));
    await bell.ring();
    expect(bell.work.opened.size).toBe(0);
    expect(bell.started).toHaveLength(1);
    bell.alarm = alarmOf({ stateChangedAt: '2026-11-21T03:01:00.000Z' });
    await bell.ring();
    expect(bell.started).toEqual([idOf(alarmOf()), idOf(bell.alarm)]);
  });

  test('whose holder closes in between is tried again, and does not put the closed one back', async () => {
    const bell = new Bell();
    await bell.ring();
    const held = idOf(alarmOf());
    bell.alarm = alarmOf({ stateChangedAt: '2026-11-21T03:01:00.000Z' });
    bell.work.port = async (name) => {
      if (name !== 'work.ring') return;
      bell.work.port = () => {};
      await bell.work.release(held);
    };
    await expect(bell.ring()).rejects.toThrow(/try again/);
    expect(bell.work.opened.size).toBe(0);
    await bell.ring();
    expect([...bell.work.opened.keys()]).toEqual([idOf(bell.alarm)]);
  });

  test('of a change before the opening was written leaves the opening first', async () => {
    const bell = new Bell();
    bell.audit.port = () => {
      throw new Error('Audit is down');
    };
    await expect(bell.ring()).rejects.toThrow();
    bell.audit.port = () => {};
    const alarm = alarmOf();
    bell.alarm = alarmOf({ state: 'OK', stateChangedAt: '2026-11-21T03:01:00.000Z' });
    await bell.ring();
    bell.alarm = alarm;
    await bell.ring();
    expect(bell.kinds(idOf(alarm))[0]).toBe('incident_opened');
  });

  test('of a change on a chain that takes no entry is counted and stops nothing', async () => {
    const bell = new Bell();
    await bell.ring();
    const id = idOf(alarmOf());
    bell.audit.plant(id, 2, 'no entry');
    bell.alarm = alarmOf({ state: 'OK', stateChangedAt: '2026-11-21T03:01:00.000Z' });
    await bell.ring();
    expect(bell.work.opened.get(id)).toMatchObject({ rung: 2, changes: 1 });
  });

  test('is not kept out by a row or an OPEN key that was planted under its id', async () => {
    const bell = new Bell();
    const id = idOf(alarmOf());
    const other = { kind: 'alarm' as const, alarmArn: 'x', contributorId: null, stateChangedAt: 'x', round: 1 };
    bell.work.rows.set(id, { subject: other, alarmName: 'x' });
    bell.work.plantOpen(id);
    await bell.ring();
    expect(bell.started).toEqual([id]);
    expect(bell.work.rows.get(id)?.alarmName).toBe('fix-web');
  });

  const refused: [string, Alarm | null, RegExp][] = [
    ['that CloudWatch does not know', null, /does not know/],
    ['of another account', alarmOf({ arn: `arn:aws:cloudwatch:${region}:999999999999:alarm:fix-web` }), /of account/],
    ['of another region', alarmOf({ arn: `arn:aws:cloudwatch:us-east-1:${account}:alarm:fix-web` }), /of account/],
  ];
  test.each(refused)('of an alarm %s opens nothing and is recorded', async (_name, alarm, why) => {
    const bell = new Bell();
    bell.alarm = alarm;
    await bell.ring(envelopeOf(alarm ?? alarmOf()));
    expect(bell.work.rows.size + bell.started.length).toBe(0);
    expect(bell.refusals()).toEqual([expect.stringMatching(why)]);
  });

  test.each([null, 42, 'x', {}, { Records: [] }, { source: 'aws.cloudwatch' }, { alarmArn: 7 }])(
    'that is malformed (%j) opens nothing and is recorded in a shard of the day',
    async (event) => {
      const bell = new Bell();
      await bell.ring(event);
      expect(bell.work.rows.size).toBe(0);
      expect(bell.refusals()).toHaveLength(1);
      expect([...bell.audit.chains.keys()]).toEqual([dayChain('2026-11-21T03:00:00.000Z', 'entry-1')]);
    },
  );

  const ignored: [string, Alarm, Ignored][] = [
    ['that is not in ALARM', alarmOf({ state: 'OK' }), 'not_in_alarm'],
    ['that is not opted in', alarmOf({ tags: {} }), 'not_opted_in'],
    ['that is one of our own', alarmOf({ name: 'countersign-errors' }), 'not_opted_in'],
    ['whose actions are disabled', alarmOf({ quiet: 'its actions are disabled' }), 'quiet'],
  ];
  test.each(ignored)('of an alarm %s is noted, and is no entry', async (_name, alarm, what) => {
    const bell = new Bell();
    bell.alarm = alarm;
    await bell.ring();
    expect(bell.ignored).toEqual([what]);
    expect(bell.audit.chains.size + bell.work.rows.size).toBe(0);
  });
});

/** Everything that triage calls, in the order in which it does for a first doorbell. */
const calls = ['alarm', 'work.open', 'audit.put', 'start'];

describe.each(['before', 'after'] as const)('an error %s the effect', (when) => {
  test.each(calls)('of %s: the retry opens one incident', async (call) => {
    const bell = new Bell();
    let faults = 0;
    const fail = (name: string) => {
      if (name === call && faults++ === 0) throw new Error('lost');
    };
    if (when === 'before') {
      bell.fault = fail;
      bell.work.port = fail;
      bell.audit.port = fail;
    } else {
      bell.work.after = fail;
      bell.audit.after = fail;
    }
    await bell.ring().catch(() => {});
    await bell.ring();
    const id = idOf(alarmOf());
    expect([...bell.work.rows.keys()]).toEqual([id]);
    expect(bell.kinds(id)).toEqual(['incident_opened']);
    expect(disbelief(readChain(id, bell.audit.chains.get(id) ?? []))).toBeNull();
    // A start that failed is sweep's, which comes within a minute.
    if (call !== 'start') expect(new Set(bell.started)).toEqual(new Set([id]));
  });
});

describe('a new plan that a person asked for', () => {
  const of = (alarm: Alarm, round = 2): AlarmSubject => ({
    kind: 'alarm',
    alarmArn: alarm.arn,
    contributorId: null,
    stateChangedAt: alarm.stateChangedAt,
    round,
  });
  const said = (subject: AlarmSubject, sign: Sign = signer) =>
    seal(payloadTypes.retry, { format: 1, subject, by: { ...ana, via: 'slack' }, at: isoOf(start) }, sign);

  test('opens the round that was signed, once, with what it is about in its first entry', async () => {
    const bell = new Bell();
    const subject = of(alarmOf());
    const retry = incidentIdOf(subject);
    bell.word = await said(subject);
    await bell.ring({ retry });
    await bell.ring({ retry });
    expect(bell.started).toEqual([retry]);
    expect(bell.audit.events(retry)).toMatchObject([{ kind: 'incident_opened', subject }]);
    expect(bell.refusals()).toEqual([]);
  });

  test.each<[string, (bell: Bell) => Promise<unknown> | unknown, string]>([
    ['nobody signed', () => null, 'nobody signed'],
    ['another key signed', async () => said(of(alarmOf()), foreign), 'nobody signed'],
    ['was signed for another round', () => said(of(alarmOf(), 3)), 'nobody signed'],
    [
      'is about an alarm that is OK by now',
      (bell) => {
        bell.alarm = alarmOf({ state: 'OK' });
        return said(of(alarmOf()));
      },
      'it is OK since',
    ],
    [
      'is about an alarm that is not opted in any more',
      (bell) => {
        bell.alarm = alarmOf({ tags: {} });
        return said(of(alarmOf()));
      },
      'may open nothing now',
    ],
    [
      'is about an alarm that is gone',
      (bell) => {
        bell.alarm = null;
        return said(of(alarmOf()));
      },
      'is not known',
    ],
  ])('one that %s begins nothing, and why is recorded', async (_, prepare, why) => {
    const bell = new Bell();
    bell.word = await prepare(bell);
    await bell.ring({ retry: incidentIdOf(of(alarmOf())) });
    expect(bell.started).toEqual([]);
    expect(bell.refusals()).toEqual([expect.stringContaining(why)]);
  });

  test('one about an alarm that was off since and is on again opens the first round of that change, once', async () => {
    const bell = new Bell();
    bell.word = await said(of(alarmOf()));
    bell.alarm = alarmOf({ stateChangedAt: '2026-11-21T04:00:00.000Z' });
    await bell.ring({ retry: incidentIdOf(of(alarmOf())) });
    await bell.ring({ retry: incidentIdOf(of(alarmOf())) }).catch(() => {});
    expect(bell.started).toEqual([incidentIdOf(of(bell.alarm, 1))]);
  });

  test.each([{ retry: 'inc-1' }, { retry: 'inc-0123456789abcdef0123', more: 1 }, { retry: null }])(
    '%j is no such word, and no envelope',
    async (event) => {
      const bell = new Bell();
      await bell.ring(event);
      expect([bell.started, bell.refusals().length]).toEqual([[], 1]);
    },
  );
});

const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const foreign: Sign = async (message) => ({
  keyid: 'foreign',
  sig: signWith('sha256', message, privateKey).toString('base64'),
});
