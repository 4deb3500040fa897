/** Batches of the queue: each message rings for itself, and what is no message of ours is named. */
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { messagesOf } from '../../../core/alarm/batch.ts';
import { alarmDoorbell, EnvelopeError } from '../../../core/alarm/envelope.ts';
import { batchOf, queueArn } from '../../support/memory/queue.ts';

function fixture(name: string) {
  return JSON.parse(readFileSync(new URL(`../../fixtures/alarms/${name}.json`, import.meta.url), 'utf8'));
}

describe('a batch', () => {
  test('has what each message rings for, and how often it was delivered', () => {
    const [event, sns] = [fixture('eventbridge-metric'), fixture('sns-contributor')];
    const batch = batchOf([
      { id: 'a', body: JSON.stringify(event) },
      { id: 'b', body: JSON.stringify(sns), deliveries: 3 },
    ]);
    expect(messagesOf(batch, queueArn)).toEqual([
      { id: 'a', deliveries: 1, doorbell: alarmDoorbell(event) },
      { id: 'b', deliveries: 3, doorbell: alarmDoorbell(sns) },
    ]);
  });

  test.each([
    ['no JSON', 'disk full!', /SQS: body must be the JSON of an envelope; it is "disk full!"/],
    ['no envelope', '{"hello":1}', /no alarm envelope.*it has the keys hello/],
    ['a malformed envelope', '{"alarmArn":7}', /alarm action: source/],
  ])('keeps a message that is %s apart from the others', (_what, body, message) => {
    const whole = { id: 'good', body: JSON.stringify(fixture('sns-metric')) };
    const [bad, good] = messagesOf(batchOf([{ id: 'bad', body }, whole]), queueArn) ?? [];
    expect(bad?.doorbell).toBeInstanceOf(EnvelopeError);
    expect(bad?.doorbell).toMatchObject({ message: expect.stringMatching(message) });
    expect(good?.doorbell).toMatchObject({ alarmArn: expect.stringMatching(/disk-full-web-1$/) });
  });

  test('of another queue is refused by that name', () => {
    const other = 'arn:aws:sqs:eu-central-1:111122223333:orders';
    expect(() => messagesOf(batchOf([{ id: 'a', body: '{}' }], other), queueArn)).toThrow(
      `SQS: eventSourceARN must be ${queueArn}, the queue that alarms ring through; it is "${other}"`,
    );
  });

  test.each([
    ['of SNS, as a subscribed function gets them', [{ EventSource: 'aws:sns', Sns: { Message: '{}' } }]],
    ['of a stream', [{ eventSource: 'aws:dynamodb', dynamodb: {} }]],
    ['that are no list', 'x'],
    ['that are nothing', [null]],
  ])('with records %s is refused', (_what, Records) => {
    expect(() => messagesOf({ Records }, queueArn)).toThrow(/^SQS: Records/);
    expect(() => messagesOf({ Records }, queueArn)).toThrow(EnvelopeError);
  });

  test.each([fixture('eventbridge-metric'), fixture('action-metric'), null, 'x'])('is not %j', (event) => {
    expect(messagesOf(event, queueArn)).toBeNull();
  });
});
