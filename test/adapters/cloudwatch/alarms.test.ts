/** CloudWatch's answers: which alarm is meant, its tags, its contributors, and a metric that may not be readable. */
import {
  CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListTagsForResourceCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { alarms } from '../../../adapters/cloudwatch/alarms.ts';
import { rememberedTags } from '../../../adapters/cloudwatch/remembered-tags.ts';
import { isoOf } from '../../../core/time.ts';
import { alarmOf, start } from '../../support/fixtures.ts';
import { arnOf, type MemoryAlarm, MemoryCloudWatch } from '../../support/memory/cloudwatch.ts';

const cloudwatch = mockClient(CloudWatchClient);
const { read, evidence } = alarms(new CloudWatchClient({ region: 'eu-central-1' }), () => start);
const alarm = alarmOf();
const at = new Date(alarm.stateChangedAt);
const metric: MetricAlarm = {
  AlarmArn: alarm.arn,
  AlarmName: alarm.name,
  AlarmDescription: alarm.description,
  StateValue: 'ALARM',
  StateReason: alarm.stateReason,
  StateTransitionedTimestamp: at,
  Namespace: 'CWAgent',
  MetricName: 'disk_used_percent',
  ComparisonOperator: 'GreaterThanThreshold' as const,
  Threshold: 90,
  Statistic: 'Maximum',
  Period: 60,
  Dimensions: [{ Name: 'InstanceId', Value: 'i-0123456789abcdef0' }],
};

beforeEach(() => {
  cloudwatch.reset();
  cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [metric] });
  cloudwatch.on(ListTagsForResourceCommand).resolves({ Tags: [{ Key: 'countersign', Value: 'on' }] });
});

describe('reading an alarm', () => {
  test('asks for every type by name, and for the tags of exactly that ARN', async () => {
    expect(await read(alarm.arn, null)).toEqual(alarm);
    const [asked] = cloudwatch.commandCalls(DescribeAlarmsCommand);
    expect(asked?.args[0].input).toEqual({
      AlarmNames: ['fix-web'],
      AlarmTypes: ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'],
      MaxRecords: 100,
    });
    expect(cloudwatch.commandCalls(ListTagsForResourceCommand)[0]?.args[0].input).toEqual({ ResourceARN: alarm.arn });
  });

  test('asks for alarm, tags and contributors at once', async () => {
    const asked: string[] = [];
    let answer = () => {};
    const waiting = new Promise<void>((resolve) => {
      answer = resolve;
    });
    const send = async ({ constructor: { name } }: { constructor: { name: string } }) => {
      asked.push(name);
      await waiting;
      return { MetricAlarms: [metric], AlarmContributors: [] };
    };
    const reading = alarms({ send: send as never }, () => start).read(alarm.arn, 'c-1');
    await Promise.resolve();
    expect(asked).toEqual(['DescribeAlarmsCommand', 'ListTagsForResourceCommand', 'DescribeAlarmContributorsCommand']);
    answer();
    await reading;
  });

  test('knows a composite alarm by its rule', async () => {
    const composite: CompositeAlarm = {
      AlarmArn: alarm.arn,
      AlarmName: alarm.name,
      AlarmRule: 'ALARM(a) OR ALARM(b)',
      StateValue: 'OK',
      StateTransitionedTimestamp: at,
    };
    cloudwatch.on(DescribeAlarmsCommand).resolves({ CompositeAlarms: [composite] });
    expect(await read(alarm.arn, null)).toMatchObject({
      kind: 'composite',
      rule: composite.AlarmRule,
      state: 'OK',
      metric: null,
      dimensions: {},
    });
  });

  test('without tags is an alarm that is not opted in', async () => {
    cloudwatch.on(ListTagsForResourceCommand).resolves({});
    expect((await read(alarm.arn, null))?.tags).toEqual({});
  });

  test.each([
    ['CloudWatch knows no such alarm', {}],
    [
      'it belongs to another account',
      { MetricAlarms: [{ ...metric, AlarmArn: alarm.arn.replace('111122223333', '999999999999') }] },
    ],
    ['it is another alarm of that name', { CompositeAlarms: [{ ...metric, AlarmArn: `${alarm.arn}x` }] }],
  ])('is null when %s', async (_, answer) => {
    cloudwatch.on(DescribeAlarmsCommand).resolves(answer);
    cloudwatch.on(ListTagsForResourceCommand).rejects(new Error('ResourceNotFoundException'));
    expect(await read(alarm.arn, null)).toBeNull();
  });

  test('asks nobody about what is no alarm’s ARN', async () => {
    for (const arn of ['', 'fix-web', 'arn:aws:cloudwatch:eu-central-1:111122223333:dashboard:x'])
      expect(await read(arn, null)).toBeNull();
    expect(cloudwatch.calls()).toHaveLength(0);
  });

  test('throws when CloudWatch does not answer, or not as documented', async () => {
    cloudwatch.on(ListTagsForResourceCommand).rejects(new Error('throttled'));
    await expect(read(alarm.arn, null)).rejects.toThrow('throttled');
    cloudwatch.on(ListTagsForResourceCommand).resolves({});
    cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [{ ...metric, StateValue: 'MUTED' as never }] });
    await expect(read(alarm.arn, null)).rejects.toThrow(/StateValue/);
  });

  test('knows a log alarm by its query', async () => {
    const log = { AlarmArn: alarm.arn, StateValue: 'ALARM' as const, StateTransitionedTimestamp: at };
    const ScheduledQueryConfiguration = {
      QueryString: 'fields @message',
      ScheduledQueryRoleARN: 'arn:aws:iam::111122223333:role/logs',
      ScheduleConfiguration: undefined,
      AggregationExpression: 'count(*)',
    };
    cloudwatch.on(DescribeAlarmsCommand).resolves({ LogAlarms: [{ ...log, ScheduledQueryConfiguration }] });
    expect(await read(alarm.arn, null)).toMatchObject({ kind: 'log', state: 'ALARM', metric: null });
  });
});

/** A contributor of web-2, and how it is listed. */
const attributes = { InstanceId: 'i-0fedcba9876543210' };

function fleet(changes: Partial<MemoryAlarm> = {}) {
  const memory = new MemoryCloudWatch(() => start);
  const one = memory.put('fix-web', changes);
  for (const id of ['c-1', 'c-2', 'c-3']) one.contributors.set(id, { attributes, since: start - 60_000 });
  return { memory, one, read: alarms(memory.client, () => start).read };
}

describe('a contributor', () => {
  test('is found on any page, with its own attributes, reason and time', async () => {
    const { read: readFleet } = fleet();
    expect(await readFleet(alarm.arn, 'c-3')).toMatchObject({
      state: 'ALARM',
      stateReason: 'its own',
      stateChangedAt: isoOf(start - 60_000),
      contributorId: 'c-3',
      dimensions: attributes,
    });
  });

  test('that is on no page is OK from when all pages were read', async () => {
    const { read: readFleet } = fleet();
    expect(await readFleet(alarm.arn, 'c-9')).toMatchObject({
      state: 'OK',
      contributorId: 'c-9',
      stateChangedAt: isoOf(start),
    });
  });

  test('is not missing where a page could not be read: that throws', async () => {
    const { memory, one, read: readFleet } = fleet();
    one.contributors.delete('c-3');
    memory.fault = (operation, { NextToken }) =>
      operation === 'DescribeAlarmContributors' && NextToken ? new Error('throttled') : null;
    one.contributors.set('c-4', { attributes, since: start });
    await expect(readFleet(alarm.arn, 'c-3')).rejects.toThrow('throttled');
  });

  test('is not missing where CloudWatch evaluated a part only', async () => {
    const { read: readFleet } = fleet({ more: { EvaluationState: 'PARTIAL_DATA' } });
    expect(await readFleet(alarm.arn, 'c-9')).toMatchObject({ state: 'INSUFFICIENT_DATA' });
  });

  test('does not page for ever where a page leads to itself', async () => {
    const { memory } = fleet();
    const { client } = memory;
    const page = { AlarmContributors: [], NextToken: 'same' };
    const send = (command: { constructor: { name: string } }) =>
      command.constructor.name === 'DescribeAlarmContributorsCommand' ? page : client.send(command as never);
    await expect(alarms({ send: send as never }, () => start).read(alarm.arn, 'c-1')).rejects.toThrow('its own token');
  });
});

describe('reading many at once', () => {
  const names = Array.from({ length: 250 }, (_, number) => `fix-${number}`);
  const partsOf = (of: readonly string[]) => of.map((name) => ({ alarmArn: arnOf(name), contributorId: null }));

  test('asks once per 100 alarms, whatever their type, and answers in their order without tags', async () => {
    const memory = new MemoryCloudWatch(() => start);
    const types = ['MetricAlarm', 'CompositeAlarm', 'LogAlarm'] as const;
    for (const [index, name] of names.entries()) memory.put(name, { type: types[index % 3] ?? 'MetricAlarm' });
    const wanted = ['unknown', ...names.toReversed(), ...names.slice(0, 5)];
    const answers = await alarms(memory.client, () => start).readMany(partsOf(wanted));
    const found = answers.map((answer) => (answer.status === 'fulfilled' ? (answer.value?.name ?? null) : answer));
    expect(found).toEqual([null, ...wanted.slice(1)]);
    expect(Object.fromEntries(memory.asked)).toEqual({ DescribeAlarms: 3 });
  });

  test('lists the contributors of an alarm once, and one alarm that cannot be listed fails alone', async () => {
    const memory = new MemoryCloudWatch(() => start);
    const fleetOf = (name: string) => memory.put(name).contributors.set('c-1', { attributes, since: start });
    for (const name of ['fix-a', 'fix-b']) fleetOf(name);
    memory.fault = (operation, { AlarmName }) =>
      operation === 'DescribeAlarmContributors' && AlarmName === 'fix-b' ? new Error('throttled') : null;
    const parts = ['fix-a', 'fix-a', 'fix-b'].map((name, index) => ({
      alarmArn: arnOf(name),
      contributorId: `c-${index + 1}`,
    }));
    const [first, second, third] = await alarms(memory.client, () => start).readMany(parts);
    expect(first).toMatchObject({ value: { state: 'ALARM', contributorId: 'c-1' } });
    expect(second).toMatchObject({ value: { state: 'OK', contributorId: 'c-2' } });
    expect(third).toMatchObject({ status: 'rejected', reason: new Error('throttled') });
    expect(memory.asked.get('DescribeAlarmContributors')).toBe(2);
  });
});

test('how alarms stand is told by name, whatever their type; one that is not there is null', async () => {
  const memory = new MemoryCloudWatch(() => start);
  memory.put('fix-a');
  memory.put('fix-b', { type: 'CompositeAlarm' });
  const { states } = alarms(memory.client, () => start);
  expect(await states(['fix-a', 'fix-b', 'fix', 'constructor'])).toEqual({
    'fix-a': 'ALARM',
    'fix-b': 'ALARM',
    fix: null,
    constructor: null,
  });
  expect(Object.fromEntries(memory.asked)).toEqual({ DescribeAlarms: 1 });
});

describe('mute rules', () => {
  test('are asked for once where none is in force, and by name where one is', async () => {
    const memory = new MemoryCloudWatch(() => start);
    for (const name of ['fix-a', 'fix-b', 'fix-c']) memory.put(name);
    const { muted } = alarms(memory.client, () => start);
    expect(await muted(['fix-a', 'fix-b', 'fix-c'])).toEqual(new Set());
    expect(memory.asked.get('ListAlarmMuteRules')).toBe(1);
    memory.put('fix-b', { muted: true });
    expect(await muted(['fix-a', 'fix-b', 'fix-c'])).toEqual(new Set(['fix-b']));
    expect(await muted([])).toEqual(new Set());
    expect(memory.asked.get('ListAlarmMuteRules')).toBe(5);
  });
});

describe('tags remembered for triage', () => {
  const remembering = () => {
    let now = start;
    let fails = false;
    const asked: string[] = [];
    const read = async (arn: string) => {
      asked.push(arn);
      if (fails) throw new Error('throttled');
      return { asked: String(asked.length) };
    };
    const tags = rememberedTags(read, () => now);
    return {
      asked,
      tags,
      pass: (milliseconds: number) => {
        now += milliseconds;
      },
      fail: (does: boolean) => {
        fails = does;
      },
    };
  };

  test('are asked for once a minute and alarm, by those who ask at once as well', async () => {
    const { asked, tags, pass } = remembering();
    expect(await Promise.all([tags('a'), tags('a'), tags('b')])).toEqual([
      { asked: '1' },
      { asked: '1' },
      { asked: '2' },
    ]);
    pass(59_999);
    await tags('a');
    expect(asked).toEqual(['a', 'b']);
    pass(1);
    expect(await tags('a')).toEqual({ asked: '3' });
  });

  test('are not remembered where asking failed', async () => {
    const { tags, fail } = remembering();
    fail(true);
    await expect(tags('a')).rejects.toThrow('throttled');
    fail(false);
    expect(await tags('a')).toEqual({ asked: '2' });
  });

  test('of the oldest alarm are forgotten where there are too many', async () => {
    const { asked, tags } = remembering();
    for (let alarm = 0; alarm <= 5_000; alarm += 1) await tags(`alarm-${alarm}`);
    await tags('alarm-5000');
    expect(asked).toHaveLength(5_001);
    await tags('alarm-0');
    expect(asked).toHaveLength(5_002);
  });
});

describe('evidence', () => {
  const reason = { label: 'CloudWatch says', text: alarm.stateReason };
  const minutesAgo = (minutes: number) => new Date(start - minutes * 60_000);

  test('is the alarm’s reason and the very series that it compares: its statistic, its period, its threshold', async () => {
    const values = [96.04, 95, 94, 93.123456, 92, 91, 90];
    cloudwatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [{ Values: values, Timestamps: values.map((_, index) => minutesAgo(index + 1)) }],
    });
    expect(await evidence(alarm)).toEqual([
      reason,
      {
        label: 'disk_used_percent, Maximum per 60 s, alarm at > 90',
        text: '▁▂▃▅▆▇█ 90 … 96.04\n02:59 96.04, 02:58 95, 02:57 94, 02:56 93.12, 02:55 92, 02:54 91 (UTC, newest first)',
        series: {
          from: at.getTime() - 3600_000,
          to: start,
          changedAt: at.getTime(),
          periodSeconds: 60,
          threshold: 90,
          values: values.map((value, index) => ({ at: minutesAgo(index + 1).getTime(), value })).reverse(),
        },
      },
    ]);
    const [asked] = cloudwatch.commandCalls(GetMetricDataCommand);
    expect(asked?.args[0].input).toMatchObject({
      StartTime: new Date(at.getTime() - 3600_000),
      EndTime: new Date(start),
      MetricDataQueries: [{ MetricStat: { Period: 60, Stat: 'Maximum' } }],
    });
  });

  test('goes back as many periods as it takes to see the change, of a slow alarm too', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
    const slow = alarmOf({ series: { statistic: 'p99', periodSeconds: 3600 } });
    expect((await evidence(slow))[1]).toEqual({
      label: 'disk_used_percent, p99 per 60 min, alarm at > 90',
      text: 'no data in this time',
    });
    const [asked] = cloudwatch.commandCalls(GetMetricDataCommand);
    expect(asked?.args[0].input.StartTime).toEqual(new Date(at.getTime() - 30 * 3600_000));
  });

  test('of a high-resolution alarm that has been on for a day begins where CloudWatch still has its data', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
    const stateChangedAt = isoOf(start - 24 * 3600_000);
    await evidence(alarmOf({ stateChangedAt, series: { statistic: 'Maximum', periodSeconds: 10 } }));
    await evidence(alarmOf({ stateChangedAt, series: { statistic: 'Maximum', periodSeconds: 60 } }));
    const asked = cloudwatch.commandCalls(GetMetricDataCommand).map(({ args }) => args[0].input.StartTime);
    expect(asked).toEqual([new Date(start - 3 * 3600_000), new Date(start - 25 * 3600_000)]);
  });

  test('of a series that does not move is a flat line', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({
      MetricDataResults: [{ Values: [5, 5], Timestamps: [minutesAgo(1), minutesAgo(2)] }],
    });
    expect((await evidence(alarm))[1]?.text).toMatch(/^▁▁ 5 … 5\n/);
  });

  test.each([
    ['metric math', alarmOf({ series: null }), /computes several metrics/],
    ['a composite alarm', alarmOf({ kind: 'composite', series: null, metric: null }), /composite alarm has none/],
    ['a log alarm', alarmOf({ kind: 'log', series: null, metric: null }), /log alarm has none/],
  ])('of %s says that there is none, and asks for none', async (_, without, why) => {
    expect(await evidence(without)).toEqual([reason, { label: 'Metric', text: expect.stringMatching(why) }]);
    expect(cloudwatch.commandCalls(GetMetricDataCommand)).toEqual([]);
  });

  test('says so when the metric cannot be read', async () => {
    cloudwatch.on(GetMetricDataCommand).rejects(Object.assign(new Error('secret details'), { name: 'AccessDenied' }));
    expect((await evidence(alarm))[1]).toEqual({ label: 'Metric', text: 'could not be read: AccessDenied' });
  });
});
