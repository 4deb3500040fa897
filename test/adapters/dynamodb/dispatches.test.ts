/** Burning against the local AWS: of many exactly one, all or nothing, each refusal with its cause, and no lost answer. */
import {
  type AttributeValue,
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  QueryCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import {
  QueryCommand as DocumentQuery,
  DynamoDBDocumentClient,
  TransactWriteCommand,
  type TransactWriteCommandInput,
} from '@aws-sdk/lib-dynamodb';
import { mockClient } from 'aws-sdk-client-mock';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openDatabase } from '../../../adapters/dynamodb/client.ts';
import { dispatchesTable } from '../../../adapters/dynamodb/dispatches.ts';
import {
  type BurnAnswer,
  type BurnRequest,
  type DispatchesWriter,
  incidentRow,
  type Lease,
} from '../../../core/burn.ts';
import { canonicalJson, sha256 } from '../../../core/digest.ts';
import type { Dispatch } from '../../../core/dispatch.ts';
import { questionSortKey } from '../../../core/question.ts';
import { seed, share } from '../../soak.ts';
import { MemoryDispatches } from '../../support/memory/dispatches.ts';
import { createTables, emulatedAws, tables } from '../emulated.ts';

emulatedAws(createTables);
process.env.AWS_REGION = 'us-east-1';
const database = openDatabase();
const dispatches = dispatchesTable(database, tables);

let ids = 0;
const newId = (what: string) => sha256(`${what} ${++ids}`);
const newIncident = () => `inc-${newId('incident').slice(0, 20)}`;
const newHost = () => `i-${newId('host').slice(0, 17)}`;
const dispatch: Dispatch = { step: 2, part: 'run', attempt: 1, wave: 1 };
const at = '2026-11-21T03:00:00.000Z';

interface Changes extends Partial<Omit<BurnRequest, 'burn'>> {
  readonly incidentId?: string;
  readonly dispatch?: Dispatch;
  readonly switch?: number;
  readonly intent?: string;
}

/** A burn that nothing stands against; `switch` is a number of its own, so that tests do not stop each other. */
function request(changes: Changes = {}): BurnRequest {
  const { incidentId = newIncident(), question = null, slots = [], leases = [], ...more } = changes;
  const burn = {
    incidentId,
    dispatch: more.dispatch ?? dispatch,
    level: 'modifying' as const,
    scriptHash: sha256('script'),
    targets: leases.map(({ host }) => host),
    planDigest: sha256('plan'),
    parametersDigest: sha256('parameters'),
    standing: null,
    questionDigest: question?.digest ?? null,
    switch: more.switch ?? 1000 + ids,
    leases: Object.fromEntries(leases.map(({ host, number }) => [host, number])),
    intent: more.intent ?? newId('intent').slice(0, 36),
    at,
    sendBy: '2026-11-21T03:00:10.000Z',
  };
  return { burn, question, slots, leases };
}

const leaseOf = (host: string, number = 1): Lease => ({ host, number, holder: 'inc-x.1.run.1.1', until: at });
const kinds = (answers: readonly BurnAnswer[]) => answers.map(({ kind }) => kind);
const raw = () => new DynamoDBClient({});

async function plant(table: string, pk: string, sk: string | number, item: Record<string, AttributeValue> = {}) {
  const key = { pk: { S: pk }, sk: typeof sk === 'number' ? { N: String(sk) } : { S: sk } };
  await raw().send(new PutItemCommand({ TableName: table, Item: { ...item, ...key } }));
}

async function count(pk: string): Promise<number> {
  const found = await raw().send(
    new QueryCommand({
      TableName: tables.dispatches,
      KeyConditionExpression: 'pk = :pk',
      ExpressionAttributeValues: { ':pk': { S: pk } },
      ConsistentRead: true,
    }),
  );
  return found.Count ?? 0;
}

/** A question in Control as `request-approval` would have put it. */
async function ask(incidentId: string, status: string, digest = sha256('question')) {
  const question = {
    sortKey: questionSortKey(dispatch, 1),
    digest,
    voters: [{ name: `ana of ${incidentId}`, number: 2 }],
  };
  await plant(tables.control, incidentId, question.sortKey, { status: { S: status }, digest: { S: digest } });
  return question;
}

describe('burning', () => {
  test('comes back as it was written, with lease and slots', async () => {
    const host = newHost();
    const row = incidentRow(newIncident());
    const wanted = request({ leases: [leaseOf(host)], slots: [{ row, number: 3 }] });
    expect(await dispatches.burn(wanted)).toEqual({ kind: 'burnt' });
    expect(await dispatches.burns(wanted.burn.incidentId)).toEqual([wanted.burn]);
    expect(await dispatches.lease(host)).toEqual(leaseOf(host));
    expect(await dispatches.slots([row, 'BUDGET#nobody'])).toEqual([{ row, number: 3, at }]);
    expect(await dispatches.burns(newIncident())).toEqual([]);
    expect(await dispatches.lease(newHost())).toBeNull();
  });

  test('of 20 at the same moment one burns, although all have the same intent', async () => {
    const wanted = request();
    const answers = await Promise.all(Array.from({ length: 20 }, () => dispatches.burn(wanted)));
    expect(kinds(answers).filter((kind) => kind === 'burnt')).toHaveLength(1);
    for (const answer of answers)
      if (answer.kind !== 'burnt') expect(answer).toEqual({ kind: 'used', burn: wanted.burn });
  });

  test('what another intent burnt is handed back', async () => {
    const first = request();
    await dispatches.burn(first);
    const second = request({ incidentId: first.burn.incidentId });
    expect(await dispatches.burn(second)).toEqual({ kind: 'used', burn: first.burn });
  });

  test('what the first release burnt is used, but only its first wave', async () => {
    const incidentId = newIncident();
    await plant(tables.audit, `DISPATCH#${incidentId}.2.run.1`, 0, { at: { S: at } });
    expect(await dispatches.burn(request({ incidentId }))).toEqual({ kind: 'used', burn: null });
    const [second, other] = [
      { ...dispatch, wave: 2 },
      { ...dispatch, step: 3 },
    ];
    expect(await dispatches.burntByFirstRelease(incidentId, [dispatch, second, other])).toEqual([dispatch]);
    expect(await dispatches.burn(request({ incidentId, dispatch: second }))).toEqual({ kind: 'burnt' });
    expect(await dispatches.burn(request({ incidentId, dispatch: other }))).toEqual({ kind: 'burnt' });
  });

  test('a stop counts by being there, whatever it says, and only under its number', async () => {
    await plant(tables.control, 'KILL', '000000777', { nothing: { NULL: true }, huge: { N: '1e100' } });
    const stopped = request({ switch: 777 });
    expect(await dispatches.burn(stopped)).toEqual({ kind: 'stopped' });
    expect(await dispatches.burns(stopped.burn.incidentId)).toEqual([]);
    expect(await dispatches.burn(request({ switch: 778 }))).toEqual({ kind: 'burnt' });
  });

  test('number 1 is also the item of the first release', async () => {
    const Key = { pk: { S: 'KILL' }, sk: { S: 'KILL' } };
    await plant(tables.control, 'KILL', 'KILL');
    expect(await dispatches.burn(request({ switch: 1 }))).toEqual({ kind: 'stopped' });
    expect(await dispatches.burn(request({ switch: 2 }))).toEqual({ kind: 'burnt' });
    await raw().send(new DeleteItemCommand({ TableName: tables.control, Key }));
    expect(await dispatches.burn(request({ switch: 1 }))).toEqual({ kind: 'burnt' });
  });

  test.each(['PENDING', 'ANSWERED', 'REJECTED', 'EXPIRED', 'WITHDRAWN', 'SUPERSEDED'])(
    'a question that is %s burns nothing',
    async (status) => {
      const incidentId = newIncident();
      const question = await ask(incidentId, status);
      expect(await dispatches.burn(request({ incidentId, question }))).toEqual({ kind: 'not_approved' });
      expect(await count(incidentId)).toBe(0);
    },
  );

  test('an approval of somebody who is suspended burns nothing, and one that was lifted is none', async () => {
    const incidentId = newIncident();
    const question = await ask(incidentId, 'APPROVED');
    const [{ name, number }] = question.voters as [{ name: string; number: number }];
    await plant(tables.control, `SUSPEND#${name}`, String(number - 1).padStart(9, '0'));
    await plant(tables.control, `SUSPEND#${name}`, String(number).padStart(9, '0'));
    expect(await dispatches.burn(request({ incidentId, question }))).toEqual({ kind: 'suspended', name });
    expect(await dispatches.burns(incidentId)).toEqual([]);
    const later = { ...question, voters: [{ name, number: number + 1 }] };
    expect(await dispatches.burn(request({ incidentId, question: later }))).toEqual({ kind: 'burnt' });
  });

  test('an approval burns with its own digest, and no question at all burns nothing', async () => {
    const incidentId = newIncident();
    const question = { sortKey: questionSortKey(dispatch, 1), digest: sha256('question'), voters: [] };
    expect(await dispatches.burn(request({ incidentId, question }))).toEqual({ kind: 'not_approved' });
    await ask(incidentId, 'APPROVED');
    const other = { ...question, digest: sha256('another') };
    expect(await dispatches.burn(request({ incidentId, question: other }))).toEqual({ kind: 'not_approved' });
    expect(await dispatches.burn(request({ incidentId, question }))).toEqual({ kind: 'burnt' });
  });

  test('a taken slot or lease is named, and then nothing is written at all', async () => {
    const [row, free, host, other] = [incidentRow(newIncident()), incidentRow(newIncident()), newHost(), newHost()];
    const slots = [{ row, number: 1 }];
    await dispatches.burn(request({ slots, leases: [leaseOf(host)] }));
    const late = request({ slots: [{ row: free, number: 1 }, ...slots], leases: [leaseOf(other)] });
    expect(await dispatches.burn(late)).toEqual({ kind: 'slot_taken', row });
    const held = request({ slots: [{ row: free, number: 1 }], leases: [leaseOf(other), leaseOf(host)] });
    expect(await dispatches.burn(held)).toEqual({ kind: 'lease_taken', host });
    expect([await count(free), await dispatches.lease(other)]).toEqual([0, null]);
    for (const { burn } of [late, held]) expect(await count(burn.incidentId)).toBe(0);
    expect(await dispatches.burn(request({ leases: [leaseOf(host, 2)] }))).toEqual({ kind: 'burnt' });
    expect((await dispatches.lease(host))?.number).toBe(2);
  });

  test('of 20 that want the same slot or lease one gets it', async () => {
    const [row, host] = [incidentRow(newIncident()), newHost()];
    const race = (changes: () => Changes) =>
      Promise.all(Array.from({ length: 20 }, () => dispatches.burn(request(changes()))));
    const slots = kinds(await race(() => ({ slots: [{ row, number: 1 }] })));
    const leases = kinds(await race(() => ({ leases: [leaseOf(host)] })));
    expect([slots.filter((kind) => kind === 'burnt'), slots.filter((kind) => kind === 'slot_taken')]).toEqual([
      ['burnt'],
      Array(19).fill('slot_taken'),
    ]);
    expect(leases.filter((kind) => kind === 'burnt')).toHaveLength(1);
    expect(await count(row)).toBe(1);
  });

  test('20 hosts and both budgets fit into one transaction', async () => {
    const leases = Array.from({ length: 20 }, () => leaseOf(newHost()));
    const incidentId = newIncident();
    const question = await ask(incidentId, 'APPROVED');
    const slots = [incidentRow(incidentId), `BUDGET#${incidentId}#hour`].map((row) => ({ row, number: 1 }));
    expect(await dispatches.burn(request({ incidentId, question, leases, slots, switch: 1 }))).toEqual({
      kind: 'burnt',
    });
  });
});

describe('reading', () => {
  test('more than a page, in the order of their numbers', async () => {
    const row = incidentRow(newIncident());
    const filler = { filler: { S: 'x'.repeat(300_000) }, at: { S: at } };
    for (const number of [10, 9, 1, 2, 100])
      await plant(tables.dispatches, row, String(number).padStart(9, '0'), filler);
    expect((await dispatches.slots([row])).map(({ number }) => number)).toEqual([1, 2, 9, 10, 100]);
    const host = newHost();
    for (const number of [9, 10]) await dispatches.burn(request({ leases: [leaseOf(host, number)] }));
    expect((await dispatches.lease(host))?.number).toBe(10);
  });

  test('a burn that cannot be read, or that lies under another key, throws and names itself', async () => {
    const incidentId = newIncident();
    await plant(tables.dispatches, incidentId, 'BURN#2.run.1.1', { level: { S: 'harmless' } });
    await expect(dispatches.burns(incidentId)).rejects.toThrow(
      new RegExp(`burn BURN#2\\.run\\.1\\.1 of ${incidentId} cannot be read`),
    );
    await expect(dispatches.burn(request({ incidentId }))).rejects.toThrow(/cannot be read/);
    const { burn } = request();
    await dispatches.burn({ burn, question: null, slots: [], leases: [] });
    const [item] = (
      await database.send(
        new DocumentQuery({
          TableName: tables.dispatches,
          KeyConditionExpression: 'pk = :pk',
          ExpressionAttributeValues: { ':pk': burn.incidentId },
        }),
      )
    ).Items as Record<string, unknown>[];
    const elsewhere = newIncident();
    const moved = { ...item, pk: elsewhere };
    await database.send(
      new TransactWriteCommand({ TransactItems: [{ Put: { TableName: tables.dispatches, Item: moved } }] }),
    );
    await expect(dispatches.burns(elsewhere)).rejects.toThrow(`it says that it is 2.run.1.1 of ${burn.incidentId}`);
  });

  test.each([
    ['slot', () => dispatches.slots(['BUDGET#odd']), 'BUDGET#odd', '000000001'],
    ['lease', () => dispatches.lease('i-odd'), 'LEASE#i-odd', '000000001'],
  ])('a %s that cannot be read throws', async (what, read, pk, sk) => {
    await plant(tables.dispatches, pk, sk, { at: { S: 'soon' } });
    await expect(read()).rejects.toThrow(new RegExp(`the ${what} ${sk} of ${pk} cannot be read`));
  });
});

describe('what the emulator does not do', () => {
  const canceled = (...codes: string[]) =>
    new TransactionCanceledException({
      message: 'Transaction cancelled',
      $metadata: {},
      CancellationReasons: codes.map((Code) => ({ Code })),
    });
  const conflict = canceled('None', 'TransactionConflict', 'None');
  /** The document client with its transactions answered by the test; the rest goes on to the emulator. */
  function faulty(answer: (input: TransactWriteCommandInput, real: () => Promise<object>) => Promise<object>) {
    const client = DynamoDBDocumentClient.from(new DynamoDBClient({ maxAttempts: 1 }));
    const sent: TransactWriteCommandInput[] = [];
    mockClient(client)
      .on(TransactWriteCommand)
      .callsFake(async (input) => {
        sent.push(input);
        return answer(input, () => database.send(new TransactWriteCommand(input)));
      })
      .on(DocumentQuery)
      .callsFake((input) => database.send(new DocumentQuery(input)));
    return { sent, table: dispatchesTable(client, tables) };
  }

  test.each([
    ['a conflict', () => conflict],
    ['a throttle', () => canceled('ThrottlingError')],
    ['itself, still going on', () => Object.assign(new Error(), { name: 'TransactionInProgressException' })],
  ])('%s is tried again with the same token, and burns', async (_, error) => {
    let left = 3;
    const { sent, table } = faulty((_input, real) => (left-- > 0 ? Promise.reject(error()) : real()));
    const wanted = request();
    expect(await table.burn(wanted)).toEqual({ kind: 'burnt' });
    expect(sent).toHaveLength(4);
    expect(new Set(sent.map(({ ClientRequestToken }) => ClientRequestToken)).size).toBe(1);
    expect(sent[0]?.ClientRequestToken).toMatch(/^.{1,36}$/);
    expect(await dispatches.burns(wanted.burn.incidentId)).toEqual([wanted.burn]);
  });

  test('conflicts that do not end throw, and nothing is burnt', async () => {
    const { sent, table } = faulty(() => Promise.reject(conflict));
    const wanted = request();
    await expect(table.burn(wanted)).rejects.toThrow('Transaction cancelled');
    expect(sent.length).toBeGreaterThan(2);
    expect(sent.length).toBeLessThan(10);
    expect(await count(wanted.burn.incidentId)).toBe(0);
  });

  test('a failed condition beside a conflict decides', async () => {
    const { sent, table } = faulty(() =>
      Promise.reject(canceled('TransactionConflict', 'None', 'ConditionalCheckFailed')),
    );
    expect(await table.burn(request())).toEqual({ kind: 'stopped' });
    expect(sent).toHaveLength(1);
  });

  test('a burn whose answer was lost is found again', async () => {
    const { table } = faulty(async (_, real) => {
      await real();
      throw Object.assign(new Error('socket hang up'), { name: 'TimeoutError' });
    });
    const wanted = request({ leases: [leaseOf(newHost())] });
    expect(await table.burn(wanted)).toEqual({ kind: 'burnt' });
    expect(await dispatches.burn(wanted)).toEqual({ kind: 'used', burn: wanted.burn });
  });

  test('a repetition that meets itself is burnt, one that meets another call is used', async () => {
    const host = newHost();
    const wanted = request({ leases: [leaseOf(host)] });
    // What a token older than ten minutes, or another endpoint, would answer to the repetition.
    const { table } = faulty(async (input, real) => {
      await real();
      return database.send(new TransactWriteCommand({ ...input, ClientRequestToken: newId('token').slice(0, 36) }));
    });
    expect(await table.burn(wanted)).toEqual({ kind: 'burnt' });
    expect(await table.burn(wanted)).toEqual({ kind: 'used', burn: wanted.burn });
  });

  test('an error after which nothing is there is thrown on', async () => {
    const { table } = faulty(() =>
      Promise.reject(Object.assign(new Error('no right'), { name: 'AccessDeniedException' })),
    );
    await expect(table.burn(request())).rejects.toThrow('no right');
  });

  test('a table that is not there throws', async () => {
    const elsewhere = dispatchesTable(database, { ...tables, dispatches: 'no-such-table' });
    await expect(elsewhere.burn(request())).rejects.toThrow();
    await expect(elsewhere.burns(newIncident())).rejects.toThrow();
  });
});

test(`the memory of worlds answers as the table does, seed ${seed}`, async () => {
  const number = fc.constantFrom(1, 2);
  const turn = fc.record({
    step: number,
    wave: number,
    isStopped: fc.boolean(),
    isSuspended: fc.boolean(),
    question: fc.constantFrom('none', 'own', 'other'),
    slot: fc.option(number),
    lease: fc.option(number),
  });
  const round = fc.record({ isApproved: fc.boolean(), turns: fc.array(turn, { minLength: 2, maxLength: 3 }) });
  for (const { isApproved, turns } of fc.sample(round, { seed, numRuns: share(2000) })) {
    const [incidentId, row, host] = [newIncident(), incidentRow(newIncident()), newHost()];
    const stop = 100_000 + ids;
    await plant(tables.control, 'KILL', String(stop).padStart(9, '0'));
    const asking = await ask(incidentId, isApproved ? 'APPROVED' : 'PENDING');
    const [{ name, number: lifted }] = asking.voters as [{ name: string; number: number }];
    await plant(tables.control, `SUSPEND#${name}`, String(lifted).padStart(9, '0'));
    const memory = new MemoryDispatches({
      control: {
        kills: new Map([[stop, {}]]),
        suspensions: new Map([[`${name}/${lifted}`, {}]]),
        questions: new Map([
          [`${incidentId}/${asking.sortKey}`, { status: isApproved ? 'APPROVED' : 'PENDING', digest: asking.digest }],
        ]),
      },
    });
    for (const { step, wave, isStopped, isSuspended, slot, lease, ...asked } of turns) {
      const question = { ...asking, voters: [{ name, number: isSuspended ? lifted : lifted + 1 }] };
      const questions = { none: null, own: question, other: { ...question, digest: sha256('another') } };
      const wanted = request({
        incidentId,
        dispatch: { ...dispatch, step, wave },
        switch: isStopped ? stop : stop + 1,
        question: questions[asked.question as keyof typeof questions],
        slots: slot ? [{ row, number: slot }] : [],
        leases: lease ? [leaseOf(host, lease)] : [],
      });
      const [expected, answered] = await Promise.all([memory.burn(wanted), dispatches.burn(wanted)]);
      expect(expected).toEqual(answered);
    }
    const all = async (one: DispatchesWriter) =>
      JSON.stringify([sorted(await one.burns(incidentId)), sorted(await one.slots([row])), await one.lease(host)]);
    expect(await all(memory)).toBe(await all(dispatches));
  }
});

/** In one order, whatever the order of keys and rows: what the table returns, it sorts by itself. */
function sorted(values: readonly object[]): string[] {
  return values.map((value) => canonicalJson(value)).sort();
}
