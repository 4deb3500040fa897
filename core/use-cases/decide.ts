/** Deciding: a person's click becomes a signed vote, written once, and only then a wake-up of the machine. */
import { keyOf, type QuestionRecord, type StoredQuestion } from '../approval/record.ts';
import { castRefusal, notNamed, statusAfter } from '../approval/rules.ts';
import { type GenuineVote, genuineVotes, personOf } from '../approval/votes.ts';
import type { AuditWriter } from '../audit/append.ts';
import type { ChainReading } from '../audit/chain.ts';
import type { Compiled } from '../compiled.ts';
import { canonicalJson } from '../digest.ts';
import { payloadTypes, type Sign, seal } from '../dsse.ts';
import type { PublicKey } from '../incident/kill-switch.ts';
import type { Person } from '../person.ts';
import { questionSortKey, type Vote } from '../question.ts';
import { redact } from '../redact.ts';
import { isOlderReference, parseReference, type Reference } from '../reference.ts';
import { slackPerson } from '../report/show.ts';
import { type Act, parseInteraction } from '../slack/interaction.ts';
import { verifySlackSignature } from '../slack/signature.ts';
import { isoOf } from '../time.ts';
import { endCard } from './end-card.ts';
import type { Cards, ControlStore } from './ports.ts';
import { readIncident, recordAcknowledged, recordRefusal, recordVotes } from './record-votes.ts';
import { type RetryPorts, type RetryStore, retry } from './retry.ts';

/** The request as Slack sent it, byte for byte. */
export interface RawInteraction {
  readonly rawBody: string;
  readonly timestamp: string;
  readonly signature: string;
}

export interface DecidePorts extends RetryPorts {
  readonly writer: AuditWriter;
  readonly control: Pick<ControlStore, 'read' | 'vote'> & RetryStore;
  readonly cards: Pick<Cards, 'update' | 'tell' | 'reply'>;
  signingSecret(): Promise<string>;
  /** Signs with the approval key. */
  readonly sign: Sign;
  readonly publicKey: PublicKey;
  /** Wakes the machine; a token that is no longer valid is no error, since `settle` reads the record anyway. */
  wake(token: string): Promise<void>;
  /** Epoch milliseconds. */
  now(): number;
}

/** Thrown for a request that Slack did not sign; nothing was read or written. */
export class NotFromSlack extends Error {
  override readonly name = 'NotFromSlack';
}

/** A click that is being decided: what was said, about which question, and what lies there. */
interface Click {
  readonly act: Act;
  readonly reference: Reference;
  readonly stored: StoredQuestion | null;
  /** The incident's chain, for what is recorded at the end; undefined when it could not be read. */
  readonly chain: ChainReading | undefined;
}

/**
 * Verifies the raw request again, then signs, then writes vote and status in one conditional write, then wakes the
 * token that this write returned, and records the vote beside it. Whoever clicked in vain is told why.
 */
export async function decide(ports: DecidePorts, compiled: Compiled, raw: RawInteraction): Promise<void> {
  const signingSecret = await ports.signingSecret();
  const check = verifySlackSignature({ ...raw, signingSecret, now: Math.floor(ports.now() / 1000) });
  if (!check.ok) throw new NotFromSlack(check.reason);
  const act = parseInteraction(raw.rawBody);
  if (act.kind !== 'answer') return;
  if (act.word === 'retry') return retry(ports, compiled, act);
  if (isOlderReference(act.reference))
    return tell(ports, compiled, act, null, 'This card is of an older release of Countersign. Use the newest card.');
  const reference = parseReference(act.reference);
  const key = { incidentId: reference.incidentId, sortKey: questionSortKey(reference.dispatch, reference.revision) };
  const [stored, chain] = await Promise.all([
    ports.control.read(key),
    readIncident(ports.writer, reference.incidentId).catch(() => undefined),
  ]);
  await answer(ports, compiled, { act, reference, stored, chain });
}

async function answer(ports: DecidePorts, compiled: Compiled, click: Click): Promise<void> {
  if (click.act.word === 'ack') return acknowledge(ports, compiled, click);
  const { act, reference, stored } = click;
  const record = stored?.record ?? null;
  const votes = record ? await genuine(ports, record) : [];
  const person = personOf(compiled.policy.people, { via: 'slack', id: act.userId });
  if (record && isRepeated(compiled, click, record, votes.at(-1), person)) {
    await follow(ports, click, record, votes);
    return tell(ports, compiled, act, stored, 'Your answer is counted already.');
  }
  const voters = { ...compiled.policy, policyDigest: compiled.policyDigest };
  const said = { questionDigest: reference.questionDigest, word: act.word, by: identityOf(act) };
  const refusal = castRefusal(stored, said, voters, votes, ports.now());
  if (refusal !== null || !record || !person)
    return refuse(ports, compiled, click, person, refusal ?? 'This cannot be answered.');
  const vote: Vote = {
    format: 1,
    question: record.digest,
    word: act.word,
    by: person,
    at: isoOf(ports.now()),
    reason: redact(act.reason ?? ''),
  };
  const cast = { vote, envelope: await seal(payloadTypes.vote, vote, ports.sign) };
  const written = await write(ports, record, [...votes, cast]);
  if (written === null) return refuse(ports, compiled, click, person, 'Somebody else answered at the same moment.');
  await follow(ports, click, written, [...votes, cast]);
}

/** Says to everybody that this person is on it. Whoever the policy names may; it is not signed and decides nothing. */
async function acknowledge(ports: DecidePorts, compiled: Compiled, click: Click): Promise<void> {
  const { act, reference, stored, chain } = click;
  const person = personOf(compiled.policy.people, identityOf(act));
  if (person === null) return tell(ports, compiled, act, stored, notNamed);
  if (!(await recordAcknowledged(ports.writer, reference, person, chain)))
    return tell(ports, compiled, act, stored, 'That is said already, or the incident is over.');
  const message = { kind: 'on_it' as const, person: slackPerson(person), at: Math.floor(ports.now() / 1000) };
  const places = stored?.places ?? [];
  await Promise.allSettled(places.map((place) => ports.cards.reply(place, message)));
}

function identityOf({ userId }: Act): Pick<Person, 'via' | 'id'> {
  return { via: 'slack', id: userId };
}

async function genuine(ports: DecidePorts, record: QuestionRecord): Promise<GenuineVote[]> {
  return record.votes.length === 0 ? [] : genuineVotes(record.votes, record.digest, await ports.publicKey());
}

/** The same answer again: a double click, or this function invoked again after a crash that left something undone. */
function isRepeated(
  { policyDigest }: Compiled,
  { act, reference }: Click,
  { digest, status, question }: QuestionRecord,
  last: GenuineVote | undefined,
  person: Person | null,
): boolean {
  const isSame = last !== undefined && last.vote.by.name === person?.name && last.vote.word === act.word;
  const counts = status === 'PENDING' || status === 'APPROVED' || status === 'REJECTED';
  return isSame && counts && question.policyDigest === policyDigest && reference.questionDigest === digest;
}

/** Writes the last of these votes; when it is not known whether that was done, what lies there says so. */
async function write(
  { control }: DecidePorts,
  { question, digest, votes: before }: QuestionRecord,
  votes: readonly GenuineVote[],
): Promise<QuestionRecord | null> {
  const key = keyOf(question);
  const status = statusAfter(
    question.terms.required,
    votes.map(({ vote }) => vote),
  );
  const [{ envelope }] = votes.slice(-1) as [GenuineVote];
  try {
    return await control.vote(key, { digest, vote: envelope, status, votesBefore: before.length });
  } catch (error) {
    const there = (await control.read(key))?.record;
    if (there?.votes.some((cast) => canonicalJson(cast) === canonicalJson(envelope))) return there;
    throw error;
  }
}

/**
 * What follows a written vote: it is recorded, and beside that the machine is woken. Recording it may fail: it counts by
 * its signature, and `settle` records it from Control.
 */
async function follow(
  ports: DecidePorts,
  { chain }: Click,
  record: QuestionRecord,
  votes: readonly GenuineVote[],
): Promise<void> {
  const { status } = record;
  const isOver = status !== 'PENDING';
  const [, woken] = await Promise.allSettled([
    recordVotes(ports.writer, record.question, votes, chain),
    isOver && ports.wake(record.token),
  ]);
  if (woken.status === 'rejected') throw woken.reason;
  if (!isOver) return;
  const ending = {
    status,
    reason: votes.at(-1)?.vote.reason ?? '',
    by: votes.map(({ vote }) => vote.by),
  };
  await endCard(ports.cards, { places: record.places, record }, ending, ports.now());
}

/** Told in any case: an answer that does not count must not look as if it did. */
async function refuse(ports: DecidePorts, compiled: Compiled, click: Click, person: Person | null, why: string) {
  const { act, reference, stored, chain } = click;
  const by = person ?? { name: act.userId, ...identityOf(act) };
  try {
    const about = stored?.record?.digest ?? null;
    await recordRefusal(ports.writer, reference, about, { by, decision: act.word, why }, chain);
  } finally {
    await tell(ports, compiled, act, stored, why);
  }
}

/** Where the person clicked; a submitted modal says no place, then where the card is or would be. */
async function tell(ports: DecidePorts, { policy }: Compiled, act: Act, stored: StoredQuestion | null, text: string) {
  const channel = act.channel ?? stored?.places[0]?.channel ?? policy.safety.approval_channel;
  await ports.cards.tell(channel, act.userId, text);
}
