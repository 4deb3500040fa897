/** Threads in the Work table against the local AWS: one claims, the others find where it is, and what a stranger wrote breaks nothing. */
import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../adapters/dynamodb/client.ts';
import { threadsTable } from '../../../adapters/dynamodb/threads.ts';
import { claimSeconds } from '../../../core/use-cases/thread.ts';
import { start } from '../../support/fixtures.ts';
import { createTables, emulatedAws, tables } from '../emulated.ts';

emulatedAws(createTables);
process.env.AWS_REGION = 'us-east-1';
let now = start;
const threads = threadsTable(openDatabase(), tables.work, () => now);
const place = { channel: 'C1', messageTs: '1.1' };

async function plant(pk: string, item: Record<string, AttributeValue>): Promise<void> {
  const Item = { pk: { S: pk }, sk: { S: 'THREAD' }, ...item };
  await new DynamoDBClient({}).send(new PutItemCommand({ TableName: tables.work, Item }));
}

test('of 20 at the same moment one claims it; afterwards everybody finds it there', async () => {
  const answers = await Promise.all(Array.from({ length: 20 }, () => threads.claimThread('inc-1', 'incidents')));
  expect(answers.filter((answer) => answer === 'mine')).toHaveLength(1);
  expect(answers.filter((answer) => answer !== 'mine' && answer.place === null)).toHaveLength(19);
  await threads.placeThread('inc-1', 'incidents', place);
  await threads.drewThread('inc-1', 'a digest');
  const row = { channel: 'incidents', place, drawn: 'a digest', pictured: false };
  expect(await threads.claimThread('inc-1', 'incidents')).toEqual(row);
  expect(await threads.thread('inc-1')).toEqual(row);
});

test('the picture is claimed by one of 20, by the next when its time is over, and by nobody once it stands there', async () => {
  await threads.claimThread('inc-3', 'incidents');
  const claims = await Promise.all(Array.from({ length: 20 }, () => threads.claimPicture('inc-3')));
  expect(claims.filter(Boolean)).toHaveLength(1);
  now += (claimSeconds + 1) * 1000;
  expect(await threads.claimPicture('inc-3')).toBe(true);
  await threads.keptPicture('inc-3');
  now += (claimSeconds + 1) * 1000;
  expect(await threads.claimPicture('inc-3')).toBe(false);
  expect(await threads.thread('inc-3')).toMatchObject({ pictured: true });
});

test('a claim that came to nothing is taken over when its time is over, and the first place that was noted stays', async () => {
  expect(await threads.claimThread('inc-2', 'incidents')).toBe('mine');
  now += claimSeconds * 1000;
  expect(await threads.claimThread('inc-2', 'incidents')).toMatchObject({ place: null });
  now += 1000;
  expect(await threads.claimThread('inc-2', 'incidents')).toBe('mine');
  await threads.placeThread('inc-2', 'incidents', place);
  await threads.placeThread('inc-2', 'incidents', { channel: 'C1', messageTs: '2.2' });
  expect(await threads.thread('inc-2')).toMatchObject({ place });
});

test.each<[string, Record<string, AttributeValue>]>([
  ['nothing', {}],
  ['another type', { channel: { N: '1' }, messageTs: { BOOL: true }, claimedUntil: { S: 'for ever' } }],
  ['a claim for ever', { channel: { S: 'incidents' }, claimedUntil: { S: '9' } }],
])('a row of which a stranger made %s is nobody’s thread, and can be claimed or passed over', async (name, item) => {
  await plant(`inc-${name}`, item);
  const answer = await threads.claimThread(`inc-${name}`, 'incidents');
  expect(answer === 'mine' || answer.place === null).toBe(true);
});
