/** Audit and Work against the local AWS: races have one winner, rows that a stranger wrote break nothing. */
import { type AttributeValue, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { auditTable } from '../../../adapters/dynamodb/audit.ts';
import { openDatabase } from '../../../adapters/dynamodb/client.ts';
import { workTable } from '../../../adapters/dynamodb/work.ts';
import { append } from '../../../core/audit/append.ts';
import { type AuditEvent, nextEntry } from '../../../core/audit/entry.ts';
import { verifyChain } from '../../../core/audit/verify.ts';
import { sha256 } from '../../../core/digest.ts';
import type { Dispatch } from '../../../core/dispatch.ts';
import { lockOf } from '../../../core/use-cases/triage.ts';
import { alarmOf, start } from '../../support/fixtures.ts';
import { createTables, emulatedAws, rawItem, tables } from '../emulated.ts';

emulatedAws(createTables);
process.env.AWS_REGION = 'us-east-1';
const database = openDatabase();
const audit = auditTable(database, tables.audit);
const work = workTable(database, tables.work, () => start);

let ids = 0;
const newIncident = () => `inc-${sha256(`incident ${++ids}`).slice(0, 20)}`;
const dispatch: Dispatch = { step: 2, part: 'run', attempt: 1 };
const closed: AuditEvent = { kind: 'incident_closed', status: 'resolved', cause: null };
const joined = (why: string): AuditEvent => ({ kind: 'alarm_joined', alarmArn: 'arn', state: 'ALARM', why });
const author = (entryId: string) => ({ entryId, at: '2026-11-21T03:00:00.000Z', actor: 'test' });

/** Writes an item as somebody with write access would, types included. */
async function plant(table: string, pk: string, sk: string, item: Record<string, AttributeValue>): Promise<void> {
  const key = table === tables.audit ? { pk: { S: pk }, sk: { N: sk } } : { pk: { S: pk }, sk: { S: sk } };
  await new DynamoDBClient({}).send(new PutItemCommand({ TableName: table, Item: { ...key, ...item } }));
}

/** Attributes of every type that DynamoDB has, and numbers that JavaScript has not. */
const hostile: Record<string, AttributeValue> = {
  huge: { N: '123456789012345678901234567890' },
  tiny: { N: '1e-120' },
  half: { N: '9007199254740993.5' },
  bytes: { B: new Uint8Array([0, 255]) },
  texts: { SS: ['a', 'b'] },
  numbers: { NS: ['9007199254740993'] },
  nothing: { NULL: true },
  nested: { M: { ['__proto__']: { S: 'x' }, constructor: { L: [{ N: '1e100' }] } } },
};

describe('audit', () => {
  const writer = (actor: string) => ({
    store: audit,
    actor,
    now: () => '2026-11-21T03:00:00.000Z',
    newId: () => `${actor}-${++ids}`,
    pause: () => new Promise<void>((resolve) => setTimeout(resolve, Math.random() * 40)),
  });

  test('of 50 that put the same place one wins, and every other one is handed the winner', async () => {
    const chain = newIncident();
    const entries = Array.from({ length: 50 }, (_, index) =>
      nextEntry(chain, null, author(`e${index}`), joined(`${index}`)),
    );
    const answers = await Promise.all(entries.map((entry) => audit.putIfAbsent(entry)));
    const winners = entries.filter((_, index) => answers[index] === null);
    expect(winners).toHaveLength(1);
    for (const answer of answers) if (answer) expect(answer).toEqual(winners[0]);
    expect(await audit.entries(chain)).toEqual(winners);
  });

  test('concurrent appends make one whole chain, in which everything is', async () => {
    const chain = newIncident();
    const texts = Array.from({ length: 12 }, (_, index) => `writer ${index}`);
    await Promise.all(texts.map((why) => append(writer(why), chain, joined(why))));
    const stored = await audit.raw(chain);
    expect(verifyChain(chain, stored)).toMatchObject({ whole: true, entries: 12 });
    expect((await audit.head(chain))?.sequence).toBe(12);
    const whys = (await audit.entries(chain)).flatMap(({ event }) => (event.kind === 'alarm_joined' ? event.why : []));
    expect(whys.sort()).toEqual(texts.sort());
    await append(writer('closer'), chain, closed);
    expect(await append(writer('late'), chain, joined('late'))).toBeNull();
  });

  test('a chain longer than one page of a query is read whole', async () => {
    const chain = newIncident();
    let head = null;
    for (let index = 0; index < 4; index += 1) {
      head = nextEntry(chain, head, author(`e${index}`), joined('x'.repeat(350_000)));
      expect(await audit.putIfAbsent(head)).toBeNull();
    }
    expect(verifyChain(chain, await audit.raw(chain))).toMatchObject({ whole: true, entries: 4 });
  });

  test('what somebody else wrote there is reported by the verifier, and stops whoever builds on it', async () => {
    const chain = newIncident();
    const first = nextEntry(chain, null, author('e0'), joined('first'));
    await audit.putIfAbsent(first);
    await plant(tables.audit, chain, '2', { ...hostile, entry: { S: 'no JSON' } });
    await plant(tables.audit, chain, '3', { entry: { N: '1e90' } });
    await plant(tables.audit, chain, '4', {});
    const report = verifyChain(chain, await audit.raw(chain));
    expect(report).toMatchObject({ whole: false, entries: 4 });
    expect(report.problems.map(({ place }) => place)).toEqual([2, 3, 4]);
    await expect(audit.head(chain)).rejects.toThrow();
    await expect(audit.entries(chain)).rejects.toThrow();
  });
});

describe('work', () => {
  const row = (name: string) => {
    const { arn, stateChangedAt } = alarmOf({ name });
    return { alarmArn: arn, contributorId: null, stateChangedAt, alarmName: name };
  };
  const lockFor = (name: string) => lockOf(row(name).alarmArn, null);

  test('of 20 doorbells of one alarm at the same moment one opens, and all know the holder', async () => {
    const name = 'fix-many';
    const incidents = Array.from({ length: 20 }, newIncident);
    const answers = await Promise.all(incidents.map((id) => work.open(id, lockFor(name), row(name))));
    expect(answers.filter((answer) => answer === 'opened')).toHaveLength(1);
    expect(new Set(answers)).toEqual(new Set(['opened', 'locked']));
    const holder = incidents[answers.indexOf('opened')];
    expect(await work.lockedBy(lockFor(name))).toBe(holder);
    expect((await work.openIncidents()).filter((id) => incidents.includes(id))).toEqual([holder]);
  });

  test('the same doorbell 20 times opens once', async () => {
    const [id, name] = [newIncident(), 'fix-again'];
    const answers = await Promise.all(Array.from({ length: 20 }, () => work.open(id, lockFor(name), row(name))));
    expect(answers.filter((answer) => answer === 'opened')).toHaveLength(1);
    for (const answer of answers) expect(answer).not.toBe(undefined);
    expect(await work.open(id, lockFor(name), row(name))).toBe('exists');
    expect(await work.incidentRow(id)).toEqual(row(name));
  });

  test('releasing frees only the own lock, and may be done twice', async () => {
    const [first, second, name] = [newIncident(), newIncident(), 'fix-release'];
    expect(await work.open(first, lockFor(name), row(name))).toBe('opened');
    expect(await work.open(second, lockFor(name), row(name))).toBe('locked');
    await plant(tables.work, second, 'INCIDENT', {
      alarmArn: { S: row(name).alarmArn },
      contributorId: { NULL: true },
      stateChangedAt: { S: 'x' },
      alarmName: { S: 'x' },
    });
    await work.release(second);
    expect(await work.lockedBy(lockFor(name))).toBe(first);
    await work.release(first);
    await work.release(first);
    expect(await work.lockedBy(lockFor(name))).toBeNull();
    expect(await work.openIncidents()).not.toContain(first);
    expect(await work.open(newIncident(), lockFor(name), row(name))).toBe('opened');
  });

  test('a lock whose holder is not open any more is taken over', async () => {
    const [gone, next, name] = [newIncident(), newIncident(), 'fix-left'];
    await plant(tables.work, lockFor(name), 'LOCK', { incidentId: { S: gone } });
    expect(await work.lockedBy(lockFor(name))).toBeNull();
    expect(await work.open(next, lockFor(name), row(name))).toBe('opened');
    expect(await work.lockedBy(lockFor(name))).toBe(next);
  });

  test.each([
    ['nothing', {}],
    ['a number', { incidentId: { N: '1e60' } }],
    ['every type', { ...hostile, incidentId: { M: hostile } }],
  ])('a lock that says %s holds nobody', async (what, item: Record<string, AttributeValue>) => {
    const [id, name] = [newIncident(), `fix-${what}`];
    await plant(tables.work, lockFor(name), 'LOCK', item);
    expect(await work.lockedBy(lockFor(name))).toBeNull();
    expect(await work.open(id, lockFor(name), row(name))).toBe('opened');
  });

  test('texts come back as they were saved; rows of other shapes are left out', async () => {
    const id = newIncident();
    const outputs = [{ target: 'i-1', exitCode: 0, stdout: 'out', stderr: '' }];
    await work.saveEvidence(id, [{ label: 'CloudWatch says', text: '' }]);
    await work.saveOutputs(id, dispatch, outputs);
    await plant(tables.work, id, 'OUTPUT#1.run.1', { ...hostile, dispatch: { S: '1.run.1' }, outputs: { L: [] } });
    await plant(tables.work, id, 'EVIDENCE#2', { evidence: { M: hostile } });
    await plant(tables.work, id, 'INCIDENT', hostile);
    expect(await work.shown(id)).toEqual({
      evidence: [{ label: 'CloudWatch says', text: '' }],
      outputs: [{ dispatch, outputs }],
    });
    expect(await work.incidentRow(id)).toBeNull();
    await work.release(id);
  });

  test('rounds are counted one by one', async () => {
    const id = newIncident();
    const counted = await Promise.all(Array.from({ length: 5 }, () => work.countUndelivered(id, 'REQUEST#2.run.1#x')));
    expect(counted.sort()).toEqual([1, 2, 3, 4, 5]);
    expect(await work.countUndelivered(id, 'REQUEST#3.run.1#x')).toBe(1);
  });

  test('what belongs to an incident may expire after 90 days; OPEN and lock never do', async () => {
    const [id, name] = [newIncident(), 'fix-expiry'];
    await work.open(id, lockFor(name), row(name));
    await work.saveEvidence(id, []);
    await work.saveOutputs(id, dispatch, []);
    await work.countUndelivered(id, 'R');
    const expiry = { N: String(start / 1000 + 90 * 24 * 3600) };
    for (const sk of ['INCIDENT', 'EVIDENCE', 'OUTPUT#2.run.1', 'UNDELIVERED#R'])
      expect((await rawItem(tables.work, id, sk))?.expiresAt, sk).toEqual(expiry);
    expect((await rawItem(tables.work, 'OPEN', id))?.expiresAt).toBeUndefined();
    expect((await rawItem(tables.work, lockFor(name), 'LOCK'))?.expiresAt).toBeUndefined();
  });
});
