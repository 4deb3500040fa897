/** The Work table against the local AWS: one opens, doorbells are counted while it is open, rows that a stranger wrote break nothing. */
import {
  type AttributeValue,
  DynamoDBClient,
  PutItemCommand,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import { TransactWriteCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from 'vitest';
import { type Database, openDatabase } from '../../../adapters/dynamodb/client.ts';
import { workTable } from '../../../adapters/dynamodb/work.ts';
import { longestStream } from '../../../core/report/show.ts';
import { type AlarmSubject, incidentIdOf } from '../../../core/subject.ts';
import { lockOf } from '../../../core/use-cases/opening.ts';
import { alarmOf, start } from '../../support/fixtures.ts';
import { createTables, emulatedAws, rawItem, tables } from '../emulated.ts';

emulatedAws(createTables);
process.env.AWS_REGION = 'us-east-1';
const database = openDatabase();
const work = workTable(database, tables.work, () => start);
const dispatch = { step: 2, part: 'run' as const, attempt: 1, wave: 1 };

let changes = 0;

/** An incident of one more change of this alarm. */
function changeOf(name: string) {
  const stateChangedAt = new Date(start + ++changes * 1000).toISOString();
  const subject: AlarmSubject = {
    kind: 'alarm',
    alarmArn: alarmOf({ name }).arn,
    contributorId: null,
    stateChangedAt,
    round: 1,
  };
  return { id: incidentIdOf(subject), lock: lockOf(subject.alarmArn, null), row: { subject, alarmName: name } };
}

const open = ({ id, lock, row }: ReturnType<typeof changeOf>) => work.open(id, lock, row, []);
const same = ({ row }: ReturnType<typeof changeOf>) => ({
  state: 'ALARM' as const,
  changedAt: row.subject.stateChangedAt,
});

/** Writes an item as somebody with write access would, types included. */
async function plant(pk: string, sk: string, item: Record<string, AttributeValue>): Promise<void> {
  const Item = { pk: { S: pk }, sk: { S: sk }, ...item };
  await new DynamoDBClient({}).send(new PutItemCommand({ TableName: tables.work, Item }));
}

/** Attributes of every type that DynamoDB has, and numbers that JavaScript has not. */
const hostile: Record<string, AttributeValue> = {
  huge: { N: '123456789012345678901234567890' },
  bytes: { B: new Uint8Array([0, 255]) },
  texts: { SS: ['a', 'b'] },
  nothing: { NULL: true },
  nested: { M: { ['__proto__']: { S: 'x' }, constructor: { L: [{ N: '1e100' }] } } },
};

describe('opening', () => {
  test('of 20 changes of one alarm at the same moment one opens, and all know the holder', async () => {
    const incidents = Array.from({ length: 20 }, () => changeOf('fix-many'));
    const answers = await Promise.all(incidents.map(open));
    expect(answers.toSorted()).toEqual([...Array(19).fill('locked'), 'opened']);
    const holder = incidents[answers.indexOf('opened')];
    expect(await work.lockedBy(holder?.lock ?? '')).toBe(holder?.id);
  });

  test('the same doorbell 20 times opens once', async () => {
    const incident = changeOf('fix-again');
    const answers = await Promise.all(Array.from({ length: 20 }, () => open(incident)));
    expect(answers.filter((answer) => answer === 'opened')).toHaveLength(1);
    expect(await open(incident)).toBe('exists');
    expect(await work.incidentRow(incident.id)).toEqual(incident.row);
    expect(await work.doorbells(incident.id)).toEqual({ rung: 1, changes: 0 });
  });

  test('a row, an OPEN item and a lock that were planted keep nobody out', async () => {
    const incident = changeOf('fix-planted');
    await plant(incident.id, 'INCIDENT', { ...hostile, alarmName: { S: 'x' } });
    await plant('OPEN', incident.id, { rung: { S: 'many' } });
    await plant(incident.lock, 'LOCK', { ...hostile, incidentId: { M: hostile } });
    expect(await open(incident)).toBe('opened');
    expect(await work.incidentRow(incident.id)).toEqual(incident.row);
    expect(await work.doorbells(incident.id)).toEqual({ rung: 1, changes: 0 });
  });

  test('an incident of the first release is known by its flat row, and is not opened again', async () => {
    const incident = changeOf('fix-flat');
    const { alarmArn, stateChangedAt } = incident.row.subject;
    await plant(incident.id, 'INCIDENT', {
      alarmArn: { S: alarmArn },
      contributorId: { NULL: true },
      stateChangedAt: { S: stateChangedAt },
      alarmName: { S: 'fix-flat' },
    });
    expect(await work.incidentRow(incident.id)).toEqual(incident.row);
    expect(await open(incident)).toBe('exists');
  });

  test('a lock whose holder is not open any more is taken over', async () => {
    const [gone, next] = [changeOf('fix-left'), changeOf('fix-left')];
    await plant(next.lock, 'LOCK', { incidentId: { S: gone.id } });
    expect(await work.lockedBy(next.lock)).toBeNull();
    expect(await open(next)).toBe('opened');
    expect(await work.lockedBy(next.lock)).toBe(next.id);
  });

  test('releasing frees only the own lock, and may be done twice', async () => {
    const [first, second] = [changeOf('fix-release'), changeOf('fix-release')];
    expect([await open(first), await open(second)]).toEqual(['opened', 'locked']);
    await plant(second.id, 'INCIDENT', {
      subject: {
        M: {
          kind: { S: 'alarm' },
          alarmArn: { S: first.row.subject.alarmArn },
          contributorId: { NULL: true },
          stateChangedAt: { S: 'x' },
          round: { N: '1' },
        },
      },
      alarmName: { S: 'x' },
    });
    await work.release(second.id);
    expect(await work.lockedBy(first.lock)).toBe(first.id);
    await work.release(first.id);
    await work.release(first.id);
    expect(await work.lockedBy(first.lock)).toBeNull();
    expect(await work.openIncidents()).not.toContain(first.id);
    expect(await open(changeOf('fix-release'))).toBe('opened');
  });

  test('is tried again with the same token when another transaction is in the way, and gives up in the end', async () => {
    const tokens: unknown[] = [];
    const conflicting = (times: number): Database => {
      const send = async (command: unknown) => {
        if (command instanceof TransactWriteCommand && tokens.push(command.input.ClientRequestToken) <= times)
          throw new TransactionCanceledException({
            message: 'conflict',
            $metadata: {},
            CancellationReasons: [{ Code: 'None' }, { Code: 'TransactionConflict' }, { Code: 'None' }],
          });
        return database.send(command as TransactWriteCommand);
      };
      return { send } as unknown as Database;
    };
    const [late, never] = [changeOf('fix-late'), changeOf('fix-never')];
    const through = workTable(conflicting(2), tables.work, () => start);
    expect(await through.open(late.id, late.lock, late.row, [])).toBe('opened');
    expect([tokens.length, new Set(tokens).size]).toEqual([3, 1]);
    const stuck = workTable(conflicting(1_000), tables.work, () => start);
    await expect(stuck.open(never.id, never.lock, never.row, [])).rejects.toThrow('conflict');
  });
});

describe('doorbells', () => {
  test('copies are counted, each once, whoever rings at the same moment', async () => {
    const incident = changeOf('fix-copies');
    await open(incident);
    const answers = await Promise.all(Array.from({ length: 30 }, () => work.ring(incident.id, same(incident))));
    expect(new Set(answers)).toEqual(new Set(['counted']));
    expect(await work.doorbells(incident.id)).toEqual({ rung: 31, changes: 0 });
  });

  test('of a change that rings ten times at once one notes it', async () => {
    const incident = changeOf('fix-change');
    await open(incident);
    const ring = { state: 'OK' as const, changedAt: '2026-11-21T05:00:00.000Z' };
    const answers = await Promise.all(Array.from({ length: 10 }, () => work.ring(incident.id, ring)));
    expect(answers.filter((answer) => answer === 'changed')).toHaveLength(1);
    expect(await work.doorbells(incident.id)).toEqual({ rung: 11, changes: 1 });
  });

  test('ten changes are noted, the others counted', async () => {
    const incident = changeOf('fix-flaps');
    await open(incident);
    const answers: string[] = [];
    for (let flap = 0; flap < 30; flap += 1)
      answers.push(await work.ring(incident.id, { state: flap % 2 ? 'ALARM' : 'OK', changedAt: `t${flap}` }));
    expect(answers.filter((answer) => answer === 'changed')).toHaveLength(10);
    expect(await work.doorbells(incident.id)).toEqual({ rung: 31, changes: 10 });
  });

  test('one that comes after the release does not put the item back', async () => {
    const incident = changeOf('fix-after');
    await open(incident);
    await work.release(incident.id);
    expect(await work.ring(incident.id, same(incident))).toBe('closed');
    expect(await work.doorbells(incident.id)).toBeNull();
    expect(await rawItem(tables.work, 'OPEN', incident.id)).toBeUndefined();
  });

  test('an item of the first release is counted from nothing', async () => {
    const incident = changeOf('fix-old-item');
    await plant('OPEN', incident.id, {});
    expect(await work.doorbells(incident.id)).toEqual({ rung: 0, changes: 0 });
    expect(await work.ring(incident.id, same(incident))).toBe('changed');
    expect(await work.ring(incident.id, same(incident))).toBe('counted');
    expect(await work.doorbells(incident.id)).toEqual({ rung: 2, changes: 1 });
  });

  test.each([
    { rung: { S: 'x' } },
    { changes: { SS: ['x'] } },
    { ...hostile, rung: { N: '-5' }, changes: { N: '0.5' }, state: { N: '1' } },
  ])('an item that somebody wrote (%j) stops no doorbell', async (item: Record<string, AttributeValue>) => {
    const incident = changeOf('fix-hostile');
    await plant('OPEN', incident.id, item);
    expect(['counted', 'changed']).toContain(await work.ring(incident.id, same(incident)));
    expect(await work.doorbells(incident.id)).toEqual({ rung: expect.any(Number), changes: expect.any(Number) });
    await work.release(incident.id);
  });
});

describe('votes on a runbook', () => {
  test('come back as they were kept, and nothing where nobody kept any', async () => {
    const vote = { steps: [{ step: 1, risk: 'modifying', why: 'looks odd' }] };
    expect(await work.vote('a'.repeat(64))).toBeNull();
    await work.keepVote('a'.repeat(64), vote);
    expect(await work.vote('a'.repeat(64))).toEqual(vote);
    expect(await work.vote('b'.repeat(64))).toBeNull();
  });
});

describe('texts', () => {
  const output = (target: string, stdout = 'out') => ({ target, exitCode: 0, stdout, stderr: '' });

  test('come back as they were saved, one row per host; rows of other shapes are left out', async () => {
    const { id } = changeOf('fix-texts');
    await work.saveEvidence(id, [{ label: 'CloudWatch says', text: '' }]);
    await work.saveOutput(id, dispatch, output('i-1'));
    await work.saveOutput(id, { ...dispatch, wave: 2 }, output('i-2'));
    await work.saveOutput(id, dispatch, output('i-3'));
    await plant(id, 'OUTPUT#1.run.1', { ...hostile, dispatch: { S: '1.run.1' }, outputs: { L: [] } });
    await plant(id, 'EVIDENCE#2', { evidence: { L: [{ M: { label: { S: 'CAB' }, text: { S: 'approved' } } }] } });
    await plant(id, 'INCIDENT', hostile);
    expect(await work.shown(id)).toEqual({
      evidence: [{ label: 'CloudWatch says', text: '' }],
      outputs: [
        { dispatch, outputs: [output('i-1'), output('i-3')] },
        { dispatch: { ...dispatch, wave: 2 }, outputs: [output('i-2')] },
      ],
    });
    expect(await work.incidentRow(id)).toBeNull();
  });

  test('of the first release are read: all hosts in one row, without a wave', async () => {
    const { id } = changeOf('fix-old-texts');
    const host = (target: string) => ({
      M: { target: { S: target }, exitCode: { N: '0' }, stdout: { S: 'out' }, stderr: { S: '' } },
    });
    await plant(id, 'OUTPUT#2.run.1', {
      dispatch: { M: { step: { N: '2' }, part: { S: 'run' }, attempt: { N: '1' } } },
      outputs: { L: [host('i-1'), host('i-2')] },
    });
    expect((await work.shown(id)).outputs).toEqual([{ dispatch, outputs: [output('i-1'), output('i-2')] }]);
  });

  test('of the most that 20 hosts can print are stored, each row below 400 KB', async () => {
    const { id } = changeOf('fix-verbose');
    const text = '漢'.repeat(140_000);
    for (let host = 0; host < 20; host += 1)
      await work.saveOutput(id, dispatch, { ...output(`i-${host}`, text), stderr: text });
    const { outputs } = await work.shown(id);
    expect(outputs.flatMap((row) => row.outputs)).toHaveLength(20);
    for (const { stdout, stderr } of outputs.flatMap((row) => row.outputs))
      for (const stream of [stdout, stderr]) {
        expect(Buffer.byteLength(stream)).toBeLessThanOrEqual(longestStream);
        expect(stream).toMatch(/… cut here: [0-9]+ more bytes$/);
      }
  });

  test('rounds are counted one by one, per incident', async () => {
    const [one, other] = [changeOf('fix-rounds'), changeOf('fix-rounds')];
    const counted = await Promise.all(Array.from({ length: 5 }, () => work.countUndelivered(one.id)));
    expect(counted.sort()).toEqual([1, 2, 3, 4, 5]);
    expect(await work.countUndelivered(other.id)).toBe(1);
  });

  test('what belongs to an incident may expire after 90 days; OPEN and lock never do', async () => {
    const incident = changeOf('fix-expiry');
    const { id, lock } = incident;
    await open(incident);
    await work.saveEvidence(id, []);
    await work.saveOutput(id, dispatch, output('i-1'));
    await work.countUndelivered(id);
    const expiry = { N: String(start / 1000 + 90 * 24 * 3600) };
    for (const sk of ['INCIDENT', 'EVIDENCE', 'OUTPUT#2.run.1.1#i-1', 'UNDELIVERED'])
      expect((await rawItem(tables.work, id, sk))?.expiresAt, sk).toEqual(expiry);
    expect((await rawItem(tables.work, 'OPEN', id))?.expiresAt).toBeUndefined();
    expect((await rawItem(tables.work, lock, 'LOCK'))?.expiresAt).toBeUndefined();
  });
});
