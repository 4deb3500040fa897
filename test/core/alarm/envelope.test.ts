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
  expect(alarmDoorbell(fixture(name))).toEqual([{ alarmArn, contributorId }]);
});

test('an SNS event rings once for each record', () => {
  const [one] = fixture('sns-metric').Records;
  const [two] = fixture('sns-contributor').Records;
  expect(alarmDoorbell({ Records: [one, two] })).toHaveLength(2);
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
      e.Records[0].Sns.Message = 'disk full!';
    }),
    /Message must be the JSON that CloudWatch publishes; it begins with "disk full!"/,
  ],
  [
    'an SNS message without ARN',
    changed('sns-metric', (e) => {
      e.Records[0].Sns.Message = '{}';
    }),
    /SNS Message: AlarmArn must be the ARN/,
  ],
  [
    'records of a queue',
    changed('sns-metric', (e) => {
      e.Records[0].EventSource = 'aws:sqs';
    }),
    /EventSource must be aws:sns; it is "aws:sqs"/,
  ],
  ['no records', { Records: [] }, /Records must be a list of 1 to 10 records/],
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
    'Records',
    'detail-type',
    'alarmArn',
    'source',
    'resources',
    'detail',
    'Sns',
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
        for (const { alarmArn } of alarmDoorbell(value)) expect(parseAlarmArn(alarmArn)).not.toBeNull();
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
