/** CloudWatch that does not answer at once, on a real line: a read is tried six times before it is given up. */
import { describe, expect, test } from 'vitest';
import { alarms, openCloudWatch } from '../../../adapters/cloudwatch/alarms.ts';
import { isRetryable } from '../../../adapters/patience.ts';
import { alarmOf, start } from '../../support/fixtures.ts';
import { type Answer, awsServer } from '../aws-server.ts';

const aws = awsServer();
const unavailable: Answer = { status: 503, error: 'ServiceUnavailable' };
const throttle: Answer = { status: 400, error: 'ThrottlingException' };
const entry = { AlarmArn: alarmOf().arn, StateValue: 'ALARM', StateTransitionedTimestamp: start / 1000 };
const read = () => alarms(openCloudWatch(), () => start).read(alarmOf().arn, null);
const asked = () => aws.asked.filter(({ operation }) => operation === 'DescribeAlarms').length;

describe('a read that fails for a while', { timeout: 120_000 }, () => {
  test('is answered at the sixth try', async () => {
    aws.answers = {
      DescribeAlarms: [...Array(5).fill(unavailable), { MetricAlarms: [entry] }],
      ListTagsForResource: [{ Tags: [] }],
    };
    expect(await read()).toMatchObject({ state: 'ALARM' });
    expect(asked()).toBe(6);
  });

  // The SDK's rate limiter makes throttles slow: some 10 s.
  const answers = process.env.SOAK ? [unavailable, throttle] : [unavailable];
  test.each(answers)('and fails for good is an error that may pass: %j', async (answer) => {
    aws.answers = { DescribeAlarms: [answer], ListTagsForResource: [{ Tags: [] }] };
    const error = await read().catch((thrown: unknown) => thrown);
    expect(isRetryable(error)).toBe(true);
    expect(asked()).toBe(6);
  });
});
