/** tell at its own door, with records as DynamoDB Streams hands them over: each incident once, and what failed is delivered again. */
import { rmSync } from 'node:fs';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, expect, test, vi } from 'vitest';
import { compiledOf } from '../support/fixtures.ts';
import { deployed } from './environment.ts';

const folder = deployed(compiledOf());
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { handler } = await import('../../functions/tell.ts');

const tables = mockClient(DynamoDBDocumentClient);
beforeEach(() => {
  tables.reset();
  tables.on(GetCommand).resolves({});
  tables.on(QueryCommand).resolves({ Items: [] });
});

let numbers = 0;
function record(chain: string, eventName = 'INSERT') {
  numbers += 1;
  return {
    eventID: `event-${numbers}`,
    eventName,
    eventSourceARN: 'arn:aws:dynamodb:eu-central-1:111122223333:table/countersign-audit/stream/2026-11-21T00:00:00.000',
    dynamodb: { Keys: { pk: { S: chain }, sk: { N: '1' } }, SequenceNumber: `1000${numbers}` },
  };
}
const [one, other] = ['inc-0123456789abcdef0123', 'inc-0123456789abcdef9999'];
const read = () => tables.commandCalls(QueryCommand).map(({ args: [{ input }] }) => input.ExpressionAttributeValues);
const chainsRead = () => read().flatMap((values) => values?.[':chain'] ?? []);

test('reads each incident once, however many of its entries a batch has, and a recovery beside it as the same', async () => {
  const Records = [record(one), record(one), record(`${one}#recovery`), record(other), record('DAY#2026-11-21#a')];
  expect(await handler({ Records })).toEqual({ batchItemFailures: [] });
  expect(chainsRead()).toEqual([one, other]);
});

test('does nothing for what was changed or removed: that is `archive`’s business', async () => {
  expect(await handler({ Records: [record(one, 'MODIFY'), record(one, 'REMOVE')] })).toEqual({ batchItemFailures: [] });
  expect(read()).toEqual([]);
});

test('names the first record of each incident that failed, and goes on with the others', async () => {
  tables.on(QueryCommand).callsFake(({ ExpressionAttributeValues }) => {
    if (ExpressionAttributeValues[':chain'] === one) throw new Error('down');
    return { Items: [] };
  });
  const Records = [record(other), record(one), record(one)];
  const [, first] = Records.map(({ dynamodb }) => dynamodb.SequenceNumber);
  expect(await handler({ Records })).toEqual({ batchItemFailures: [{ itemIdentifier: first }] });
  expect(chainsRead()).toEqual([other, one]);
});

test('logs by its name why an incident could not be told, and nothing that the error carries', async () => {
  const written = vi.spyOn(process.stderr, 'write').mockImplementation(() => true);
  const cause = Object.assign(new Error('text of a response'), {
    code: 'x',
    body: 'its body',
    headers: { a: 'cookie' },
  });
  tables.on(QueryCommand).rejects(new TypeError('a text of it', { cause }));
  await handler({ Records: [record(one)] });
  const lines = written.mock.calls.map(([line]) => String(line));
  written.mockRestore();
  const [said] = lines.filter((line) => line.includes('could not be told'));
  expect(JSON.parse(said ?? '{}')).toMatchObject({ incidentId: one, error: expect.stringMatching(/^\w*Error/) });
  expect(lines.join('')).not.toMatch(/text of|its body|cookie|stack/);
});
