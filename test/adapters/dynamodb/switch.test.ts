/** The kill switch and suspensions against the local AWS: signed words beside their rows, races, lost answers, a stranger's rows. */
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../adapters/dynamodb/client.ts';
import { controlTable } from '../../../adapters/dynamodb/control.ts';
import { createTables, emulatedAws, tables } from '../emulated.ts';

emulatedAws(createTables);
process.env.AWS_REGION = 'us-east-1';
const database = openDatabase();
const control = controlTable(database, tables.control);
const nothing = { resume: null, abort: null };
const envelope = (what: string) => ({
  payloadType: 'x',
  payload: Buffer.from(what).toString('base64'),
  signatures: [{ keyid: 'k', sig: 's' }],
});

async function plant(pk: string, sk: string, item = {}): Promise<void> {
  const Item = { pk: { S: pk }, sk: { S: sk }, ...item };
  await new DynamoDBClient({}).send(new PutItemCommand({ TableName: tables.control, Item }));
}
const sortable = (number: number) => String(number).padStart(9, '0');
const row = (by: string, what: unknown = null) => ({ by, why: 'why', at: '2026-11-28T03:00:00Z', envelope: what });

describe('signed words beside a stop', () => {
  test('are put where both rows are as they were read, and read as they were put', async () => {
    expect(await control.putSigned('abort', 11, envelope('a'), nothing)).toBe(true);
    expect(await control.abort(11)).toEqual(envelope('a'));
    expect(await control.putSigned('resume', 11, envelope('r'), nothing)).toBe(false);
    expect(await control.putSigned('resume', 11, envelope('r'), { ...nothing, abort: envelope('a') })).toBe(true);
    expect(await control.putSigned('abort', 11, envelope('b'), { ...nothing, abort: envelope('a') })).toBe(false);
    expect(await control.abort(11)).toEqual(envelope('a'));
    const both = { resume: envelope('r'), abort: envelope('a') };
    expect(await control.putSigned('abort', 11, envelope('b'), both)).toBe(true);
    expect(await control.abort(11)).toEqual(envelope('b'));
  });

  test('recognise themselves where the answer was lost, and throw where it is not known', async () => {
    const lossy = openDatabase();
    const send = lossy.send.bind(lossy);
    let lose = true;
    lossy.send = (async (command: never) => {
      const answer = await send(command);
      if (lose && (command as object).constructor.name === 'TransactWriteCommand') throw new Error('socket hang up');
      return answer;
    }) as never;
    const other = controlTable(lossy, tables.control);
    expect(await other.putSigned('resume', 12, envelope('r'), nothing)).toBe(true);
    const mock = mockClient(DynamoDBDocumentClient);
    mock.rejects(new Error('throttled'));
    await expect(control.putSigned('resume', 13, envelope('r'), nothing)).rejects.toThrow('throttled');
    mock.restore();
    lose = false;
  });

  test('of two at once one is put', async () => {
    const puts = ['x', 'y'].map((what) => control.putSigned('resume', 14, envelope(what), nothing));
    expect((await Promise.all(puts)).filter(Boolean)).toHaveLength(1);
  });

  test('what a stranger put there counts as absent and is replaced', async () => {
    await plant('RESUME', sortable(15), { envelope: { S: 'lift everything' } });
    expect(await control.resume(15)).toBeNull();
    expect(await control.putSigned('resume', 15, envelope('r'), nothing)).toBe(true);
    expect(await control.resume(15)).toEqual(envelope('r'));
  });
});

describe('the row of stops', () => {
  test('goes to the first gap, over more than one page, and knows the first release’s item', async () => {
    await plant('KILL', 'KILL', { by: { S: 'ops' } });
    expect((await control.stops(1)).map(({ number, by }) => [number, by])).toEqual([[1, 'ops']]);
    const big = { why: { S: 'x'.repeat(300_000) } };
    for (const number of [2, 3, 4, 5, 6, 7, 9, 999_999_999]) await plant('KILL', sortable(number), big);
    expect((await control.stops(1)).map(({ number }) => number)).toEqual([1, 2, 3, 4, 5, 6, 7]);
    expect(await control.stops(8)).toEqual([]);
    expect((await control.stops(9)).map(({ number }) => number)).toEqual([9]);
  });
});

describe('suspensions', () => {
  test('are put where nothing lies, or over an unsigned row that was read; the word that lifts them looks at them', async () => {
    expect(await control.suspension('ana', 1)).toBeNull();
    expect(await control.putSuspension('ana', 1, row('ben'), null)).toBe(true);
    expect(await control.putSuspension('ana', 1, row('ben'), null)).toBe(true);
    expect(await control.putSuspension('ana', 1, row('eve'), null)).toBe(false);
    const signed = row('cleo', envelope('s'));
    expect(await control.putSuspension('ana', 1, signed, row('ben'))).toBe(true);
    expect(await control.suspension('ana', 1)).toEqual(signed);
    expect(await control.putSuspension('ana', 1, row('eve'), row('ben'))).toBe(false);
    await control.putSuspension('ana', 2, row('eve'), null);
    await control.putSuspension('ana', 4, row('eve'), null);
    expect(await control.lastSuspension('ana', 1)).toBe(2);
    const before = { reinstatement: null, suspension: row('ben') };
    expect(await control.putReinstatement('ana', 1, envelope('l'), before)).toBe(false);
    expect(await control.putReinstatement('ana', 1, envelope('l'), { ...before, suspension: signed })).toBe(true);
    expect(await control.reinstatement('ana', 1)).toEqual(envelope('l'));
  });
});
