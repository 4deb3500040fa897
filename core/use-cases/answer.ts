/** Answering a question: what a person said becomes a signed vote, written once, and only then a wake-up of the machine. */
import { onlyTakesAway } from '../answers.ts';
import { type Fields, fieldsOf } from '../approval/fields.ts';
import { keyOf, type QuestionRecord, type StoredQuestion } from '../approval/record.ts';
import { castRefusal, isAnswer, notNamed, statusAfter } from '../approval/rules.ts';
import { type GenuineVote, genuineVotes, personOf } from '../approval/votes.ts';
import type { AuditWriter } from '../audit/append.ts';
import type { ChainReading } from '../audit/chain.ts';
import type { DispatchesReader } from '../burn.ts';
import type { Compiled } from '../compiled.ts';
import { canonicalJson } from '../digest.ts';
import { dispatchName } from '../dispatch.ts';
import { payloadTypes, type Sign, seal } from '../dsse.ts';
import type { PublicKey } from '../incident/kill-switch.ts';
import { amends } from '../incident/spoken.ts';
import { type SuspensionReading, suspendedAmong } from '../incident/suspension.ts';
import type { Person } from '../person.ts';
import { type Question, questionSortKey, type Vote } from '../question.ts';
import { redact } from '../redact.ts';
import { parseReference, type Reference } from '../reference.ts';
import { slackPerson } from '../report/show.ts';
import { wasPaged } from '../report/silence.ts';
import { isoOf } from '../time.ts';
import { endCard, saidLast } from './end-card.ts';
import { type Members, membershipRefusal } from './membership.ts';
import type { Cards, ControlStore } from './ports.ts';
import { readIncident, recordAcknowledged, recordRefusal, recordVotes } from './record-votes.ts';
import { type Drawable, redraw } from './redraw.ts';
import type { Heard, Said, TellBack } from './said.ts';
import { displayRefusal } from './shown-card.ts';

export interface AnswerPorts {
  readonly writer: AuditWriter;
  readonly control: Pick<ControlStore, 'read' | 'vote'>;
  readonly cards: Pick<Cards, 'update' | 'reply'>;
  readonly tellBack: TellBack;
  /** What of the incident was sent: an approval is taken back before it is used. */
  readonly dispatches: Pick<DispatchesReader, 'burns'>;
  /** Signs with the approval key. */
  readonly sign: Sign;
  readonly publicKey: PublicKey;
  /** Slack's word on whoever speaks. */
  readonly members: Members;
  /** How these people stand; a failing read throws, and nothing is signed. */
  suspensions(names: readonly string[]): Promise<SuspensionReading[]>;
  /** Wakes the machine; a token that is no longer valid is no error, since `settle` reads the record anyway. */
  wake(token: string): Promise<void>;
  /** Epoch milliseconds. */
  now(): number;
}

/** What is being decided: what was said, about which question, and what lies there. */
interface Hearing {
  readonly said: Said;
  /** Who that is by the policy; null = it names nobody. */
  readonly person: Person | null;
  readonly reference: Reference;
  readonly stored: StoredQuestion | null;
  /** The incident's chain, for what is recorded at the end; undefined when it could not be read. */
  readonly chain: ChainReading | undefined;
}

/**
 * Signs, then writes vote and status in one conditional write, then wakes the token that this write returned, and records
 * the vote beside it. Whoever spoke in vain is told why. Throws InvalidReference for what names no question.
 */
export async function answer(ports: AnswerPorts, compiled: Compiled, said: Said): Promise<Heard> {
  const reference = parseReference(said.reference);
  const key = { incidentId: reference.incidentId, sortKey: questionSortKey(reference.dispatch, reference.revision) };
  const person = personOf(compiled.policy.people, said.by);
  const isAck = said.word === 'ack';
  const [stored, chain, [own]] = await Promise.all([
    ports.control.read(key),
    readIncident(ports.writer, reference.incidentId).catch(() => undefined),
    Promise.allSettled([person && !isAck ? ports.suspensions([person.name]) : []]),
  ]);
  const hearing = { said, person, reference, stored, chain };
  return isAck ? acknowledge(ports, hearing) : vote(ports, compiled, hearing, own);
}

/** @param own How whoever speaks stands, read beside the question: `execute` and the burn look again before anything is sent. */
async function vote(
  ports: AnswerPorts,
  compiled: Compiled,
  hearing: Hearing,
  own: PromiseSettledResult<SuspensionReading[]>,
): Promise<Heard> {
  const { said, person, reference, stored } = hearing;
  const record = stored?.record ?? null;
  const votes = record ? await genuine(ports, record) : [];
  if (record && isRepeated(compiled, hearing, record, votes.at(-1))) {
    await follow(ports, compiled, hearing, record, votes);
    await ports.tellBack(said, 'Your answer is counted already.', stored);
    return { outcome: 'repeated', status: record.status };
  }
  if (own.status === 'rejected') throw own.reason;
  const others = votes.flatMap(({ vote }) => (vote.by.name === person?.name ? [] : [vote.by.name]));
  const suspended = suspendedAmong([...own.value, ...(await ports.suspensions(others))]);
  const voters = { ...compiled.policy, policyDigest: compiled.policyDigest, suspended };
  const { word, by, saidAt } = said;
  const given = { questionDigest: reference.questionDigest, word, by, saidAt };
  const refusal = castRefusal(stored, given, voters, votes, ports.now());
  if (refusal !== null || !record || !person) return refuse(ports, hearing, refusal ?? 'This cannot be answered.');
  const fields = await signable(ports, compiled, hearing, record);
  if ('why' in fields) return refuse(ports, hearing, fields.why);
  const outsider = await outsiderRefusal(ports, compiled, said, person, record.question);
  if (outsider !== null) return refuse(ports, hearing, outsider);
  const cast: Vote = {
    format: 1,
    question: record.digest,
    word: said.word,
    by: person,
    at: isoOf(ports.now()),
    reason: redact(said.reason ?? ''),
    ...fields.fields,
  };
  const all = [...votes, { vote: cast, envelope: await seal(payloadTypes.vote, cast, ports.sign) }];
  const written = await write(ports, record, all, statusAfter(record.question, all, voters));
  if (written === null) return refuse(ports, hearing, 'Somebody else answered at the same moment.');
  await follow(ports, compiled, hearing, written, all);
  if (written.status === 'ANSWERED' && record.status === 'APPROVED') await tellIfUsed(ports, hearing, written);
  return { outcome: 'counted', status: written.status };
}

/**
 * Slack is asked last, since it is the slowest: whoever speaks may have become a guest, or have left a group, a minute ago.
 * Not about what only takes away, which also counts while Slack says nothing.
 */
async function outsiderRefusal(
  { members }: AnswerPorts,
  { policy }: Compiled,
  { by, word }: Said,
  { name }: Person,
  { kind, terms }: Question,
): Promise<string | null> {
  if (onlyTakesAway(kind, word)) return null;
  const slack = policy.people.find((person) => person.name === name)?.slack ?? null;
  return membershipRefusal(members, by, { name, slack }, terms);
}

/** What is signed beside the word, if the card showed what would be signed, and what was said beside it can be taken. */
async function signable(
  ports: AnswerPorts,
  { runbooks }: Compiled,
  { said }: Hearing,
  record: QuestionRecord,
): Promise<Fields> {
  const { question, status } = record;
  // What only takes away needs no proof of what was seen.
  const why = onlyTakesAway(question.kind, said.word) ? null : displayRefusal(record, said);
  if (why !== null) return { why };
  if (status === 'APPROVED' && (await isUsed(ports, record)))
    return { why: 'Too late: it was used already, and cannot be taken back.' };
  if (amends(said.word) && (await hasBegun(ports, question)))
    return {
      why: 'Its first wave was sent: the rest goes out as that did, to the hosts that are left, or is skipped or rejected.',
    };
  return fieldsOf(question, said.word, said, { runbooks, via: said.by.via });
}

/** Whether all that the approval was for was sent. */
async function isUsed({ dispatches }: AnswerPorts, { question, digest }: QuestionRecord): Promise<boolean> {
  const own = (await dispatches.burns(question.incidentId)).filter(({ questionDigest }) => questionDigest === digest);
  return own.some(({ rest = [] }) => rest.length === 0);
}

/** Whether a wave of what is asked about was sent, under whichever question. */
async function hasBegun({ dispatches }: AnswerPorts, { incidentId, items }: Question): Promise<boolean> {
  const names = items.map(({ dispatch }) => dispatchName({ ...dispatch, wave: 1 }));
  const burns = await dispatches.burns(incidentId);
  return burns.some(({ dispatch }) => names.includes(dispatchName({ ...dispatch, wave: 1 })));
}

/** From when it was taken back nothing is burnt under it; what was burnt a moment before cannot be undone, and is said. */
async function tellIfUsed(ports: AnswerPorts, { said, stored }: Hearing, { question, digest }: QuestionRecord) {
  const own = (await ports.dispatches.burns(question.incidentId)).filter(
    ({ questionDigest }) => questionDigest === digest,
  );
  if (own.length === 0) return;
  const hosts = own.flatMap(({ targets }) => targets).join(', ');
  await ports.tellBack(said, `It is taken back, but it was sent already to ${hosts}: look there.`, stored);
}

/** Says to everybody that this person is on it. Whoever the policy names may; it is not signed and decides nothing. */
async function acknowledge(ports: AnswerPorts, { said, person, reference, stored, chain }: Hearing): Promise<Heard> {
  const status = stored?.record?.status ?? null;
  const isNews = person !== null && (await recordAcknowledged(ports.writer, reference, person, chain));
  if (!isNews) {
    await ports.tellBack(said, person ? 'That is said already, or the incident is over.' : notNamed, stored);
    return { outcome: 'refused', status };
  }
  const message = { kind: 'on_it' as const, person: slackPerson(person), at: Math.floor(ports.now() / 1000) };
  const places = stored?.places ?? [];
  await Promise.allSettled(places.map((place) => ports.cards.reply(place, message)));
  return { outcome: 'counted', status };
}

async function genuine(ports: AnswerPorts, record: QuestionRecord): Promise<GenuineVote[]> {
  return record.votes.length === 0 ? [] : genuineVotes(record.votes, record.digest, await ports.publicKey());
}

/** The same answer again: a double click, or this function invoked again after a crash that left something undone. */
function isRepeated(
  { policyDigest }: Compiled,
  { said, person, reference }: Hearing,
  { digest, status, question }: QuestionRecord,
  last: GenuineVote | undefined,
): boolean {
  const isSame = last !== undefined && last.vote.by.name === person?.name && saysTheSame(last.vote, said);
  // Where one approval must come through IAM, the same person's through Slack was another one.
  const isOther = question.terms.secondChannel && last?.vote.by.via !== said.by.via;
  const counts = status === 'PENDING' || isAnswer(status);
  return isSame && !isOther && counts && question.policyDigest === policyDigest && reference.questionDigest === digest;
}

/** With other values, hosts or another choice it is another answer. */
function saysTheSame({ word, parameters, targets, choice }: Vote, said: Said): boolean {
  const { parameters: values = null, targets: hosts = null } = said;
  return (
    word === said.word &&
    Object.entries(parameters ?? {}).every(([name, value]) => values?.[name] === value) &&
    (targets === undefined || canonicalJson(targets) === canonicalJson([...(hosts ?? [])].toSorted())) &&
    (choice === undefined || choice === said.choice)
  );
}

/** Writes the last of these votes; when it is not known whether that was done, what lies there says so. */
async function write(
  { control }: AnswerPorts,
  { question, digest, status: statusBefore, votes: before }: QuestionRecord,
  votes: readonly GenuineVote[],
  status: ReturnType<typeof statusAfter>,
): Promise<QuestionRecord | null> {
  const key = keyOf(question);
  const [{ envelope }] = votes.slice(-1) as [GenuineVote];
  try {
    return await control.vote(key, { digest, vote: envelope, status, statusBefore, votesBefore: before.length });
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
  ports: AnswerPorts,
  { policy: { people } }: Compiled,
  { chain }: Hearing,
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
  // A vote among several changes what the card asks for: everybody sees who is still wanted.
  if (!isOver)
    return redraw(
      ports,
      drawable(record),
      { votes, people, paged: wasPaged(chain?.entries ?? [], record.digest) },
      null,
    ).catch(() => {});
  const ending = { status, ...saidLast(record, votes) };
  await endCard(ports.cards, { places: record.places, record }, ending, ports.now());
}

function drawable(record: QuestionRecord): Drawable {
  return { ...keyOf(record.question), status: record.status, places: record.places, record };
}

/** Told in any case: an answer that does not count must not look as if it did. */
async function refuse(ports: AnswerPorts, hearing: Hearing, why: string): Promise<Heard> {
  const { said, person, reference, stored, chain } = hearing;
  const by = person ?? { name: said.by.id, ...said.by };
  const record = stored?.record ?? null;
  try {
    const about = record?.digest ?? null;
    await recordRefusal(ports.writer, reference, about, { by, decision: said.word, why }, chain);
  } finally {
    await ports.tellBack(said, why, stored);
  }
  return { outcome: 'refused', status: record?.status ?? null };
}
