/** Buckets and what waits, in the Work table against the local AWS: the same as in memory, whoever is at it at once. */
import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { expect, test } from 'vitest';
import { openDatabase } from '../../../adapters/dynamodb/client.ts';
import { paceTable } from '../../../adapters/dynamodb/pace.ts';
import { waitsTable } from '../../../adapters/dynamodb/waits.ts';
import { minuteBucket } from '../../../core/pace.ts';
import { start } from '../../support/fixtures.ts';
import { MemoryPace } from '../../support/memory/pace.ts';
import { createTables, emulatedAws, tables } from '../emulated.ts';

emulatedAws(createTables);
process.env.AWS_REGION = 'us-east-1';
let now = start;
const take = paceTable(openDatabase(), tables.work, () => now);
const waits = waitsTable(openDatabase(), tables.work, () => now);
const id = 'inc-0123456789abcdef0123';

async function plant(pk: string, sk: string, item: Record<string, AttributeValue>): Promise<void> {
  const Item = { pk: { S: pk }, sk: { S: sk }, ...item };
  await new DynamoDBClient({}).send(new PutItemCommand({ TableName: tables.work, Item }));
}

test('40 at once take what the bucket has, and no more; the table answers as the memory does', async () => {
  const bucket = minuteBucket('at-once', 50, 'card');
  const answers = await Promise.all(Array.from({ length: 40 }, () => take(bucket)));
  const memory = new MemoryPace(() => now);
  const expected: boolean[] = [];
  for (let tries = 0; tries < 40; tries += 1) expected.push(await memory.take(bucket));
  expect(answers.filter(Boolean)).toHaveLength(expected.filter(Boolean).length);
  now += bucket.interval;
  expect(await take(bucket)).toBe(true);
  expect(await take(bucket)).toBe(false);
  expect(await take(minuteBucket('at-once', 50, 'digest'))).toBe(true);
});

test.each<[string, AttributeValue]>([
  ['for ever', { N: '99999999999999' }],
  ['a text', { S: 'for ever' }],
])('a bucket that a stranger used up %s is free', async (name, usedUntil) => {
  await plant(`PACE#${name}`, 'PACE', { usedUntil });
  expect(await take(minuteBucket(name, 50, 'text'))).toBe(true);
});

test('what waits is noted once, since its first moment, and again after it was over', async () => {
  expect(await waits.waitsSince('question', id)).toBeNull();
  await waits.wait({ kind: 'question', incidentId: id, step: 2 });
  const since = now;
  now += 60_000;
  await waits.wait({ kind: 'question', incidentId: id, step: 2 });
  expect(await waits.waitsSince('question', id)).toBe(since);
  await waits.wait({ kind: 'ending', incidentId: id, step: null });
  expect(await waits.waits()).toEqual([
    { kind: 'ending', incidentId: id, step: null, since: now },
    { kind: 'question', incidentId: id, step: 2, since },
  ]);
  await waits.waitsNoMore('question', id);
  expect(await waits.waitsSince('question', id)).toBeNull();
  await waits.wait({ kind: 'question', incidentId: id, step: 3 });
  expect(await waits.waits()).toContainEqual({ kind: 'question', incidentId: id, step: 3, since: now });
  await waits.dropWait('question', id);
  await waits.dropWait('ending', id);
  await waits.waitsNoMore('head', id);
  expect(await waits.waits()).toEqual([]);
});

test('a row that a stranger put is no wait, and goes', async () => {
  await plant('WAIT', `question#${id}`, { kind: { S: 'question' }, incidentId: { S: 'somebody' }, since: { S: 'x' } });
  expect(await waits.waitsSince('question', id)).toBeNull();
  await waits.wait({ kind: 'question', incidentId: id, step: 1 });
  expect(await waits.waitsSince('question', id)).toBe(now);
  await plant('WAIT', 'planted', {
    kind: { S: 'question' },
    incidentId: { S: id },
    since: { N: '1' },
    step: { N: '1' },
  });
  expect(await waits.waits()).toEqual([{ kind: 'question', incidentId: id, step: 1, since: now }]);
});

test('of ten sweeps in a minute one draws the digest, and knows where it is', async () => {
  const minute = Math.floor(now / 60_000);
  const claims = await Promise.all(Array.from({ length: 10 }, () => waits.claimDigest(minute)));
  expect(claims.filter((claim) => claim !== null)).toEqual([{ place: null, drawn: null }]);
  const digest = { place: { channel: 'C1', messageTs: '1.1' }, drawn: 'a digest' };
  await waits.keepDigest(digest);
  expect(await waits.claimDigest(minute)).toBeNull();
  expect(await waits.claimDigest(minute + 1)).toEqual(digest);
  await waits.keepDigest({ place: null, drawn: null });
  expect(await waits.claimDigest(minute + 2)).toEqual({ place: null, drawn: null });
});
