/** archive at its own door, with records as DynamoDB Streams hands them over: what is delivered again, and what is refused. */
import { rmSync } from 'node:fs';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import { DynamoDBDocumentClient, GetCommand, QueryCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { nextEntry } from '../../core/audit/chain.ts';
import { canonicalJson } from '../../core/digest.ts';
import { compiledOf } from '../support/fixtures.ts';
import { deployed } from './environment.ts';

const folder = deployed(compiledOf());
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { handler } = await import('../../functions/archive.ts');

const tables = mockClient(DynamoDBDocumentClient);
const topic = mockClient(SNSClient);
const bucket = mockClient(S3Client);
beforeEach(() => {
  tables.reset();
  topic.reset();
  bucket.reset();
  bucket.on(PutObjectCommand).resolves({});
  tables.on(GetCommand).resolves({});
  tables.on(QueryCommand).resolves({ Items: [] });
  tables.on(TransactWriteCommand).callsFake(({ TransactItems }) => {
    const [put] = TransactItems;
    tables.on(GetCommand, { Key: { pk: 'KILL', sk: put.Put.Item.sk } }).resolves({ Item: put.Put.Item });
    return {};
  });
  topic.on(PublishCommand).resolves({});
});

const entry = nextEntry(
  'inc-0123456789abcdef0123',
  null,
  { entryId: 'e1', at: '2026-11-21T03:00:00.000Z', actor: 'test' },
  { kind: 'alarm_joined', alarmArn: 'arn', state: 'ALARM', why: 'why' },
);
let numbers = 0;
function record(eventName: string, images: Record<string, unknown>, sk: Record<string, string> = { N: '1' }) {
  numbers += 1;
  return {
    eventID: `event-${numbers}`,
    eventName,
    eventVersion: '1.1',
    eventSource: 'aws:dynamodb',
    awsRegion: 'eu-central-1',
    eventSourceARN: 'arn:aws:dynamodb:eu-central-1:111122223333:table/countersign-audit/stream/2026-11-21T00:00:00.000',
    dynamodb: {
      ApproximateCreationDateTime: 1_795_000_000,
      Keys: { pk: { S: entry.chain }, sk },
      SequenceNumber: `1000${numbers}`,
      SizeBytes: 100,
      StreamViewType: 'NEW_AND_OLD_IMAGES',
      ...images,
    },
  };
}
const image = (kind: string, text = canonicalJson(entry)) => ({ kind: { S: kind }, entry: { S: text } });
const added = () => record('INSERT', { NewImage: image('alarm_joined') });
const loose = () => record('INSERT', { NewImage: image('alarm_joined', 'no JSON') });
const changed = () => record('MODIFY', { OldImage: image('alarm_joined'), NewImage: image('planned') });

const published = () => topic.commandCalls(PublishCommand).map(({ args: [{ input }] }) => input);
const stops = () => tables.commandCalls(TransactWriteCommand).length;

describe('archive', () => {
  test('asks for nothing again when all is well', async () => {
    expect(await handler({ Records: [added(), added()] })).toEqual({ batchItemFailures: [] });
    expect([published(), stops()]).toEqual([[], 0]);
  });

  test('stops and pages about what was changed, and pages about what hangs loose', async () => {
    expect(await handler({ Records: [changed(), added(), loose()] })).toEqual({ batchItemFailures: [] });
    expect(stops()).toBe(1);
    expect(published()).toHaveLength(1);
    expect(published()[0]?.TopicArn).toBe(process.env.PAGE_TOPIC_ARN);
    expect(published()[0]?.Message).toContain(
      'countersign-audit, inc-0123456789abcdef0123, 1: alarm_joined became planned',
    );
    expect(published()[0]?.Message).toContain('stop 1 is in force');
    expect(published()[0]?.Message).toContain('alarm_joined was added and is no audit entry');
  });

  test('asks again for those alone that it did not deal with', async () => {
    topic.on(PublishCommand).rejects(new Error('SNS is down'));
    const one = changed();
    expect(await handler({ Records: [added(), one, added()] })).toEqual({
      batchItemFailures: [{ itemIdentifier: one.dynamodb.SequenceNumber }],
    });
    expect(stops()).toBe(1);
  });

  test('puts what was added under Object Lock, where nothing is, and what was reviewed once', async () => {
    await handler({ Records: [added()] });
    const objects = () => bucket.commandCalls(PutObjectCommand).map(({ args: [{ input }] }) => input);
    for (const { Bucket, IfNoneMatch } of objects())
      expect([Bucket, IfNoneMatch]).toEqual([process.env.ARCHIVE_BUCKET, '*']);
    const [entries] = objects().filter(({ Key }) => Key?.startsWith(`audit/${entry.chain}/`));
    expect(entries?.Body).toBe(`${canonicalJson(entry)}\n`);
    const head = { chain: entry.chain, length: 1, hash: entry.hash };
    expect(objects().filter(({ Key }) => Key?.startsWith('notes/'))).toMatchObject([
      { Body: JSON.stringify({ heads: [head] }) },
    ]);
    bucket.resetHistory();
    await handler({ Records: [added()] });
    expect(objects().map(({ Key }) => Key?.split('/')[0])).toEqual(['audit', 'notes']);
  });

  test('an object that is there already is no failure; a bucket that refuses is, and tampering is noticed all the same', async () => {
    bucket.on(PutObjectCommand).rejects(Object.assign(new Error('it is there'), { name: 'PreconditionFailed' }));
    expect(await handler({ Records: [added()] })).toEqual({ batchItemFailures: [] });
    bucket.on(PutObjectCommand).rejects(Object.assign(new Error('no lock'), { name: 'InvalidRequest' }));
    const one = added();
    expect(await handler({ Records: [changed(), one] })).toEqual({
      batchItemFailures: [{ itemIdentifier: one.dynamodb.SequenceNumber }],
    });
    expect([stops(), published().length]).toEqual([1, 1]);
    await expect(handler({ Records: [one] })).rejects.toThrow('none of 1 records was dealt with to the end');
  });

  test('fails when it dealt with none, so that its errors count it', async () => {
    topic.on(PublishCommand).rejects(new Error('SNS is down'));
    await expect(handler({ Records: [changed()] })).rejects.toThrow('none of 1 records was dealt with to the end');
    expect(stops()).toBe(1);
  });

  test('takes whatever a stranger wrote for an item without words', async () => {
    const odd = record('MODIFY', {
      OldImage: { kind: { N: '1' }, entry: { B: 'AAA=' }, more: { L: [] } },
      NewImage: { kind: { M: {} } },
    });
    const removed = record('REMOVE', { OldImage: image('planned') }, { S: 'BURN#1.run.1.1' });
    expect(await handler({ Records: [odd, removed] })).toEqual({ batchItemFailures: [] });
    expect(published()[0]?.Message).toContain('1: an item became something else (MODIFY)');
    expect(published()[0]?.Message).toContain('BURN#1.run.1.1: planned was removed');
    expect(stops()).toBe(2);
  });

  test.each([
    ['nothing', null],
    ['no records', { Records: [] }],
    ['a record without keys', { Records: [changed(), { ...changed(), dynamodb: { SequenceNumber: '1' } }] }],
    ['a record without an id', { Records: [{ ...changed(), eventID: undefined }] }],
  ])('refuses %s as a whole: it goes to the queue, and nothing is taken for seen', async (_, event) => {
    await expect(handler(event)).rejects.toThrow('the input does not fit');
    expect([published(), stops()]).toEqual([[], 0]);
  });
});
