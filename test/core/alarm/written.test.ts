/** Alarms in files: CloudWatch's own forms as AWS documents them, a plain object, and everything that only looks like one. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { EnvelopeError } from '../../../core/alarm/envelope.ts';
import { alarmFromFile } from '../../../core/alarm/written.ts';

const at = '2026-11-28T03:00:00.000Z';
const fixture = (name: string) => readFileSync(new URL(`../../fixtures/alarms/${name}.json`, import.meta.url), 'utf8');
const read = (content: unknown) => alarmFromFile(JSON.stringify(content), at);

const web = { InstanceId: 'i-0123456789abcdef0', path: '/' };
const disk = {
  name: 'disk-full-web-1',
  account: '123456789012',
  region: 'eu-west-1',
  description: 'The root volume is almost full',
  namespace: 'CWAgent',
  metric: 'disk_used_percent',
  dimensions: web,
  comparison: 'GreaterThanThreshold',
  threshold: 90,
  series: { statistic: 'Average', periodSeconds: 60 },
};

test.each([
  ['describe-metric', 'DescribeAlarms', disk],
  ['sns-metric', 'SNS', disk],
  ['describe-composite', 'DescribeAlarms', { name: 'web-unhealthy', kind: 'composite', metric: null, dimensions: {} }],
  ['sns-composite', 'SNS', { name: 'web-unhealthy', kind: 'composite', metric: null, dimensions: {} }],
  ['sns-contributor', 'SNS', { name: 'disk-full-fleet', dimensions: { InstanceId: 'i-0123456789abcdef0' } }],
  [
    'eventbridge-metric',
    'EventBridge',
    {
      name: 'ServerCpuTooHigh',
      description: 'Goes into alarm when server CPU utilization is too high!',
      namespace: 'AWS/EC2',
      metric: 'CPUUtilization',
      dimensions: { InstanceId: 'i-12345678901234567' },
      series: { statistic: 'Average', periodSeconds: 300 },
    },
  ],
  ['eventbridge-metric-math', 'EventBridge', { metric: 'NetworkIn', series: null }],
  ['eventbridge-composite', 'EventBridge', { kind: 'composite', rule: expect.stringContaining('ServerCpuTooHigh') }],
  ['eventbridge-contributor', 'EventBridge', { dimensions: { TableName: 'example-dynamodb-table-name' } }],
  ['eventbridge-anomaly', 'EventBridge', { metric: 'CPUUtilization', series: null }],
  ['action-metric', 'alarm action', { namespace: 'AWS/Logs', dimensions: { InstanceId: 'i-12345678' } }],
  ['action-contributor', 'alarm action', { dimensions: { TableName: 'example-dynamodb-table-name' } }],
])('%s is read as %s', (name, form, alarm) => {
  const written = alarmFromFile(fixture(name), at);
  expect(written).toMatchObject({ form, alarm: { ...alarm, state: 'ALARM' } });
  expect([...written.unsaid]).toEqual(['tags']);
});

test('the message of SNS alone, as an endpoint with raw delivery gets it, is read as well', () => {
  const { Message } = JSON.parse(fixture('sns-metric'));
  expect(alarmFromFile(Message, at)).toMatchObject({ form: 'SNS', alarm: disk });
});

test('a whole answer of DescribeAlarms with one alarm is that alarm', () => {
  const MetricAlarms = [JSON.parse(fixture('describe-metric'))];
  expect(read({ MetricAlarms, CompositeAlarms: [] })).toMatchObject({ form: 'DescribeAlarms', alarm: disk });
  expect(read(MetricAlarms)).toMatchObject({ form: 'DescribeAlarms', alarm: disk });
});

test('what PutMetricAlarm takes has tags and no account', () => {
  const { AlarmArn: _, StateValue: __, ...input } = JSON.parse(fixture('describe-metric'));
  const written = read({ ...input, Tags: [{ Key: 'team', Value: 'web' }] });
  expect(written.alarm).toMatchObject({ name: 'disk-full-web-1', tags: { team: 'web' }, dimensions: web });
  expect([...written.unsaid]).toEqual(['account']);
});

test('the plain object says what it says, and no more', () => {
  const whole = {
    name: 'disk-full-web-1',
    namespace: 'CWAgent',
    metric: 'disk_used_percent',
    dimensions: web,
    description: 'The root volume is almost full',
    tags: { team: 'web' },
    comparison: 'GreaterThanThreshold',
    statistic: 'Average',
    threshold: 90,
    period: 60,
  };
  const { account: _, region: __, ...said } = disk;
  expect(read(whole)).toMatchObject({ form: 'object', alarm: { ...said, tags: { team: 'web' } } });
  expect([...read(whole).unsaid]).toEqual(['account']);
  const bare = read({ name: 'x', namespace: null, tags: null });
  expect(bare.alarm).toMatchObject({ name: 'x', namespace: null, metric: null, dimensions: {}, tags: {} });
  expect([...bare.unsaid]).toEqual(['account', 'dimensions', 'tags']);
  expect([...read({ name: 'x', dimensions: {}, tags: {} }).unsaid]).toEqual(['account']);
});

test.each([
  ['no JSON', '{', /it is no JSON .*expected an alarm as DescribeAlarms gives it/],
  ['a text', '"disk-full"', /it is no alarm: expected .*; it has "disk-full"/],
  ['null', 'null', /it is no alarm/],
  ['nothing known', '{"Foo":1}', /it is no alarm: expected .*; it has the keys Foo/],
  ['an empty answer', '{"MetricAlarms":[]}', /it is no alarm/],
  ['two alarms', '[{"AlarmName":"a"},{"AlarmName":"b"}]', /it holds 2 alarms \("a", "b"\); keep the one that is meant/],
  [
    'dimensions as a list',
    '{"name":"x","dimensions":[{"Name":"a","Value":"b"}]}',
    /the alarm\.dimensions: must be an object of names and values, .*; it is a list of 1/,
  ],
  ['a threshold in words', '{"name":"x","threshold":"high"}', /the alarm\.threshold: must be a number; it is "high"/],
  ['an empty name', '{"name":""}', /the alarm\.name: /],
  [
    'another event',
    fixture('eventbridge-configuration'),
    /EventBridge: detail-type must be CloudWatch Alarm State Change/,
  ],
  ['SNS about something else', '{"Type":"Notification","Message":"hello"}', /SNS: Message must be the JSON/],
  ['tags of another shape', '{"AlarmName":"a","Tags":{"a":"b"}}', /Tags: .*array/],
])('%s is refused with what, where and what is expected', (_what, text, words) => {
  expect(() => alarmFromFile(text, at)).toThrow(EnvelopeError);
  expect(() => alarmFromFile(text, at)).toThrow(words);
});

test('a field of DescribeAlarms that is wrong is named', () => {
  const entry = { ...JSON.parse(fixture('describe-metric')), Threshold: 'high' };
  expect(() => read(entry)).toThrow(/Threshold: .*number/);
  expect(() => read({ ...entry, Threshold: 1, AlarmArn: 'arn:aws:sns:eu-west-1:123456789012:x' })).toThrow(/AlarmArn/);
});
