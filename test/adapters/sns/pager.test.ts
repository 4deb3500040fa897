/** Paging and knocking: what SNS and Lambda would refuse never leaves, and what they did not take throws. */
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { knocker } from '../../../adapters/lambda/knock.ts';
import { pager } from '../../../adapters/sns/pager.ts';

const sns = mockClient(SNSClient);
const lambda = mockClient(LambdaClient);
beforeEach(() => {
  sns.reset();
  lambda.reset();
});

test('a page has a subject that SNS takes, whatever the alarm is called, and the whole text', async () => {
  sns.on(PublishCommand).resolves({ MessageId: 'm' });
  await pager('arn:pages')(`Countersign: ünïcode\r\nBcc: x ${'y'.repeat(200)}`, 'text\nwith lines ü');
  expect(sns.commandCalls(PublishCommand)[0]?.args[0].input).toEqual({
    TopicArn: 'arn:pages',
    Subject: `Countersign: ?n?code??Bcc: x ${'y'.repeat(71)}`,
    Message: 'text\nwith lines ü',
  });
});

test('a page that SNS did not take throws: close must know that nobody was told', async () => {
  sns.on(PublishCommand).rejects(new Error('NotFound'));
  await expect(pager('arn:pages')('s', 't')).rejects.toThrow('NotFound');
});

test('a knock does not wait for the answer, and throws when Lambda did not take it', async () => {
  lambda.on(InvokeCommand).resolvesOnce({ StatusCode: 202 }).resolves({ StatusCode: 200 });
  await knocker('countersign-decide')({ rawBody: 'b' });
  expect(lambda.commandCalls(InvokeCommand)[0]?.args[0].input).toEqual({
    FunctionName: 'countersign-decide',
    InvocationType: 'Event',
    Payload: '{"rawBody":"b"}',
  });
  await expect(knocker('countersign-decide')({})).rejects.toThrow(/answered 200/);
});
