/** Ceremonial oversight is named only over enough decisions, by genuine votes, and never for what nobody answered. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import type { ReadEntry } from '../../../core/audit/chain.ts';
import type { AuditEvent } from '../../../core/audit/entry.ts';
import { payloadTypes, seal } from '../../../core/dsse.ts';
import { questionDigest } from '../../../core/question.ts';
import { decisionsNeeded, theatreOf } from '../../../core/report/theatre.ts';
import { isoOf } from '../../../core/time.ts';
import { start } from '../../support/fixtures.ts';
import { question } from '../approval/asked.ts';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const signer = async (message: Buffer) => ({
  keyid: 'k',
  sig: sign('sha256', message, key.privateKey).toString('base64'),
});

interface Said {
  readonly by?: string;
  readonly word?: string;
  readonly seconds?: number;
}

/** An incident with one question, and what was said to it; nothing = it expired. */
async function incident(number: number, said: Said | null, escalations = 0, signs = signer) {
  const asked = { ...question, nonce: `nonce-${String(number).padStart(16, '0')}` };
  const [item] = asked.items;
  const requestDigest = questionDigest(asked);
  if (!item) throw new Error('no item');
  const { dispatch, scriptHash, level, targets } = item;
  const entries: ReadEntry[] = [];
  const add = (event: AuditEvent, seconds: number) =>
    void entries.push({
      ...({} as ReadEntry),
      kind: event.kind,
      event,
      at: isoOf(start + seconds * 1000),
      sequence: entries.length + 1,
    });
  const { policyDigest, expiresAt, incidentId } = asked;
  const about = { dispatch, requestDigest };
  add(
    {
      kind: 'approval_requested',
      ...about,
      policyDigest,
      scriptHash,
      level,
      targets,
      approvers: [],
      required: 1,
      expiresAt,
      question: asked,
    },
    0,
  );
  add({ kind: 'approval_delivered', dispatch, channel: 'C', messageTs: '1' }, 1);
  for (let step = 0; step < escalations; step += 1)
    add({ kind: 'approval_escalated', ...about, level: step + 2, place: 'leads', until: expiresAt, card: null }, 60);
  if (said === null) {
    add({ kind: 'approval_settled', ...about, policyDigest, decision: 'expired', by: [], reason: '' }, 600);
    return { id: incidentId, entries };
  }
  const { by: name = 'ana', word = 'approve', seconds = 3 } = said;
  const by = { name, via: 'slack' as const, id: 'U0000000001' };
  const at = isoOf(start + (1 + seconds) * 1000);
  const vote = { format: 1, question: requestDigest, word, by, at, reason: '' };
  const envelope = await seal(payloadTypes.vote, vote, signs);
  add({ kind: 'vote_signed', dispatch, questionDigest: requestDigest, word, by, envelope }, 1 + seconds);
  return { id: incidentId, entries };
}

let last = 0;
const many = (count: number, said: Said = {}) =>
  Promise.all(Array.from({ length: count }, () => incident(++last, said)));

describe('enough to tell', () => {
  test('299 decisions without a rejection, 473 with one, 628 with two: the binomial bound', () => {
    expect([0, 1, 2].map(decisionsNeeded)).toEqual([299, 473, 628]);
    // Whoever rejects one in a hundred shows none over 298 in more than one of twenty cases.
    expect(0.99 ** 298).toBeGreaterThan(0.05);
    expect(0.99 ** 299).toBeLessThanOrEqual(0.05);
  });

  test.each<[string, Said[], string]>([
    ['298 approvals in seconds', Array(298).fill({}), 'too_few'],
    ['299 approvals in seconds', Array(299).fill({}), 'ceremonial'],
    ['299 approvals, the median at 10 s', Array(299).fill({ seconds: 10 }), 'deliberate'],
    ['one of 300 was changed', [...Array(299).fill({}), { word: 'modify' }], 'deliberate'],
    ['one of 300 was narrowed', [...Array(299).fill({}), { word: 'narrow' }], 'deliberate'],
    ['one of 300 was rejected', [...Array(299).fill({}), { word: 'reject' }], 'too_few'],
    ['one of 300 was skipped', [...Array(299).fill({}), { word: 'skip' }], 'too_few'],
    ['one of 473 was rejected', [...Array(472).fill({}), { word: 'reject' }], 'ceremonial'],
    ['three of 300 were rejected', [...Array(297).fill({}), ...Array(3).fill({ word: 'reject' })], 'deliberate'],
    ['three slow ones', Array(3).fill({ seconds: 200 }), 'too_few'],
    ['values that were typed judge nothing', Array(299).fill({ word: 'input' }), 'too_few'],
    ['nothing at all', [], 'too_few'],
  ])('%s', async (_, said, oversight) => {
    const incidents = await Promise.all(said.map((one) => incident(++last, one)));
    expect(theatreOf(incidents, pem).overall.oversight).toBe(oversight);
  });
});

test('each approver is counted for themselves, who decided most first, and who was only asked too', async () => {
  const incidents = [
    ...(await many(3)),
    ...(await many(1, { by: 'ben', seconds: 40 })),
    ...(await many(1, { by: 'ben', word: 'reject', seconds: 60 })),
  ];
  const { overall, people } = theatreOf(incidents, pem);
  expect(people.map(({ name, decisions, approvals, rejections }) => [name, decisions, approvals, rejections])).toEqual([
    ['ana', 3, 3, 0],
    ['ben', 2, 1, 1],
  ]);
  expect(people.map(({ medianSeconds, slowSeconds }) => [medianSeconds, slowSeconds])).toEqual([
    [3, 3],
    [40, 60],
  ]);
  expect(overall).toMatchObject({ decisions: 5, approvals: 4, rejections: 1, medianSeconds: 3 });
});

test('what nobody answered is nobody’s no, and counts for everybody who could have', async () => {
  const { overall, people } = theatreOf([await incident(++last, null, 2), ...(await many(1))], pem);
  expect(overall).toMatchObject({ decisions: 1, rejections: 0, timeOuts: 1, escalations: 2 });
  expect(people.map(({ name, timeOuts, escalations }) => [name, timeOuts, escalations])).toEqual([
    ['ana', 1, 2],
    ['ben', 1, 2],
  ]);
});

test('a vote that the key did not sign is nobody’s decision', async () => {
  const stranger = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;
  const signs = async (message: Buffer) => ({ keyid: 'k', sig: sign('sha256', message, stranger).toString('base64') });
  const incidents = [await incident(++last, {}, 0, signs), ...(await many(1))];
  expect(theatreOf(incidents, pem).overall.decisions).toBe(1);
  expect(theatreOf(incidents, null).overall.decisions).toBe(0);
});
