/** Links to the console of the alarm's own partition and region, and to the runbook where the policy says where it is. */
import { expect, test } from 'vitest';
import { linksOf } from '../../../core/report/links.ts';

const about = {
  incidentId: 'inc-0123456789abcdef0123',
  alarmArn: 'arn:aws:cloudwatch:eu-central-1:111122223333:alarm:disk full/ü?',
  hosts: [{ id: 'i-0a1b', name: 'web-1' }],
  runbook: { file: 'runbooks/disk full.md', url: 'https://git.example.com/ops/blob/4f2c9e1/{file}' },
};

test('name alarm, runbook, execution and host, each where it is', () => {
  expect(linksOf(about)).toEqual([
    {
      text: 'alarm',
      url: 'https://eu-central-1.console.aws.amazon.com/cloudwatch/home?region=eu-central-1#alarmsV2:alarm/disk%20full%2F%C3%BC%3F',
    },
    { text: 'runbook', url: 'https://git.example.com/ops/blob/4f2c9e1/runbooks/disk%20full.md' },
    {
      text: 'execution',
      url: 'https://eu-central-1.console.aws.amazon.com/states/home?region=eu-central-1#/v2/executions/details/arn:aws:states:eu-central-1:111122223333:execution:countersign-incident:inc-0123456789abcdef0123',
    },
    {
      text: 'web-1',
      url: 'https://eu-central-1.console.aws.amazon.com/systems-manager/fleet-manager/managed-nodes/i-0a1b/general?region=eu-central-1',
    },
  ]);
});

test.each([
  ['aws-us-gov', 'us-gov-west-1', 'https://us-gov-west-1.console.amazonaws-us-gov.com/'],
  ['aws-cn', 'cn-north-1', 'https://cn-north-1.console.amazonaws.cn/'],
])('of %s lead to its own console', (partition, region, console) => {
  const links = linksOf({ ...about, alarmArn: `arn:${partition}:cloudwatch:${region}:111122223333:alarm:x` });
  expect(links.filter(({ url }) => url.startsWith(console))).toHaveLength(3);
});

test('of a partition that is not known, or an alarm that cannot be read, are none but the runbook’s', () => {
  expect(linksOf({ ...about, alarmArn: 'arn:aws-iso:cloudwatch:us-iso-east-1:111122223333:alarm:x' })).toHaveLength(1);
  expect(linksOf({ ...about, alarmArn: '', runbook: { file: 'x.md', url: null } })).toEqual([]);
});

test('of many hosts are to the first five', () => {
  const hosts = Array.from({ length: 20 }, (_, index) => ({ id: `i-${index}`, name: null }));
  expect(linksOf({ ...about, hosts })).toHaveLength(8);
});
