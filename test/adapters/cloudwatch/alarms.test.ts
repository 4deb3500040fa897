/** CloudWatch's answers: which alarm is meant, its tags, its contributors, and a metric that may not be readable. */
import {
  CloudWatchClient,
  type CompositeAlarm,
  DescribeAlarmContributorsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListTagsForResourceCommand,
  type MetricAlarm,
} from '@aws-sdk/client-cloudwatch';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, describe, expect, test } from 'vitest';
import { alarms } from '../../../adapters/cloudwatch/alarms.ts';
import { alarmOf, start } from '../../support/fixtures.ts';

const cloudwatch = mockClient(CloudWatchClient);
const { read, evidence } = alarms(() => start);
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
  Dimensions: [{ Name: 'InstanceId', Value: 'i-0123456789abcdef0' }],
};

beforeEach(() => {
  cloudwatch.reset();
  cloudwatch.on(DescribeAlarmsCommand).resolves({ MetricAlarms: [metric] });
  cloudwatch.on(ListTagsForResourceCommand).resolves({ Tags: [{ Key: 'countersign', Value: 'on' }] });
});

describe('reading an alarm', () => {
  test('asks for both kinds by name, and for the tags of exactly that ARN', async () => {
    expect(await read(alarm.arn, null)).toEqual(alarm);
    const [asked] = cloudwatch.commandCalls(DescribeAlarmsCommand);
    expect(asked?.args[0].input).toEqual({ AlarmNames: ['fix-web'], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] });
    expect(cloudwatch.commandCalls(ListTagsForResourceCommand)[0]?.args[0].input).toEqual({ ResourceARN: alarm.arn });
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
    expect(await read(alarm.arn, null)).toBeNull();
    expect(cloudwatch.commandCalls(ListTagsForResourceCommand)).toHaveLength(0);
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

  test('finds a contributor on any page, and takes one that is not listed as OK', async () => {
    const contributor = {
      ContributorId: 'c-3',
      ContributorAttributes: { InstanceId: 'i-0fedcba9876543210' },
      StateReason: 'its own',
      StateTransitionedTimestamp: at,
    };
    cloudwatch
      .on(DescribeAlarmContributorsCommand)
      .resolvesOnce({ AlarmContributors: [{ ...contributor, ContributorId: 'c-1' }], NextToken: 'two' })
      .resolves({ AlarmContributors: [contributor] });
    expect(await read(alarm.arn, 'c-3')).toMatchObject({
      state: 'ALARM',
      stateReason: 'its own',
      contributorId: 'c-3',
      dimensions: contributor.ContributorAttributes,
    });
    const calls = cloudwatch.commandCalls(DescribeAlarmContributorsCommand).map(({ args }) => args[0].input);
    expect(calls).toEqual([{ AlarmName: 'fix-web' }, { AlarmName: 'fix-web', NextToken: 'two' }]);
    expect(await read(alarm.arn, 'c-9')).toMatchObject({ state: 'OK', contributorId: 'c-9' });
  });
});

describe('evidence', () => {
  test('is the alarm’s reason and the metric’s last hour, newest first', async () => {
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [{ Values: [96.04, 95, 94, 93, 92, 91, 90] }] });
    expect(await evidence(alarm)).toEqual([
      { label: 'CloudWatch says', text: alarm.stateReason },
      { label: 'disk_used_percent, 5-minute averages, newest first', text: '96.0, 95.0, 94.0, 93.0, 92.0, 91.0' },
    ]);
    const [asked] = cloudwatch.commandCalls(GetMetricDataCommand);
    expect(asked?.args[0].input).toMatchObject({ StartTime: new Date(start - 3600_000), EndTime: new Date(start) });
  });

  test('says so when the metric cannot be read, and is the reason alone when there is none', async () => {
    cloudwatch.on(GetMetricDataCommand).rejects(Object.assign(new Error('secret details'), { name: 'AccessDenied' }));
    expect((await evidence(alarm))[1]).toEqual({ label: 'Metric', text: 'could not be read: AccessDenied' });
    expect(await evidence(alarmOf({ metric: null, namespace: null }))).toHaveLength(1);
    cloudwatch.on(GetMetricDataCommand).resolves({ MetricDataResults: [] });
    expect(await evidence(alarm)).toHaveLength(1);
  });
});
