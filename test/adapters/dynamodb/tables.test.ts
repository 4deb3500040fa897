/** The three tables against the local AWS: races have one winner, rows that a stranger wrote break nothing. */
import { type AttributeValue, DeleteItemCommand, DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { describe, expect, test } from 'vitest';
import { auditTable } from '../../../adapters/dynamodb/audit.ts';
import { openDatabase } from '../../../adapters/dynamodb/client.ts';
import { controlTable } from '../../../adapters/dynamodb/control.ts';
import { workTable } from '../../../adapters/dynamodb/work.ts';
import { type ApprovalRequest, type RequestRecord, requestDigest } from '../../../core/approval/request.ts';
import { append } from '../../../core/audit/append.ts';
import { type AuditEvent, nextEntry, type SignedVote } from '../../../core/audit/entry.ts';
import { verifyChain } from '../../../core/audit/verify.ts';
import { sha256 } from '../../../core/digest.ts';
import type { Dispatch } from '../../../core/dispatch.ts';
import { lockOf } from '../../../core/use-cases/triage.ts';
import { sampleCard } from '../../core/slack/samples.ts';
import { share } from '../../soak.ts';
import { alarmOf, ana, start } from '../../support/fixtures.ts';
import { createTables, emulatedAws, rawItem, tables } from '../emulated.ts';

emulatedAws(createTables);
process.env.AWS_REGION = 'us-east-1';
const database = openDatabase();
const audit = auditTable(database, tables.audit);
const control = controlTable(database, tables.control);
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

/** A PENDING request with a right digest. */
function pending(incidentId: string, changes: Partial<ApprovalRequest> = {}): RequestRecord {
  const request: ApprovalRequest = {
    format: 1,
    incidentId,
    dispatch,
    runbook: { id: 'fix', digest: sha256('runbook') },
    policyDigest: sha256('policy'),
    scriptHash: sha256('script'),
    targets: ['i-0123456789abcdef0'],
    document: { name: 'countersign-run-0123456789ab', digest: sha256('document') },
    executionTimeoutSeconds: 60,
    deliveryTimeoutSeconds: 30,
    level: 'modifying',
    flags: [],
    required: 1,
    approvers: [ana.id],
    createdAt: '2026-11-21T03:00:00.000Z',
    expiresAt: '2026-11-21T03:15:00.000Z',
    ...changes,
  };
  const nowhere = { channel: null, messageTs: null, card: null };
  return { request, digest: requestDigest(request), status: 'PENDING', token: 'token-1', votes: [], ...nowhere };
}

function voteOn(record: RequestRecord, id = ana.id): SignedVote {
  const by = { id, name: id };
  return {
    requestDigest: record.digest,
    decision: 'approve',
    by,
    at: record.request.createdAt,
    reason: '',
    signature: 's',
  };
}

describe('control', () => {
  test('a request is made once, re-armed while it is pending, and read as it was written', async () => {
    const record = pending(newIncident());
    const made = await Promise.all(Array.from({ length: 10 }, () => control.create(record)));
    expect(made.filter(Boolean)).toHaveLength(1);
    expect(await control.read(record.request)).toEqual(record);
    expect(await control.rearm(record.request, 'token-2')).toBe(true);
    expect(await control.end(record.request, 'WITHDRAWN')).toBe(true);
    expect(await control.rearm(record.request, 'token-3')).toBe(false);
    expect(await control.list(record.request.incidentId)).toEqual([
      { ...record, token: 'token-2', status: 'WITHDRAWN' },
    ]);
  });

  test('of an approval and an expiry exactly one wins, however they meet', async () => {
    const outcomes = await Promise.all(
      Array.from({ length: share(2000) }, async () => {
        const record = pending(newIncident());
        await control.create(record);
        const change = { digest: record.digest, vote: voteOn(record), status: 'APPROVED', votesBefore: 0 } as const;
        const contest = [() => control.vote(record.request, change), () => control.end(record.request, 'EXPIRED')];
        if (Math.random() < 0.5) contest.reverse();
        const answers = await Promise.all(contest.map((act) => act()));
        const [won, lost] = [answers.filter(Boolean), answers.filter((answer) => !answer)];
        const stored = await control.read(record.request);
        const votes = stored?.status === 'APPROVED' ? 1 : 0;
        expect([won.length, lost.length, stored?.votes.length]).toEqual([1, 1, votes]);
        return stored?.status;
      }),
    );
    expect(new Set(outcomes).size).toBeLessThanOrEqual(2);
  });

  test('two votes at the same moment: one is written, the other one sees that somebody was faster', async () => {
    const record = pending(newIncident(), { required: 2 });
    await control.create(record);
    const cast = (id: string) =>
      control.vote(record.request, {
        digest: record.digest,
        vote: voteOn(record, id),
        status: 'PENDING',
        votesBefore: 0,
      });
    const answers = await Promise.all([cast('U1'), cast('U2'), cast('U3')]);
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect((await control.read(record.request))?.votes).toHaveLength(1);
  });

  test('a vote on another digest is not written, and one on no request makes none', async () => {
    const record = pending(newIncident());
    const change = { digest: sha256('other'), vote: voteOn(record), status: 'APPROVED', votesBefore: 0 } as const;
    expect(await control.vote(record.request, change)).toBeNull();
    expect(await control.read(record.request)).toBeNull();
    await control.create(record);
    expect(await control.vote(record.request, change)).toBeNull();
    expect((await control.read(record.request))?.status).toBe('PENDING');
  });

  test('the place of a card is kept only for a request that exists', async () => {
    const record = pending(newIncident());
    const place = { channel: 'C1', messageTs: '1.0' };
    const card = sampleCard();
    await control.delivered(record.request, place, card);
    expect(await control.read(record.request)).toBeNull();
    await control.create(record);
    await control.delivered(record.request, place, card);
    expect(await control.read(record.request)).toEqual({ ...record, ...place, card });
  });

  test('a row that is no request counts as none, whatever types it has', async () => {
    const { request } = pending(newIncident());
    await plant(tables.control, request.incidentId, `REQUEST#2.run.1#${request.policyDigest.slice(0, 12)}`, {
      ...hostile,
      status: { S: 'APPROVED' },
      digest: { N: '1' },
    });
    expect(await control.read(request)).toBeNull();
    expect(await control.list(request.incidentId)).toEqual([]);
  });
});
