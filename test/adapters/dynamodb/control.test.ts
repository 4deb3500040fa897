/** The Control table against the local AWS: races have one winner, lost answers are recognised, a stranger's rows break nothing. */
import { type AttributeValue, DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand, QueryCommand } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../adapters/dynamodb/client.ts';
import { controlTable } from '../../../adapters/dynamodb/control.ts';
import { keyOf, type QuestionRecord } from '../../../core/approval/record.ts';
import { sha256 } from '../../../core/digest.ts';
import { payloadTypes } from '../../../core/dsse.ts';
import { questionDigest, questionSortKey } from '../../../core/question.ts';
import { storedCard } from '../../../core/report/stored-card.ts';
import { storedAs } from '../../core/approval/asked.ts';
import { named } from '../../core/gate/situations.ts';
import { sampleCard } from '../../core/slack/samples.ts';
import { inTurns, share } from '../../soak.ts';
import { createTables, emulatedAws, rawItem, tables } from '../emulated.ts';

emulatedAws(createTables);
process.env.AWS_REGION = 'us-east-1';
const database = openDatabase();
const control = controlTable(database, tables.control);

let ids = 0;
const newIncident = () => `inc-${sha256(`control ${++ids}`).slice(0, 20)}`;
const dispatch = named('2.run');

/** A PENDING question without a card; `revision` and `required` are what tests vary. */
function pending(incidentId = newIncident(), { revision = 1, required = 1 } = {}): QuestionRecord {
  const { question } = storedAs().record;
  const own = { ...question, incidentId, revision, terms: { ...question.terms, required } };
  return { ...storedAs({ question: own }).record, digest: questionDigest(own), places: [] };
}

const voteOf = (who: string) => ({
  payloadType: payloadTypes.vote,
  payload: Buffer.from(who).toString('base64'),
  signatures: [{ keyid: 'k', sig: 's' }] as [{ keyid: string; sig: string }],
});
const approval = ({ digest }: QuestionRecord, who = 'ana') =>
  ({ digest, vote: voteOf(who), status: 'APPROVED', votesBefore: 0 }) as const;

async function made(record = pending()) {
  expect(await control.create(record)).toBe(true);
  return { record, key: keyOf(record.question) };
}

/** Writes an item as somebody with write access would, types included. */
async function plant(pk: string, sk: string, item: Record<string, AttributeValue>): Promise<void> {
  const Item = { pk: { S: pk }, sk: { S: sk }, ...item };
  await new DynamoDBClient({}).send(new PutItemCommand({ TableName: tables.control, Item }));
}

async function remove(pk: string, sk: string): Promise<void> {
  const Key = { pk: { S: pk }, sk: { S: sk } };
  await new DynamoDBClient({}).send(new DeleteItemCommand({ TableName: tables.control, Key }));
}

/** Attributes of every type that DynamoDB has, and numbers that JavaScript has not. */
const hostile: Record<string, AttributeValue> = {
  huge: { N: '123456789012345678901234567890' },
  bytes: { B: new Uint8Array([0, 255]) },
  texts: { SS: ['a', 'b'] },
  numbers: { NS: ['9007199254740993'] },
  nothing: { NULL: true },
  nested: { M: { ['__proto__']: { S: 'x' }, constructor: { L: [{ N: '1e100' }] } } },
};

describe('a question', () => {
  test('is made once, re-armed while it is pending, and read as it was written', async () => {
    const record = pending();
    const key = keyOf(record.question);
    expect(await control.read(key)).toBeNull();
    const answers = await Promise.all(
      Array.from({ length: 10 }, (_, at) =>
        control.create(at === 0 ? record : pending(key.incidentId, { required: 2 })),
      ),
    );
    const stored = await control.read(key);
    expect(answers.filter(Boolean).length).toBe(answers[0] ? 1 : 9);
    expect(stored).toMatchObject({ ...key, status: 'PENDING', places: [] });
    expect(await control.rearm(key, 'token-2')).toBe(true);
    expect((await control.read(key))?.record?.token).toBe('token-2');
    expect(await control.end(key, 'WITHDRAWN')).toBe(true);
    expect(await control.rearm(key, 'token-3')).toBe(false);
    expect((await control.read(key))?.record).toMatchObject({ token: 'token-2', status: 'WITHDRAWN' });
    expect((await rawItem(tables.control, key.incidentId, key.sortKey))?.status).toEqual({ S: 'WITHDRAWN' });
  });

  test('that is made again recognises itself, and nothing else', async () => {
    const { record, key } = await made();
    expect(await control.create({ ...record, token: 'token-2' })).toBe(true);
    expect((await control.read(key))?.record).toEqual(record);
    expect(await control.create(pending(key.incidentId, { required: 2 }))).toBe(false);
  });

  test('is found by its dispatch, in its newest revision', async () => {
    const incidentId = newIncident();
    expect(await control.latest(incidentId, dispatch)).toBeNull();
    for (const revision of [2, 10, 9]) await made(pending(incidentId, { revision }));
    await plant(incidentId, questionSortKey(named('3.run'), 99), {});
    await plant(incidentId, 'REQUEST#2.run.1#x', {});
    expect((await control.latest(incidentId, dispatch))?.record?.question.revision).toBe(10);
    expect((await control.latest(incidentId, { ...dispatch, wave: 2 }))?.sortKey).toBe('QUESTION#2.run.1.1#0010');
  });

  test('all rows of an incident are listed, of every format, also beyond one page of a query', async () => {
    const incidentId = newIncident();
    const { record } = await made(pending(incidentId));
    for (let row = 0; row < 4; row += 1)
      await plant(incidentId, `REQUEST#2.run.1#${row}`, {
        ...hostile,
        status: { S: 'PENDING' },
        more: { S: 'x'.repeat(350_000) },
      });
    await plant(incidentId, 'VOTE#1', { status: { S: 'PENDING' } });
    const rows = await control.list(incidentId);
    expect(rows.map(({ sortKey }) => sortKey)).toEqual([
      'QUESTION#2.run.1.1#0001',
      ...[0, 1, 2, 3].map((row) => `REQUEST#2.run.1#${row}`),
    ]);
    expect(rows.map((row) => row.record)).toEqual([record, null, null, null, null]);
    expect(new Set(rows.map(({ status }) => status))).toEqual(new Set(['PENDING']));
  });

  test('keeps the places of its cards, each once, and only where there is a question', async () => {
    const { record, key } = await made();
    const nowhere = keyOf(pending().question);
    const card = JSON.parse(JSON.stringify(sampleCard()));
    for (const messageTs of ['1.0', '1.0', '2.0']) await control.delivered(key, { channel: 'C1', messageTs }, card);
    expect((await control.read(key))?.record).toEqual({
      ...record,
      places: [
        { channel: 'C1', messageTs: '1.0' },
        { channel: 'C1', messageTs: '2.0' },
      ],
      card,
    });
    await control.delivered(nowhere, { channel: 'C1', messageTs: '1.0' }, card);
    expect(await control.read(nowhere)).toBeNull();
  });

  test('has room for the largest card, its votes and the longest token', async () => {
    const text = '日'.repeat(24_000);
    const printed = Array.from({ length: 20 }, (_, at) => ({ host: `i-${at}`, text }));
    const { key } = await made({ ...pending(), token: 't'.repeat(2048) });
    const card = storedCard(
      sampleCard({ command: '日'.repeat(4000), before: printed, dryRun: printed, evidence: [{ title: 't', text }] }),
    );
    await control.delivered(key, { channel: 'C1', messageTs: '1.0' }, card);
    expect(Buffer.byteLength(JSON.stringify(await rawItem(tables.control, key.incidentId, key.sortKey)))).toBeLessThan(
      350_000,
    );
  });
});

describe('a vote', () => {
  test('is written with the status, and answered with the token of the newest tick', async () => {
    const { record, key } = await made();
    await control.rearm(key, 'token-2');
    const written = { ...record, token: 'token-2', status: 'APPROVED', votes: [voteOf('ana')] };
    expect(await control.vote(key, approval(record))).toEqual(written);
    expect((await control.read(key))?.record).toEqual(written);
  });

  test('that is written again recognises itself; another one is refused', async () => {
    const { record, key } = await made();
    await control.vote(key, approval(record));
    expect(await control.vote(key, approval(record))).toMatchObject({ status: 'APPROVED' });
    expect(await control.vote(key, approval(record, 'ben'))).toBeNull();
    expect((await control.read(key))?.record?.votes).toEqual([voteOf('ana')]);
  });

  test('of three at the same moment one is written, the others see that somebody was faster', async () => {
    const { record, key } = await made(pending(newIncident(), { required: 2 }));
    const cast = (who: string) => control.vote(key, { ...approval(record, who), status: 'PENDING' });
    const answers = await Promise.all([cast('ana'), cast('ben'), cast('cleo')]);
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect((await control.read(key))?.record?.votes).toHaveLength(1);
  });

  test('on another digest, beside other votes, or on no question is not written', async () => {
    const record = pending();
    const key = keyOf(record.question);
    expect(await control.vote(key, approval(record))).toBeNull();
    expect(await control.read(key)).toBeNull();
    await control.create(record);
    expect(await control.vote(key, { ...approval(record), digest: sha256('other') })).toBeNull();
    expect(await control.vote(key, { ...approval(record), votesBefore: 1 })).toBeNull();
    expect((await control.read(key))?.record).toEqual(record);
  });
});

describe('an ending', () => {
  test('of an approval and an expiry exactly one wins, however they meet', async () => {
    await inTurns(share(2000), 20, async (at) => {
      const { record, key } = await made();
      const contest = [() => control.vote(key, approval(record)), () => control.end(key, 'EXPIRED')];
      if (at % 2) contest.reverse();
      const answers = await Promise.all(contest.map((act) => act()));
      const stored = (await control.read(key))?.record;
      expect([answers.filter(Boolean).length, stored?.votes.length]).toEqual([
        1,
        stored?.status === 'APPROVED' ? 1 : 0,
      ]);
    });
  });

  test('that is written again recognises itself; another one is refused', async () => {
    const { key } = await made();
    expect(await control.end(key, 'EXPIRED')).toBe(true);
    expect(await control.end(key, 'EXPIRED')).toBe(true);
    expect(await control.end(key, 'SUPERSEDED')).toBe(false);
    expect((await control.read(key))?.status).toBe('EXPIRED');
  });

  test('ends rows of every format, and makes none', async () => {
    const key = { incidentId: newIncident(), sortKey: 'REQUEST#2.run.1#x' };
    expect(await control.end(key, 'SUPERSEDED')).toBe(false);
    expect(await control.read(key)).toBeNull();
    await plant(key.incidentId, key.sortKey, { ...hostile, status: { S: 'PENDING' } });
    expect(await control.end(key, 'SUPERSEDED')).toBe(true);
    expect(await control.read(key)).toMatchObject({ status: 'SUPERSEDED', record: null });
  });
});

test.each<[string, Record<string, AttributeValue>]>([
  ['nothing', {}],
  ['every type', hostile],
  ['a question that is text', { question: { S: 'approve' }, status: { S: 'APPROVED' }, votes: { SS: ['yes'] } }],
])('a row that says %s is no record', async (_, item) => {
  const { incidentId, sortKey } = keyOf(pending().question);
  await plant(incidentId, sortKey, item);
  expect(await control.read({ incidentId, sortKey })).toMatchObject({ record: null });
  expect(await control.latest(incidentId, dispatch)).toMatchObject({ sortKey, record: null });
});

test('every read is consistent', async () => {
  const client = mockClient(DynamoDBDocumentClient);
  client.on(GetCommand).resolves({}).on(QueryCommand).resolves({});
  try {
    const key = { incidentId: newIncident(), sortKey: 's' };
    await control.read(key);
    await control.latest(key.incidentId, dispatch);
    await control.list(key.incidentId);
    await control.stop(1);
    await control.resume(1);
    const inputs = client.calls().map(({ args }) => args[0].input as { ConsistentRead?: boolean });
    expect(inputs.map(({ ConsistentRead }) => ConsistentRead)).toEqual(Array(6).fill(true));
  } finally {
    client.restore();
  }
});

test('what is no failed condition is thrown', async () => {
  const nowhere = controlTable(database, 'no-such-table');
  const record = pending();
  const key = keyOf(record.question);
  await expect(nowhere.create(record)).rejects.toThrow();
  await expect(nowhere.rearm(key, 't')).rejects.toThrow();
  await expect(nowhere.end(key, 'EXPIRED')).rejects.toThrow();
  await expect(nowhere.vote(key, approval(record))).rejects.toThrow();
  await expect(nowhere.stop(1)).rejects.toThrow();
  await expect(nowhere.putStop(1, stopOf('x'))).rejects.toThrow();
});

const stopOf = (eventId: string) => ({
  eventId,
  by: 'archive',
  why: 'an entry was replaced',
  at: '2026-11-21T03:00:00Z',
});

describe('the kill switch', () => {
  test('a stop is put once per number and once per event', async () => {
    const [first, second] = [stopOf('event-1'), stopOf('event-2')];
    expect(await control.stop(11)).toBeNull();
    expect(await control.putStop(11, first)).toBe('put');
    expect(await control.stop(11)).toEqual(first);
    expect(await control.putStop(12, first)).toBe('known');
    expect(await control.putStop(11, first)).toBe('known');
    expect(await control.putStop(11, second)).toBe('taken');
    expect(await control.stop(12)).toBeNull();
    expect(await control.putStop(12, second)).toBe('put');
    expect(await rawItem(tables.control, 'KILL', '000000012')).toMatchObject({ eventId: { S: 'event-2' } });
    expect(await rawItem(tables.control, 'STOPPED', 'event-2')).toMatchObject({ number: { N: '12' } });
  });

  test('of 20 stops at the same moment all that are acknowledged are there', async () => {
    const answers = await Promise.all(Array.from({ length: 20 }, (_, at) => control.putStop(21, stopOf(`many-${at}`))));
    expect(answers.filter((answer) => answer === 'put')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['put', 'taken']));
  });

  test('the stop of the first release is number 1, whatever it says, and takes its place', async () => {
    await plant('KILL', 'KILL', hostile);
    expect(await control.stop(1)).toEqual({
      eventId: 'unknown',
      by: 'somebody',
      why: 'no reason was given',
      at: 'unknown',
    });
    expect(await control.putStop(1, stopOf('event-3'))).toBe('taken');
    expect(await control.stop(2)).toBeNull();
    await remove('KILL', 'KILL');
    expect(await control.stop(1)).toBeNull();
    expect(await control.putStop(1, stopOf('event-3'))).toBe('put');
  });

  test('a resume is handed on unchecked, as it lies there', async () => {
    expect(await control.resume(7)).toBeNull();
    await plant('RESUME', '000000007', hostile);
    expect(await control.resume(7)).toBeNull();
    await plant('RESUME', '000000007', { envelope: { M: { payload: { S: 'x' } } } });
    expect(await control.resume(7)).toEqual({ payload: 'x' });
  });
});
