/** Doorbells: the three envelopes as AWS documents them, and everything that only looks like one. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { alarmDoorbell, EnvelopeError, parseAlarmArn } from '../../../core/alarm/envelope.ts';
import { seed, share } from '../../soak.ts';

function fixture(name: string) {
  return JSON.parse(readFileSync(new URL(`../../fixtures/alarms/${name}.json`, import.meta.url), 'utf8'));
}

const us = 'arn:aws:cloudwatch:us-east-1:123456789012:alarm:';
const eu = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:';

test.each([
  ['eventbridge-metric', `${us}ServerCpuTooHigh`, null],
  ['eventbridge-metric-math', `${us}TotalNetworkTrafficTooHigh`, null],
  ['eventbridge-anomaly', `${us}EC2 CPU Utilization Anomaly`, null],
  ['eventbridge-composite', `${us}ServiceAggregatedAlarm`, null],
  ['eventbridge-multi-time-series', `${us}DynamoDBInsightsAlarm`, null],
  ['eventbridge-contributor', `${us}DynamoDBInsightsAlarm`, '6d442278dba546f6'],
  ['sns-metric', `${eu}disk-full-web-1`, null],
  ['sns-composite', `${eu}web-unhealthy`, null],
  ['sns-contributor', `${eu}disk-full-fleet`, '9f1c2d3e4b5a6978'],
  ['action-metric', 'arn:aws:cloudwatch:us-east-1:444455556666:alarm:lambda-demo-metric-alarm', null],
  ['action-composite', 'arn:aws:cloudwatch:us-east-1:111122223333:alarm:SuppressionDemo.Main', null],
  ['action-contributor', `${us}DynamoDBInsightsAlarm`, '6d442278dba546f6'],
])('%s rings for its alarm and says nothing else', (name, alarmArn, contributorId) => {
  expect(alarmDoorbell(fixture(name))).toMatchObject({ alarmArn, contributorId });
});

test.each([
  ['eventbridge-metric', { state: 'ALARM', at: '2019-10-02T17:04:40.989Z' }, true],
  ['eventbridge-contributor', { state: 'ALARM', at: '2025-12-01T13:42:04.919Z' }, true],
  ['sns-metric', { state: 'ALARM', at: '2026-11-20T03:00:10.490Z' }, false],
  ['action-metric', { state: 'ALARM', at: '2023-08-04T12:36:15.490Z' }, false],
])('%s says what it claims, and whether it is muted', (name, claim, isMuted) => {
  expect(alarmDoorbell(fixture(name))).toMatchObject({ claim, isMuted });
});

test.each([
  undefined,
  null,
  'ALARM',
  { value: 'ALARM' },
  { value: 7, timestamp: '2026-11-20T03:00:10.490Z' },
  { value: 'ALARM', timestamp: 'soon' },
])('a state that is none (%j) claims nothing, and rings', (state) => {
  const event = fixture('action-metric');
  event.alarmData.state = state;
  expect(alarmDoorbell(event)).toMatchObject({ claim: null });
});

test.each(['eventbridge-metric', 'eventbridge-contributor'])('%s is understood inside SNS', (name) => {
  const inside = { ...fixture('sns-metric'), Message: JSON.stringify(fixture(name)) };
  expect(alarmDoorbell(inside)).toEqual(alarmDoorbell(fixture(name)));
});

test('an event inside SNS that is another source’s is refused by both names', () => {
  const Message = JSON.stringify({ ...fixture('eventbridge-metric'), source: 'aws.health' });
  expect(() => alarmDoorbell({ ...fixture('sns-metric'), Message })).toThrow(
    'EventBridge in SNS: source must be aws.cloudwatch; it is "aws.health"',
  );
});

function changed(name: string, change: (event: ReturnType<typeof fixture>) => void): unknown {
  const event = fixture(name);
  change(event);
  return event;
}

test.each<[string, unknown, RegExp]>([
  ['nothing', undefined, /no alarm envelope; expected EventBridge .* SNS .* alarm action .* it has missing/],
  ['a text', 'arn:aws:cloudwatch', /no alarm envelope/],
  ['another event', { hello: 1 }, /it has the keys hello/],
  [
    'a change of configuration',
    fixture('eventbridge-configuration'),
    /detail-type must be CloudWatch Alarm State Change or/,
  ],
  [
    'another source',
    changed('eventbridge-metric', (e) => {
      e.source = 'evil';
    }),
    /source must be aws.cloudwatch; it is "evil"/,
  ],
  [
    'no resource',
    changed('eventbridge-metric', (e) => {
      e.resources = [];
    }),
    /EventBridge: resources/,
  ],
  [
    'two resources',
    changed('eventbridge-metric', (e) => e.resources.push(e.resources[0])),
    /resources must be a list of one alarm ARN/,
  ],
  [
    'a foreign ARN',
    changed('eventbridge-metric', (e) => {
      e.resources = ['arn:aws:s3:::b'];
    }),
    /must be the ARN of a CloudWatch alarm; it is "arn:aws:s3:::b"/,
  ],
  [
    'a contributor without id',
    changed('eventbridge-contributor', (e) => {
      delete e.detail.alarmContributor;
    }),
    /alarmContributor.id must name the contributor/,
  ],
  [
    'a contributor with odd characters',
    changed('action-contributor', (e) => {
      e.alarmData.alarmContributor.id = 'a\nb';
    }),
    /alarm action: alarmData.alarmContributor.id/,
  ],
  [
    'an SNS text',
    changed('sns-metric', (e) => {
      e.Message = 'disk full!';
    }),
    /Message must be the JSON that CloudWatch publishes; it begins with "disk full!"/,
  ],
  [
    'an SNS message without ARN',
    changed('sns-metric', (e) => {
      e.Message = '{}';
    }),
    /SNS Message: AlarmArn must be the ARN/,
  ],
  [
    'a confirmation of a subscription',
    changed('sns-metric', (e) => {
      e.Type = 'SubscriptionConfirmation';
    }),
    /SNS: Type must be Notification; it is "SubscriptionConfirmation"/,
  ],
  [
    'an action without data',
    changed('action-metric', (e) => {
      delete e.alarmData;
    }),
    /alarm action: alarmData/,
  ],
])('%s is refused by name', (_what, event, message) => {
  expect(() => alarmDoorbell(event)).toThrow(EnvelopeError);
  expect(() => alarmDoorbell(event)).toThrow(message);
});

test('any JSON is a doorbell or an EnvelopeError with a short message', { timeout: 600_000 }, () => {
  const keys = fc.constantFrom(
    'Type',
    'detail-type',
    'alarmArn',
    'source',
    'resources',
    'detail',
    'state',
    'Message',
    'alarmData',
  );
  const event = fc.oneof(
    fc.jsonValue(),
    fc.dictionary(keys, fc.oneof(fc.jsonValue(), fc.constant(us), fc.constant('aws.cloudwatch'))),
  );
  fc.assert(
    fc.property(event, (value) => {
      try {
        expect(parseAlarmArn(alarmDoorbell(value).alarmArn)).not.toBeNull();
      } catch (error) {
        expect(error).toBeInstanceOf(EnvelopeError);
        expect((error as Error).message.length).toBeLessThan(400);
      }
    }),
    { seed, numRuns: share(100_000) },
  );
});

describe('parseAlarmArn', () => {
  test('takes it apart, colons and spaces in the name included', () => {
    expect(parseAlarmArn('arn:aws-us-gov:cloudwatch:us-gov-west-1:123456789012:alarm:a: b/ü')).toEqual({
      partition: 'aws-us-gov',
      region: 'us-gov-west-1',
      account: '123456789012',
      name: 'a: b/ü',
    });
  });

  test.each([
    '',
    us,
    `${us}${'x'.repeat(256)}`,
    `${us}a\nb`,
    'arn:aws:cloudwatch:us-east-1: 123456789012:alarm:x',
    'arn:aws:cloudwatch:us-east-1:12345678901:alarm:x',
    'arn:aws:cloudwatch::123456789012:alarm:x',
    'arn:aws:sns:us-east-1:123456789012:alarm:x',
    ` ${us}x`,
  ])('refuses %j', (arn) => {
    expect(parseAlarmArn(arn)).toBeNull();
  });
});
