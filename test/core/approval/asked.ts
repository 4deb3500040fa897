/** What tests of approval start from: a situation in which step 2 is asked, the question about it, and votes as the key signs them. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { buildQuestion, timesFrom } from '../../../core/approval/build.ts';
import type { QuestionRecord, StoredQuestion } from '../../../core/approval/record.ts';
import { keyOf } from '../../../core/approval/record.ts';
import type { GenuineVote, People } from '../../../core/approval/votes.ts';
import type { Derived } from '../../../core/derive/derive.ts';
import { payloadTypes, type Sign, seal } from '../../../core/dsse.ts';
import { decideNext } from '../../../core/gate/gate.ts';
import type { Situation } from '../../../core/incident/situation.ts';
import { type Question, questionDigest, type Vote } from '../../../core/question.ts';
import { isoOf } from '../../../core/time.ts';
import { account, ana, ben, compiledOf, policyText, riskTools, start } from '../../support/fixtures.ts';
import { ran, situationAfter } from '../gate/situations.ts';

export const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString();
export const signWith =
  (key: typeof privateKey): Sign =>
  async (message) => ({ keyid: 'test-key', sig: sign('sha256', message, key).toString('base64') });
export const signer = signWith(privateKey);

export const cleo = { id: 'U0000000003', name: 'cleo' };
export const people: People = [
  { name: 'ana', slack: ana.id, iam: [`arn:aws:iam::${account}:user/ana`] },
  { name: 'ben', slack: ben.id, iam: [] },
  { name: 'cleo', slack: cleo.id, iam: [] },
];
/** Ana and ben may approve; cleo is a person who may not. */
export const policy = policyText('live').replace(
  /people:.*\napprovers:.*\n/,
  `people: [${people.map((person) => JSON.stringify(person)).join(', ')}]\napprovers: [ben, ana]\n`,
);

/** The gate's own derivation of what it asks next. */
export function derivedIn(situation: Situation): Derived {
  const answer = decideNext(situation, riskTools);
  if (answer.decision !== 'ask' || !answer.derived) throw new Error(`the gate says ${JSON.stringify(answer.reasons)}`);
  return answer.derived;
}

export const eventsBefore = [...ran('1.run'), ...ran('2.before')];

export function asking(situation = situationAfter(eventsBefore, { compiled: compiledFor() })) {
  const derived = derivedIn(situation);
  const { document } = situation.compiled;
  const origin = { revision: 1, nonce: 'nonce-0123456789', document, ...timesFrom(situation, derived) };
  return { situation, derived, origin, question: buildQuestion(situation, derived, origin) };
}

export function compiledFor(changes: { runbook?: string } = {}) {
  return compiledOf({ policy, ...changes });
}

export const question: Question = asking().question;

/** A vote as `decide` seals it; `changes` are what the test is about. */
export async function voted(changes: Partial<Vote> = {}, by: Sign = signer): Promise<GenuineVote> {
  const vote: Vote = {
    format: 1,
    question: questionDigest(question),
    word: 'approve',
    by: { ...ana, via: 'slack' },
    at: isoOf(start + 60_000),
    reason: '',
    ...changes,
  };
  return { vote, envelope: await seal(payloadTypes.vote, vote, by) };
}

export function storedAs(record: Partial<QuestionRecord> = {}): StoredQuestion & { record: QuestionRecord } {
  const asked = record.question ?? question;
  const whole: QuestionRecord = {
    question: asked,
    digest: questionDigest(asked),
    status: 'PENDING',
    token: 'token-1',
    places: [{ channel: 'C1', messageTs: '1.0' }],
    votes: [],
    card: null,
    ...record,
  };
  return { ...keyOf(asked), status: whole.status, places: whole.places, record: whole };
}
