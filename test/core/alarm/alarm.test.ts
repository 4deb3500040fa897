/** CloudWatch's answers become alarms: metric, metric math, composite, contributor. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Alarm, alarmFromCloudWatch } from '../../../core/alarm/alarm.ts';

function fixture(name: string) {
  return JSON.parse(readFileSync(new URL(`../../fixtures/alarms/${name}.json`, import.meta.url), 'utf8'));
}

const tags = { countersign: 'on' };

test('a metric alarm', () => {
  const alarm = alarmFromCloudWatch(fixture('describe-metric'), tags, null);
  expect(Alarm.parse(alarm)).toEqual({
    arn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:disk-full-web-1',
    name: 'disk-full-web-1',
    account: '123456789012',
    region: 'eu-west-1',
    kind: 'metric',
    state: 'ALARM',
    stateChangedAt: '2026-11-20T03:00:10.490Z',
    stateReason: expect.stringContaining('Threshold Crossed'),
    description: 'The root volume is almost full',
    namespace: 'CWAgent',
    metric: 'disk_used_percent',
    dimensions: { InstanceId: 'i-0123456789abcdef0', path: '/' },
    tags,
    rule: null,
    comparison: 'GreaterThanThreshold',
    threshold: 90,
    series: { statistic: 'Average', periodSeconds: 60 },
    contributorId: null,
    quiet: null,
  });
});

test("the SDK's dates, and the older time where the newer one is missing", () => {
  const { StateTransitionedTimestamp: _, ...entry } = fixture('describe-metric');
  const alarm = alarmFromCloudWatch({ ...entry, StateUpdatedTimestamp: new Date('2026-11-20T03:00:11Z') }, tags, null);
  expect(alarm.stateChangedAt).toBe('2026-11-20T03:00:11.000Z');
});

test('metric math: the first metric, without dimensions that another contradicts', () => {
  const entry = fixture('describe-metric-math');
  expect(alarmFromCloudWatch(entry, tags, null)).toMatchObject({
    namespace: 'AWS/EC2',
    metric: 'NetworkIn',
    dimensions: { InstanceId: 'i-0123456789abcdef0', Interface: 'eth0' },
    series: null,
  });
  entry.Metrics[2].MetricStat.Metric.Dimensions[0].Value = 'i-0fedcba9876543210';
  expect(alarmFromCloudWatch(entry, tags, null).dimensions).toEqual({ Interface: 'eth0' });
});

test.each([
  ['a percentile', { ExtendedStatistic: 'p99', Period: 300 }, { statistic: 'p99', periodSeconds: 300 }],
  [
    'one metric by itself, as the console writes it',
    { Metrics: [{ Id: 'm1', MetricStat: { Metric: { Namespace: 'N', MetricName: 'M' }, Stat: 'Sum', Period: 10 } }] },
    { statistic: 'Sum', periodSeconds: 10 },
  ],
  ['a query over many', { Metrics: [{ Id: 'q1', Expression: 'SELECT MAX(x) FROM y GROUP BY z', Period: 60 }] }, null],
])('the series of %s is what is compared with the threshold', (_, changes, series) => {
  const { Statistic: __, Period: ___, ...entry } = fixture('describe-metric');
  expect(alarmFromCloudWatch({ ...entry, ...changes }, tags, null).series).toEqual(series);
});

test('a composite alarm has a rule and no metric', () => {
  expect(alarmFromCloudWatch(fixture('describe-composite'), tags, null)).toMatchObject({
    kind: 'composite',
    rule: 'ALARM(disk-full-web-1) OR ALARM(service-down-web-1)',
    namespace: null,
    metric: null,
    dimensions: {},
  });
});

test("a contributor's dimensions and times are its own, as CloudWatch lists them", () => {
  const [contributor] = fixture('describe-contributors').AlarmContributors;
  const alarm = alarmFromCloudWatch(fixture('describe-insights'), tags, listing('9f1c2d3e4b5a6978', contributor));
  expect(Alarm.parse(alarm)).toMatchObject({
    state: 'ALARM',
    contributorId: '9f1c2d3e4b5a6978',
    dimensions: { InstanceId: 'i-0123456789abcdef0' },
    stateChangedAt: '2026-11-20T02:59:40.000Z',
  });
});

const at = '2026-11-20T03:00:00.000Z';
const listing = (contributorId: string, entry: unknown = null) => ({ contributorId, entry, at });

test('a contributor that CloudWatch does not list is OK since it was looked for, whatever the alarm as a whole is', () => {
  const missing = { state: 'OK', contributorId: 'ffff', stateChangedAt: at, dimensions: {} };
  for (const StateValue of ['ALARM', 'OK'])
    expect(alarmFromCloudWatch({ ...fixture('describe-insights'), StateValue }, tags, listing('ffff'))).toMatchObject(
      missing,
    );
});

test.each([
  { StateValue: 'INSUFFICIENT_DATA' },
  { EvaluationState: 'PARTIAL_DATA' },
  { EvaluationState: 'EVALUATION_FAILURE' },
])('a contributor that CloudWatch does not list is not known to be OK where it could not tell: %j', (changes) => {
  expect(alarmFromCloudWatch({ ...fixture('describe-insights'), ...changes }, tags, listing('ffff'))).toMatchObject({
    state: 'INSUFFICIENT_DATA',
    stateChangedAt: at,
  });
});

test.each([
  [{}, null],
  [{ ActionsEnabled: true }, null],
  [{ ActionsEnabled: false }, 'its actions are disabled'],
  [
    { ActionsSuppressedBy: 'Alarm', ActionsSuppressedReason: 'suppressed by deploys' },
    'its actions are suppressed: suppressed by deploys',
  ],
  [{ ActionsSuppressedBy: 'WaitPeriod' }, 'its actions are suppressed: WaitPeriod'],
])('%j is quiet: %j', (changes, quiet) => {
  expect(alarmFromCloudWatch({ ...fixture('describe-composite'), ...changes }, tags, null)).toMatchObject({ quiet });
});

test('a log alarm has a query, and no metric', () => {
  const { Namespace: _, MetricName: __, Dimensions: ___, ...entry } = fixture('describe-metric');
  const ScheduledQueryConfiguration = { QueryString: 'fields @message', AggregationExpression: 'count(*)' };
  expect(alarmFromCloudWatch({ ...entry, ScheduledQueryConfiguration }, tags, null)).toMatchObject({
    kind: 'log',
    metric: null,
    namespace: null,
    dimensions: {},
    threshold: 90,
  });
});

test.each<[unknown, RegExp]>([
  [null, /the entry/],
  [{}, /AlarmArn/],
  [{ ...fixture('describe-metric'), AlarmArn: 'x' }, /AlarmArn of "x"/],
  [{ ...fixture('describe-metric'), StateValue: 'BROKEN' }, /StateValue/],
  [{ AlarmArn: fixture('describe-metric').AlarmArn, StateValue: 'OK' }, /StateTransitionedTimestamp/],
])('an answer that AWS does not document names its field: %j', (entry, message) => {
  expect(() => alarmFromCloudWatch(entry, tags, null)).toThrow(message);
});

test('the entry of another contributor is refused', () => {
  const [contributor] = fixture('describe-contributors').AlarmContributors;
  expect(() => alarmFromCloudWatch(fixture('describe-insights'), tags, listing('ffff', contributor))).toThrow(
    /another contributor/,
  );
});
