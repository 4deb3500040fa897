/** The Audit table against the local AWS: races have one winner, transactions are whole, 200 writers all get their entry in. */
import { randomInt, randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import {
  type AttributeValue,
  DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { PutCommand, TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { auditTable } from '../../../adapters/dynamodb/audit.ts';
import { openDatabase } from '../../../adapters/dynamodb/client.ts';
import { type AuditWriter, append, appendAll, begin } from '../../../core/audit/append.ts';
import { entryOf, nextEntry, readChain } from '../../../core/audit/chain.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import type { AuditEntry } from '../../../core/audit/envelope.ts';
import { canonicalJson, sha256 } from '../../../core/digest.ts';
import { share } from '../../soak.ts';
import { createTables, emulatedAws, tables } from '../emulated.ts';

emulatedAws(createTables);
process.env.AWS_REGION = 'us-east-1';
const database = openDatabase();
const audit = auditTable(database, tables.audit);

let ids = 0;
const newChain = () => `inc-${sha256(`chain ${++ids}`).slice(0, 20)}`;
const joined = (why: string): AuditEvent => ({ kind: 'alarm_joined', alarmArn: 'arn', state: 'ALARM', why });
const author = (entryId: string) => ({ entryId, at: '2026-11-21T03:00:00.000Z', actor: 'test' });
const three = [joined('1'), joined('2'), joined('3')];

let pauses = 0;
const writer: AuditWriter = {
  store: audit,
  actor: 'test',
  now: () => '2026-11-21T03:00:00.000Z',
  newId: randomUUID,
  pause: (weight) => {
    pauses += 1;
    return sleep(randomInt(20 * weight));
  },
};

const read = async (chain: string) => readChain(chain, await audit.items(chain));
const whysOf = async (chain: string) =>
  (await read(chain)).entries.flatMap(({ event }) => (event?.kind === 'alarm_joined' ? event.why : []));

/** Writes an item as somebody with write access would, types included. */
async function plant(chain: string, place: string, item: Record<string, AttributeValue>): Promise<void> {
  const Item = { pk: { S: chain }, sk: { N: place }, ...item };
  await new DynamoDBClient({}).send(new PutItemCommand({ TableName: tables.audit, Item }));
}

/** A database that answers as told before a call is sent, or after it took effect. */
function faulty(before: (command: unknown) => void, after: (command: unknown) => void = () => {}) {
  const send = async (command: never) => {
    before(command);
    const answer = await database.send(command);
    after(command);
    return answer;
  };
  return auditTable(Object.assign(Object.create(database), { send }), tables.audit);
}

function conflict(...codes: string[]): TransactionCanceledException {
  const CancellationReasons = codes.map((Code) => ({ Code }));
  return new TransactionCanceledException({ message: 'cancelled', $metadata: {}, CancellationReasons });
}

describe('putting one entry', () => {
  test('of 50 that put the same place one wins, and every other one is handed what lies there', async () => {
    const chain = newChain();
    const entries = Array.from({ length: 50 }, (_, index) =>
      nextEntry(chain, null, author(`e${index}`), joined(`${index}`)),
    );
    const answers = await Promise.all(entries.map((entry) => audit.put([entry])));
    const winners = entries.filter((_, index) => answers[index] === null);
    expect(winners).toHaveLength(1);
    const taken = { place: 1, text: canonicalJson(winners[0]) };
    for (const answer of answers) if (answer) expect(answer).toEqual({ taken });
    expect(await audit.items(chain)).toEqual([taken]);
    expect(await audit.head(chain)).toEqual(taken);
  });

  test('the item repeats fields of the entry for queries, and says nothing else', async () => {
    const chain = newChain();
    const entry = nextEntry(chain, null, author('e'), joined('x'));
    const seen: unknown[] = [];
    await faulty((command) => void (command instanceof PutCommand && seen.push(command.input.Item))).put([entry]);
    const repeated = { pk: chain, sk: 1, kind: 'alarm_joined', at: entry.at };
    expect(seen).toEqual([{ ...repeated, entry: canonicalJson(entry) }]);
  });

  test('what has the place is handed over whatever a stranger put there', async () => {
    const nested = { entry: { S: '{}' }, nested: { M: { ['__proto__']: { S: 'x' } } } };
    const entry = nextEntry(newChain(), null, author('e'), joined('x'));
    await plant(entry.chain, '1', nested);
    const taken = { place: 1, text: '{}' };
    expect(await audit.put([entry])).toEqual({ taken });
    expect(await audit.put([entry, nextEntry(entry.chain, entry, author('f'), joined('y'))])).toEqual({ taken });
    await expect(append(writer, entry.chain, joined('z'), { head: null })).rejects.toThrow(
      /nothing can follow the end/,
    );
  });

  test('an empty chain has no head and no items; nothing to put is put', async () => {
    expect([await audit.head(newChain()), await audit.items(newChain())]).toEqual([null, []]);
    expect(await audit.put([])).toBeNull();
  });
});

describe('putting several entries', () => {
  test('is one transaction: all, or none and what has the first place', async () => {
    const chain = newChain();
    const entries = (await appendAll(writer, chain, three)) as AuditEntry[];
    expect(await whysOf(chain)).toEqual(['1', '2', '3']);
    const behind = nextEntry(chain, entries[2] as AuditEntry, author('x'), joined('x'));
    const [, , third] = entries;
    expect(await audit.put([third as AuditEntry, behind])).toEqual({
      taken: { place: 3, text: canonicalJson(third) },
    });
    const free = nextEntry(newChain(), null, author('y'), joined('y'));
    const taken = nextEntry(free.chain, free, author('z'), joined('z'));
    await audit.put([taken]);
    expect(await audit.put([free, taken])).toEqual({ taken: null });
    expect(await audit.items(free.chain)).toHaveLength(1);
    expect(await whysOf(chain)).toEqual(['1', '2', '3']);
  });

  test('asked twice with the same entries, they meet themselves', async () => {
    const chain = newChain();
    const lost = faulty(
      () => {},
      (command) => {
        if (command instanceof TransactWriteCommand) throw new Error('reset');
      },
    );
    await expect(appendAll({ ...writer, store: lost }, chain, three, { ids: ['a', 'b', 'c'] })).rejects.toThrow(
      /reset/,
    );
    const entries = await appendAll(writer, chain, three, { ids: ['a', 'b', 'c'] });
    expect(entries?.map(({ entryId }) => entryId)).toEqual(['a', 'b', 'c']);
    expect(await whysOf(chain)).toEqual(['1', '2', '3']);
  });

  test('whoever is faster meanwhile: the same events go in behind', async () => {
    const chain = newChain();
    let isFirst = true;
    const overtaken = faulty(() => {});
    const slow = {
      ...overtaken,
      put: async (entries: readonly AuditEntry[]) => {
        if (isFirst) await append(writer, chain, joined('0'));
        isFirst = false;
        return overtaken.put(entries);
      },
    };
    await appendAll({ ...writer, store: slow }, chain, three, { ids: ['a', 'b', 'c'], head: null });
    expect(await whysOf(chain)).toEqual(['0', '1', '2', '3']);
  });
});

describe('a conflict with another transaction', () => {
  test('is tried again, since nothing was written', async () => {
    const chain = newChain();
    const errors = [conflict('None', 'TransactionConflict'), conflict('ThrottlingError', 'None')];
    const busy = faulty((command) => {
      const error = command instanceof TransactWriteCommand ? errors.shift() : undefined;
      if (error) throw error;
    });
    expect(await busy.put([nextEntry(chain, null, author('a'), joined('a'))])).toBeNull();
    await appendAll({ ...writer, store: busy }, chain, three);
    expect(errors).toEqual([]);
    expect(await whysOf(chain)).toEqual(['a', '1', '2', '3']);
  });

  test('that does not end, and every other error, throws: what happened is not known', async () => {
    const entries = [nextEntry(newChain(), null, author('a'), joined('a'))];
    let calls = 0;
    const throwing = (error: Error) =>
      faulty(() => {
        calls += 1;
        throw error;
      });
    const conflicting = Object.assign(new Error('busy'), { name: 'TransactionConflictException' });
    await expect(throwing(conflicting).put(entries)).rejects.toThrow('busy');
    expect(calls).toBe(5);
    await expect(throwing(conflict('ValidationError')).put(entries)).rejects.toThrow('cancelled');
    await expect(throwing(new Error('socket hang up')).put(entries)).rejects.toThrow('socket hang up');
    expect(calls).toBe(7);
  });
});

describe('reading', () => {
  test('a chain longer than one page of a query is read whole, and in part', async () => {
    const chain = newChain();
    for (let count = 0; count < 4; count += 1) await append(writer, chain, joined('x'.repeat(350_000)));
    expect((await read(chain)).problems).toEqual([]);
    expect((await audit.items(chain)).map(({ place }) => place)).toEqual([1, 2, 3, 4]);
    expect((await audit.items(chain, 2)).map(({ place }) => place)).toEqual([3, 4]);
  });

  test('what somebody else put there is handed over as it lies there, and is found', async () => {
    const chain = newChain();
    await begin(writer, chain, joined('first'));
    await plant(chain, '-1', { entry: { S: 'before' } });
    await plant(chain, '2', { entry: { N: '1e90' }, huge: { N: '123456789012345678901234567890' } });
    await plant(chain, '3', {});
    await plant(chain, '1e60', { entry: { S: '{}' }, nested: { M: { ['__proto__']: { S: 'x' } } } });
    const items = await audit.items(chain);
    expect(items.map(({ place }) => place)).toEqual([-1, 1, 2, 3, 1e60]);
    expect(items.map(({ text }) => entryOf(text) !== null)).toEqual([false, true, false, false, false]);
    expect(readChain(chain, items).problems.map(({ place }) => place)).toEqual(expect.arrayContaining([1, 3, 4, 5]));
    expect(await audit.head(chain)).toEqual({ place: 1e60, text: '{}' });
    await expect(append(writer, chain, joined('on'))).rejects.toThrow(/nothing can follow the end of chain/);
  });
});

const writers = share(200);
/** The local AWS answers one call after the other: on a busy machine 200 writers take minutes. */
const patience = { timeout: 600_000 };
test(`${writers} writers at once on one chain: all entries are there, and nobody gave up`, patience, async () => {
  const chain = newChain();
  pauses = 0;
  const texts = Array.from({ length: writers }, (_, index) => `writer ${index}`);
  const answers = await Promise.allSettled(texts.map((why) => append(writer, chain, joined(why))));
  expect(answers.filter(({ status }) => status === 'rejected')).toEqual([]);
  expect((await read(chain)).problems).toEqual([]);
  expect((await whysOf(chain)).sort()).toEqual(texts.sort());
  console.log(`${writers} writers: ${(2 + (2 * pauses) / writers).toFixed(1)} calls an append`);
});
