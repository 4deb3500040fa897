/** Words that begin incidents, in Control against the local AWS: one is put, a lost answer is recognised, garbage is replaced. */
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../adapters/dynamodb/client.ts';
import { retryRows } from '../../../adapters/dynamodb/retries.ts';
import { createTables, emulatedAws, tables } from '../emulated.ts';

emulatedAws(createTables);
process.env.AWS_REGION = 'us-east-1';
const retries = retryRows(openDatabase(), tables.control);
const word = (payload: string) => ({ payloadType: 'x', payload, signatures: [{ keyid: 'k', sig: 's' }] });

test('of 20 at the same moment one is put; it is read as it was written, and put again is a success', async () => {
  const words = Array.from({ length: 20 }, (_, number) => word(String(number)));
  const answers = await Promise.all(words.map((one) => retries.putRetry('inc-1', one, null)));
  expect(answers.filter(Boolean)).toHaveLength(1);
  const mine = words[answers.indexOf(true)];
  expect(await retries.retry('inc-1')).toEqual(mine);
  expect(await retries.putRetry('inc-1', mine, null)).toBe(true);
  expect(await retries.putRetry('inc-1', word('another'), null)).toBe(false);
});

test('what a stranger put is replaced where it is still what was read, and not else', async () => {
  const Item = { pk: { S: 'inc-2' }, sk: { S: 'RETRY' }, envelope: { M: { garbage: { S: 'x' } } } };
  await new DynamoDBClient({}).send(new PutItemCommand({ TableName: tables.control, Item }));
  expect(await retries.retry('inc-2')).toEqual({ garbage: 'x' });
  expect(await retries.putRetry('inc-2', word('mine'), { garbage: 'y' })).toBe(false);
  expect(await retries.putRetry('inc-2', word('mine'), { garbage: 'x' })).toBe(true);
  expect(await retries.retry('inc-2')).toEqual(word('mine'));
});

test.each([
  { NULL: true },
  { N: '7' },
  { N: '12345678901234567890123456789012345678' },
  { BOOL: false },
  { B: new Uint8Array([1, 2]) },
  { SS: ['a', 'b'] },
  { L: [{ NULL: true }] },
  { M: {} },
])('%j in its place keeps nobody from trying again', async (envelope) => {
  const id = `inc-${JSON.stringify(envelope)}`;
  const Item = { pk: { S: id }, sk: { S: 'RETRY' }, envelope };
  await new DynamoDBClient({}).send(new PutItemCommand({ TableName: tables.control, Item }));
  expect(await retries.putRetry(id, word('mine'), await retries.retry(id))).toBe(true);
  expect(await retries.retry(id)).toEqual(word('mine'));
});

test('there is none before', async () => {
  expect(await retries.retry('inc-3')).toBeNull();
});
