/** An author's alarm on the laptop: the host and fault that make it ring, and that everything else that changed is said. */
import { describe, expect, test } from 'vitest';
import { alarmFromFile } from '../../core/alarm/written.ts';
import { ownIncident } from '../../local/demo/own-incident.ts';
import { incidents } from '../../local/incidents.ts';

const at = '2026-11-28T03:00:00.000Z';
const own = (content: unknown) => ownIncident(alarmFromFile(JSON.stringify(content), at));

const cpu = {
  name: 'reports-cpu-host-7',
  namespace: 'AWS/EC2',
  metric: 'CPUUtilization',
  dimensions: { InstanceId: 'i-0123456789abcdef0' },
  description: 'Both cores are busy',
  tags: { countersign: 'on', team: 'reports' },
  comparison: 'GreaterThanThreshold',
  statistic: 'Maximum',
  threshold: 75,
  period: 10,
};
const webId = 'i-0d15c0ffee0000001';

test('its instance becomes the virtual host whose fault moves its metric; nothing else does', () => {
  const { raised, replaced } = own(cpu);
  expect(raised).toMatchObject({ host: 'web-1', fault: 'runaway-batch' });
  expect(raised.held).toBeUndefined();
  expect(raised.alarm).toEqual({
    AlarmName: 'reports-cpu-host-7',
    AlarmDescription: 'Both cores are busy',
    Namespace: 'AWS/EC2',
    MetricName: 'CPUUtilization',
    Dimensions: [{ Name: 'InstanceId', Value: webId }],
    Statistic: 'Maximum',
    ComparisonOperator: 'GreaterThanThreshold',
    Threshold: 75,
    Tags: [
      { Key: 'countersign', Value: 'on' },
      { Key: 'team', Value: 'reports' },
    ],
  });
  expect(replaced).toEqual([`dimension InstanceId i-0123456789abcdef0 → ${webId}, the virtual host web-1`]);
});

test.each(Object.entries(incidents))(
  'the shipped incident %s is found by its own alarm',
  (_id, { alarm, host, fault }) => {
    const { raised } = own({ ...alarm, AlarmName: 'mine' });
    expect(raised).toMatchObject({ host, fault });
    expect(raised.alarm.Dimensions).toEqual(alarm.Dimensions);
  },
);

describe('what no virtual host measures is published beyond its threshold, and that is said', () => {
  const queue = {
    name: 'jobs-waiting',
    namespace: 'Jobs',
    metric: 'Waiting',
    statistic: 'Average',
    period: 10,
    tags: { countersign: 'on' },
  };
  test.each([
    ['GreaterThanThreshold', 50, 'Average', 55],
    ['GreaterThanOrEqualToThreshold', 0, 'Maximum', 1],
    ['LessThanThreshold', 50, 'Average', 45],
    ['LessThanThreshold', 50, 'Sum', 0],
    ['LessThanOrEqualToThreshold', 2, 'Minimum', 1],
    ['GreaterThanThreshold', -3, 'p99', -2],
  ])('%s %d, %s: %d', (comparison, threshold, statistic, value) => {
    const { raised, replaced } = own({ ...queue, comparison, threshold, statistic });
    expect(raised).toMatchObject({ host: 'web-1', fault: null, held: { namespace: 'Jobs', name: 'Waiting', value } });
    expect(replaced).toEqual([
      expect.stringMatching(/nothing on the virtual hosts moves Jobs Waiting: .* cannot recover here/),
    ]);
  });

  test('the same metric of something that no fault touches is such a one', () => {
    const service = {
      ...queue,
      namespace: 'CWAgent',
      metric: 'service_active',
      comparison: 'LessThanThreshold',
      threshold: 1,
    };
    expect(own({ ...service, dimensions: { service: 'nginx' } }).raised.fault).toBeNull();
    expect(own({ ...service, dimensions: { service: 'checkout' } }).raised.fault).toBe('service-killed');
  });
});

test('what the file does not tell, and what this CloudWatch cannot hold, is replaced and said', () => {
  const composite = {
    AlarmName: 'shop-unhealthy',
    AlarmArn: 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:shop-unhealthy',
    StateValue: 'ALARM',
    StateUpdatedTimestamp: at,
    AlarmRule: 'ALARM(a) OR ALARM(b)',
    Tags: [{ Key: 'aws:cloudformation:stack-name', Value: 'shop' }],
  };
  const { raised, replaced } = own(composite);
  expect(raised.alarm).toMatchObject({ Namespace: 'Demo', MetricName: 'Invented', Threshold: 1, Statistic: 'Maximum' });
  expect(raised.alarm.Tags).toEqual([{ Key: 'countersign', Value: 'on' }]);
  expect(replaced).toEqual([
    'metric: a composite alarm has none → Demo Invented',
    'statistic not told, or an expression → Maximum',
    'comparison not told → GreaterThanThreshold',
    'threshold not told → 1',
    'tag aws:cloudformation:stack-name: left out, since AWS keeps that prefix for itself',
    'account 123456789012 and region eu-west-1 → 000000000000 and us-east-1, the local AWS',
    'tag countersign=on: added, since an alarm without it is left alone',
    expect.stringContaining('nothing on the virtual hosts moves Demo Invented'),
  ]);
});

test('a host that is named by its own id stays the one', () => {
  const { raised, replaced } = own({ ...cpu, metric: 'Foo', dimensions: { InstanceId: 'i-0d15c0ffee0000003' } });
  expect(raised.host).toBe('worker-1');
  expect(replaced).toHaveLength(1);
});
