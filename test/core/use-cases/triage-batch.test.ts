/** Batches of doorbells over CloudWatch as it is: one look for many, mutes, contributors, lag, and only what failed comes again. */
import { describe, expect, test } from 'vitest';
import { alarms } from '../../../adapters/cloudwatch/alarms.ts';
import { isoOf } from '../../../core/time.ts';
import { triage } from '../../../core/use-cases/triage.ts';
import { account, compiledOf, instanceId, region, start } from '../../support/fixtures.ts';
import { MemoryAudit } from '../../support/memory/audit.ts';
import { arnOf, MemoryCloudWatch } from '../../support/memory/cloudwatch.ts';
import { batchOf, queueArn } from '../../support/memory/queue.ts';
import { MemoryStorms } from '../../support/memory/storms.ts';
import { MemoryWork } from '../../support/memory/work.ts';

const compiled = compiledOf();

class Bells {
  now = start;
  readonly audit = new MemoryAudit();
  readonly work = new MemoryWork();
  readonly cloudwatch = new MemoryCloudWatch(() => this.now);
  readonly started: string[] = [];
  readonly noted: [string, string][] = [];
  readonly pauses: number[] = [];

  /** Rings as the queue does; answers which messages are to come again. */
  async ring(messages: readonly { id: string; body: string; deliveries?: number }[]): Promise<string[]> {
    const { batchItemFailures } = await triage(this.#ports(), compiled, batchOf(messages));
    return batchItemFailures.map(({ itemIdentifier }) => itemIdentifier);
  }

  /** Rings as an alarm's action does. */
  async act(event: unknown): Promise<void> {
    await triage(this.#ports(), compiled, event);
  }

  #ports() {
    const { readMany, tags, muted } = alarms(this.cloudwatch.client, () => this.now);
    return {
      writer: this.audit.writer('triage'),
      account,
      region,
      queue: queueArn,
      alarms: readMany,
      tags,
      muted,
      pause: async (milliseconds: number) => {
        this.pauses.push(milliseconds);
        this.now += milliseconds;
      },
      ...new MemoryStorms(this.work, () => this.now),
      lockedBy: this.work.lockedBy,
      open: this.work.open,
      ring: this.work.ring,
      retry: async () => null,
      publicKey: async () => '',
      noted: (what: string, arn: string) => void this.noted.push([what, arn.split(':alarm:')[1] ?? '']),
      start: async (incidentId: string) => void this.started.push(incidentId),
    };
  }

  opened(): string[] {
    return [...this.work.rows.values()].map(({ alarmName }) => alarmName);
  }

  joined(): string[] {
    const [chain = ''] = this.work.rows.keys();
    return this.audit.events(chain).flatMap((event) => (event.kind === 'alarm_joined' ? String(event.state) : []));
  }
}

interface Said {
  readonly state?: string;
  readonly at?: number;
  readonly contributor?: string;
  readonly deliveries?: number;
  readonly muteDetail?: object;
}

/** EventBridge's event about an alarm, as a message of the queue. */
function bell(name: string, { state = 'ALARM', at = start, contributor, deliveries, muteDetail }: Said = {}) {
  const event = {
    source: 'aws.cloudwatch',
    'detail-type': contributor ? 'CloudWatch Alarm Contributor State Change' : 'CloudWatch Alarm State Change',
    resources: [arnOf(name)],
    detail: {
      state: { value: state, timestamp: isoOf(at) },
      ...(contributor ? { alarmContributor: { id: contributor } } : {}),
      ...(muteDetail ? { muteDetail } : {}),
    },
  };
  const id = `${name}-${state}${contributor ?? ''}`;
  return { id, body: JSON.stringify(event), ...(deliveries ? { deliveries } : {}) };
}

const names = (count: number) => Array.from({ length: count }, (_, number) => `fix-${number}`);

describe('a batch of 50', () => {
  test('asks DescribeAlarms once, tags once per alarm in ALARM, mute rules once, and opens each incident', async () => {
    const bells = new Bells();
    for (const name of names(50)) bells.cloudwatch.put(name);
    expect(await bells.ring(names(50).map((name) => bell(name)))).toEqual([]);
    expect(bells.opened().toSorted()).toEqual(names(50).toSorted());
    expect(new Set(bells.started).size).toBe(50);
    expect(Object.fromEntries(bells.cloudwatch.asked)).toEqual({
      DescribeAlarms: 1,
      ListTagsForResource: 50,
      ListAlarmMuteRules: 1,
    });
  });

  test('about one alarm opens one incident, and every copy is counted', async () => {
    const bells = new Bells();
    bells.cloudwatch.put('fix-web');
    const copies = names(50).map((id) => ({ ...bell('fix-web'), id }));
    expect(await bells.ring(copies)).toEqual([]);
    expect(bells.opened()).toEqual(['fix-web']);
    expect([...bells.work.opened.values()]).toMatchObject([{ rung: 50, changes: 0 }]);
    expect(bells.cloudwatch.asked.get('ListTagsForResource')).toBe(1);
  });

  test('has only those come again that failed: tags that are throttled, and a row that is not written', async () => {
    const bells = new Bells();
    for (const name of names(50)) bells.cloudwatch.put(name);
    const throttled = ['fix-7', 'fix-31'];
    bells.cloudwatch.fault = (_, { ResourceARN }) =>
      throttled.some((name) => ResourceARN === arnOf(name)) ? new Error('throttled') : null;
    let opens = 0;
    bells.work.port = (call) => {
      if (call !== 'work.open') return;
      opens += 1;
      if (opens === 3) throw new Error('Work is down');
    };
    const failed = await bells.ring(names(50).map((name) => bell(name)));
    expect(failed).toHaveLength(3);
    expect(failed).toEqual(expect.arrayContaining(throttled.map((name) => `${name}-ALARM`)));
    expect(bells.opened()).toHaveLength(47);
  });

  test('comes again as a whole where DescribeAlarms does not answer, and nothing is recorded as unknown', async () => {
    const bells = new Bells();
    for (const name of names(50)) bells.cloudwatch.put(name);
    bells.cloudwatch.fault = (operation) => (operation === 'DescribeAlarms' ? new Error('throttled') : null);
    expect(await bells.ring(names(50).map((name) => bell(name)))).toHaveLength(50);
    expect(bells.audit.chains.size + bells.noted.length).toBe(0);
  });

  test('records what is no envelope and what is foreign, and answers the rest', async () => {
    const bells = new Bells();
    bells.cloudwatch.put('fix-web');
    const foreign = bell('fix-web').body.replace(account, '999999999999');
    const failed = await bells.ring([{ id: 'a', body: 'disk full!' }, { id: 'b', body: foreign }, bell('fix-web')]);
    expect(failed).toEqual([]);
    expect(bells.opened()).toEqual(['fix-web']);
    const days = [...bells.audit.chains.keys()].filter((chain) => chain.startsWith('DAY#'));
    const whys = days.flatMap((chain) => bells.audit.events(chain).map((event) => String(event.why)));
    expect(whys.toSorted()).toEqual([
      expect.stringMatching(/^SQS: body must be the JSON of an envelope/),
      expect.stringMatching(/^not an alarm of account 111122223333/),
    ]);
  });

  test('of a queue that is none of ours is recorded as that, and rings for nothing', async () => {
    const bells = new Bells();
    bells.cloudwatch.put('fix-web');
    await bells.act(batchOf([bell('fix-web')], 'arn:aws:sqs:eu-central-1:111122223333:orders'));
    expect(bells.opened()).toEqual([]);
    const [day = ''] = bells.audit.chains.keys();
    const why = expect.stringMatching(/^SQS: eventSourceARN must be .*:orders/);
    expect(bells.audit.events(day)).toMatchObject([{ kind: 'envelope_refused', why }]);
  });
});

describe('a quiet alarm', () => {
  const quiet: [string, Parameters<MemoryCloudWatch['put']>[1], Said][] = [
    ['whose actions are disabled', { more: { ActionsEnabled: false } }, {}],
    [
      'whose actions another alarm suppresses',
      { type: 'CompositeAlarm', more: { ActionsSuppressedBy: 'Alarm', ActionsSuppressedReason: 'a deploy' } },
      {},
    ],
    ['that a mute rule mutes', { muted: true }, {}],
    ['that its doorbell says is muted', {}, { muteDetail: { mutedByArn: 'arn:mute' } }],
  ];
  test.each(quiet)('%s opens nothing, and is counted by that reason', async (_what, alarm, said) => {
    const bells = new Bells();
    bells.cloudwatch.put('fix-web', alarm);
    expect(await bells.ring([bell('fix-web', said)])).toEqual([]);
    expect(bells.noted).toEqual([['quiet', 'fix-web']]);
    expect(bells.audit.chains.size + bells.work.rows.size).toBe(0);
  });

  test('whose incident is open still joins it', async () => {
    const bells = new Bells();
    bells.cloudwatch.put('fix-web');
    await bells.ring([bell('fix-web')]);
    bells.cloudwatch.put('fix-web', { muted: true, changedAt: start + 1000 });
    await bells.ring([bell('fix-web', { at: start + 1000, muteDetail: {} })]);
    expect(bells.joined()).toEqual(['ALARM']);
  });

  test('is not taken for loud where mute rules cannot be read: it comes again', async () => {
    const bells = new Bells();
    bells.cloudwatch.put('fix-web');
    bells.cloudwatch.fault = (operation) => (operation === 'ListAlarmMuteRules' ? new Error('AccessDenied') : null);
    expect(await bells.ring([bell('fix-web')])).toEqual(['fix-web-ALARM']);
    expect(bells.opened()).toEqual([]);
  });
});

describe('a log alarm', () => {
  test('opens an incident', async () => {
    const bells = new Bells();
    bells.cloudwatch.put('fix-logs', { type: 'LogAlarm' });
    await bells.ring([bell('fix-logs')]);
    expect(bells.opened()).toEqual(['fix-logs']);
  });
});

describe('CloudWatch that lags behind its event', () => {
  /** The alarm changed to ALARM now, and DescribeAlarms tells so only later. */
  const lagging = (lag: number) => {
    const bells = new Bells();
    bells.cloudwatch.put('fix-web', { state: 'OK', changedAt: start - 60_000 });
    bells.cloudwatch.turn('fix-web', 'ALARM', lag);
    return bells;
  };

  test('by a moment is asked a second time, and the incident opens', async () => {
    const bells = lagging(1_500);
    expect(await bells.ring([bell('fix-web')])).toEqual([]);
    expect(bells.opened()).toEqual(['fix-web']);
    expect(bells.pauses).toEqual([2_000]);
  });

  test('by longer has the doorbell come again, until it tells', async () => {
    const bells = lagging(90_000);
    expect(await bells.ring([bell('fix-web')])).toEqual(['fix-web-ALARM']);
    expect(bells.noted).toEqual([]);
    bells.now += 60_000;
    expect(await bells.ring([bell('fix-web', { deliveries: 2 })])).toEqual(['fix-web-ALARM']);
    bells.now += 60_000;
    expect(await bells.ring([bell('fix-web', { deliveries: 3 })])).toEqual([]);
    expect(bells.opened()).toEqual(['fix-web']);
  });

  test('for good lets the doorbell go: an envelope alone opens nothing', async () => {
    const bells = lagging(Number.POSITIVE_INFINITY);
    expect(await bells.ring([bell('fix-web', { deliveries: 5 })])).toEqual([]);
    expect(bells.noted).toEqual([['unconfirmed', 'fix-web']]);
    expect(bells.opened()).toEqual([]);
  });

  test('behind an alarm’s action throws, so that Lambda tries it again', async () => {
    const bells = lagging(90_000);
    const action = {
      source: 'aws.cloudwatch',
      alarmArn: arnOf('fix-web'),
      alarmData: { state: { value: 'ALARM', timestamp: isoOf(start) } },
    };
    await expect(bells.act(action)).rejects.toThrow('CloudWatch lags behind an envelope of arn:aws:cloudwatch');
  });

  test('behind a return to OK has that doorbell come again too', async () => {
    const bells = new Bells();
    bells.cloudwatch.put('fix-web', { changedAt: start - 60_000 });
    await bells.ring([bell('fix-web', { at: start - 60_000 })]);
    bells.cloudwatch.turn('fix-web', 'OK', 30_000);
    expect(await bells.ring([bell('fix-web', { state: 'OK' })])).toEqual(['fix-web-OK']);
    bells.now += 60_000;
    expect(await bells.ring([bell('fix-web', { state: 'OK', deliveries: 2 })])).toEqual([]);
    expect(bells.joined()).toEqual(['OK']);
  });

  test('is no lag where the alarm changed again since', async () => {
    const bells = new Bells();
    bells.now += 30_000;
    bells.cloudwatch.put('fix-web', { state: 'OK' });
    expect(await bells.ring([bell('fix-web')])).toEqual([]);
    expect(bells.noted).toEqual([['not_in_alarm', 'fix-web']]);
    expect(bells.pauses).toEqual([]);
  });

  test.each(['9999-01-01T00:00:00Z', 'soon'])('is not believed for ever by a claim of %s', async (timestamp) => {
    const bells = lagging(0);
    const { body } = bell('fix-web', { state: 'OK' });
    const said = JSON.parse(body);
    said.detail.state.timestamp = timestamp;
    await bells.ring([{ id: 'a', body: JSON.stringify(said), deliveries: 5 }]);
    expect(bells.opened().length + bells.noted.length).toBe(1);
  });
});

describe('contributors', () => {
  const fleet = () => {
    const bells = new Bells();
    const { contributors } = bells.cloudwatch.put('fix-fleet');
    for (const id of ['c-1', 'c-2']) contributors.set(id, { attributes: { InstanceId: instanceId }, since: start });
    return { bells, contributors };
  };

  test('of one alarm are listed once for a batch, and each opens an incident of its own', async () => {
    const { bells } = fleet();
    await bells.ring(['c-1', 'c-2'].map((contributor) => bell('fix-fleet', { contributor })));
    expect(bells.opened()).toEqual(['fix-fleet', 'fix-fleet']);
    expect(bells.cloudwatch.asked.get('DescribeAlarmContributors')).toBe(1);
  });

  test('one that is listed no more joins its incident as OK, once, however often it rings', async () => {
    const { bells, contributors } = fleet();
    await bells.ring([bell('fix-fleet', { contributor: 'c-1' })]);
    contributors.delete('c-1');
    for (let times = 0; times < 5; times += 1) {
      bells.now += 10_000;
      expect(await bells.ring([bell('fix-fleet', { contributor: 'c-1', state: 'OK', at: bells.now })])).toEqual([]);
    }
    expect(bells.joined()).toEqual(['OK']);
    expect([...bells.work.opened.values()]).toMatchObject([{ rung: 6, changes: 1 }]);
  });

  test('one whose listing fails is not OK: its doorbell comes again', async () => {
    const { bells, contributors } = fleet();
    await bells.ring([bell('fix-fleet', { contributor: 'c-1' })]);
    contributors.delete('c-1');
    bells.cloudwatch.fault = (operation) => (operation === 'DescribeAlarmContributors' ? new Error('throttled') : null);
    const ok = bell('fix-fleet', { contributor: 'c-1', state: 'OK' });
    expect(await bells.ring([ok])).toEqual([ok.id]);
    expect(bells.joined()).toEqual([]);
  });
});
