/** Which alarms are one storm: by host, by service, by composite alarm; never by a time series of an alarm. */
import { expect, test } from 'vitest';
import { relationsOf } from '../../../core/incident/related.ts';
import { alarmOf } from '../../support/fixtures.ts';

test('an alarm is related by its host, its service and its own name', () => {
  const alarm = alarmOf({ tags: { countersign: 'on', service: 'payments', team: 'a' } });
  expect(relationsOf(alarm, 'service')).toEqual(['host i-0123456789abcdef0', 'service payments', 'alarm fix-web']);
  expect(relationsOf(alarm, 'team')).toContain('service a');
});

test('without a host and a service by its name alone', () => {
  expect(relationsOf(alarmOf({ dimensions: { QueueName: 'q' } }), 'service')).toEqual(['alarm fix-web']);
});

test.each([
  ['ALARM("disk") OR ALARM(cpu)', ['disk', 'cpu']],
  ['ALARM(arn:aws:cloudwatch:eu-central-1:111122223333:alarm:disk full) AND OK("other")', []],
  ['ALARM("arn:aws:cloudwatch:eu-central-1:111122223333:alarm:disk full") AND OK("other")', ['disk full']],
  ["ALARM('a') AND NOT ALARM(deploying)", ['a']],
  ['ALARM( "a" ) and (alarm(b) or not (ALARM(c)))', ['a', 'b']],
  ['INSUFFICIENT_DATA(a) OR TRUE', []],
])('a composite alarm also by those that its rule wants on: %s', (rule, children) => {
  const composite = alarmOf({ kind: 'composite', name: 'all', rule, dimensions: {} });
  expect(relationsOf(composite, 'service')).toEqual(['alarm all', ...children.map((child) => `alarm ${child}`)]);
});

test('a contributor is related to nothing', () => {
  expect(relationsOf(alarmOf({ contributorId: 'c0ffee' }), 'service')).toEqual([]);
});
