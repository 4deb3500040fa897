/** Asking: put a PENDING question with its task token into Control, and its card into the channel; what is out of date is asked anew. */
import { areWithinPolicy, buildQuestion, timesFrom } from '../approval/build.ts';
import { differences } from '../approval/differences.ts';
import { askedPlace } from '../approval/levels.ts';
import {
  type CardPlace,
  isAbout,
  keyOf,
  newestAbout,
  type QuestionRecord,
  revisionOf,
  type StoredQuestion,
} from '../approval/record.ts';
import { checkApproval } from '../approval/rules.ts';
import { genuineVotes } from '../approval/votes.ts';
import { type AuditWriter, append } from '../audit/append.ts';
import type { Compiled } from '../compiled.ts';
import type { Derived } from '../derive/derive.ts';
import { digest } from '../digest.ts';
import { type Dispatch, sameDispatch } from '../dispatch.ts';
import type { GateAnswer } from '../gate/answer.ts';
import { decideNext } from '../gate/gate.ts';
import { readSituation, type Situation, type SituationPorts } from '../incident/situation.ts';
import { type SuspensionReading, suspendedAmong } from '../incident/suspension.ts';
import { wavesOf } from '../incident/waves.ts';
import { asPerson } from '../policy/people.ts';
import type { RiskTools } from '../policy/verdict.ts';
import { type Question, questionDigest } from '../question.ts';
import { redact } from '../redact.ts';
import { incidentHead } from '../report/incident-head.ts';
import type { ChannelMessage } from '../report/message.ts';
import type { ApprovalCard } from '../report/question-card.ts';
import { requestCard } from '../report/request-card.ts';
import type { ShownOutputs } from '../report/show.ts';
import { silenceOf, wasPaged } from '../report/silence.ts';
import { storedCard } from '../report/stored-card.ts';
import { fieldWords } from '../report/votes.ts';
import { epochOf } from '../time.ts';
import type { QuestionKind, RequestStatus } from '../words.ts';
import { type Cards, ChannelBusy, type ControlStore, type Posted } from './ports.ts';
import { recoveredSince, supersede, withdraw } from './supersede.ts';
import { type ThreadPorts, threadOf } from './thread.ts';
import { longWait, type WaitStore } from './waits.ts';

export interface RequestApprovalPorts extends SituationPorts, Omit<ThreadPorts, 'cards'> {
  readonly writer: AuditWriter;
  readonly control: ControlStore;
  readonly cards: Cards;
  readonly waits: WaitStore;
  /** How these people stand; a failing read throws. */
  suspensions(names: readonly string[]): Promise<SuspensionReading[]>;
  /** What people may want to see on the card, from the work table. */
  shown(incidentId: string): Promise<ShownOutputs>;
  /** A question's nonce: 16 to 64 characters, never given twice. */
  newId(): string;
}

/** Longest cause of a failed delivery in the chain, in characters: enough for CardTooLong and CardUnshowable. */
const longestCause = 500;

/** The record is decided: the machine goes on to Settle. */
export class AlreadyDecided extends Error {
  override readonly name = 'AlreadyDecided';
}

/** The card could not be posted. It has no cause: what passes of Slack's errors is no error of AWS, and is counted. */
export class Undelivered extends Error {
  override readonly name = 'Undelivered';
}

/** The gate wants nothing asked now, and nothing was: the machine goes back to it. No round in which nobody could be asked. */
export class NotItsTurn extends Error {
  override readonly name = 'NotItsTurn';
}

/** What the gate says now, from what this function read itself: nobody is asked out of turn. `derived` is null when it does not ask. */
interface Turn {
  readonly situation: Situation;
  /** The gate holds everything: what is out stays out, and can be answered. */
  readonly holds: boolean;
  readonly derived: Derived | null;
  readonly kind: QuestionKind | null;
  /** That the alarm is OK again, in words, where that is why it does not ask; else null. */
  readonly recovered: string | null;
  readonly why: string;
}

/** The newest question of a dispatch against what would be asked now. */
type Check =
  | { readonly kind: 'stands'; readonly record: QuestionRecord }
  | { readonly kind: 'decided'; readonly why: string }
  | { readonly kind: 'anew'; readonly why: string | null };

/**
 * Makes or re-arms the question of a dispatch with a new task token and delivers its card if that is still to be done.
 * One that is no longer what would run is superseded, and its next revision asked. Throws AlreadyDecided when Settle has
 * something to read, and anything else when the question cannot be made or delivered.
 */
export async function requestApproval(
  ports: RequestApprovalPorts,
  compiled: Compiled,
  tools: RiskTools,
  asked: Asked,
): Promise<void> {
  const { incidentId, dispatch } = asked;
  const look = async (by: RequestApprovalPorts) =>
    (await Promise.allSettled([turnOf(by, compiled, tools, incidentId, dispatch)]))[0];
  const ahead = readAhead(ports, incidentId);
  const [rows, since] = await Promise.all([
    ports.control.list(incidentId),
    ports.waits.waitsSince('question', incidentId).catch(() => null),
  ]);
  const latest = newestAbout(rows, dispatch);
  // Of a thousand that wait for room none asks CloudWatch again and again; who comes first loses no time.
  const early = since === null ? look(ahead) : null;
  // What AWS did not answer now goes on waiting, from when it began to.
  const isDone = (error: unknown) => error instanceof AlreadyDecided || error instanceof NotItsTurn;
  const done = async () => {
    if (since !== null) await ports.waits.waitsNoMore('question', incidentId).catch(() => {});
  };
  try {
    if (needsCard(latest)) await roomFor(ports, incidentId, dispatch, since);
    await askedFor(ports, asked, { rows, latest }, await (early ?? look(ports)));
  } catch (error) {
    if (isDone(error)) await done();
    throw error;
  }
  await done();
}

/** The same ports, that begin at once to read what is no call of CloudWatch: the incident's chain, and the switch. */
function readAhead(ports: RequestApprovalPorts, incidentId: string): RequestApprovalPorts {
  const [items, kill] = [ports.items(incidentId), ports.kill()];
  // Whoever asks for them meets their errors.
  for (const read of [items, kill]) read.catch(() => {});
  return { ...ports, items: (chain) => (chain === incidentId ? items : ports.items(chain)), kill: () => kill };
}

interface Asked {
  readonly incidentId: string;
  readonly dispatch: Dispatch;
  readonly token: string;
}

async function askedFor(
  ports: RequestApprovalPorts,
  { dispatch, token }: Asked,
  { rows, latest }: Pick<Putting, 'rows' | 'latest'>,
  looked: PromiseSettledResult<Turn>,
): Promise<void> {
  const isOut = isPending(latest) && latest.record.places.length > 0;
  if (isOut) await rearm(ports, latest.record, token);
  if (looked.status === 'rejected') {
    // The question is out and can be answered: that what was read last cannot be read again is no reason to take it back.
    if (isOut) return;
    throw looked.reason;
  }
  const turn = looked.value;
  const { situation, derived, kind } = turn;
  if (turn.recovered !== null) return takeBack(ports, situation, dispatch, turn);
  if (isOut && turn.holds) return;
  if (derived === null || kind === null) return takeBack(ports, situation, dispatch, turn);
  const check = await checkLatest(ports, situation, { derived, kind }, latest);
  if (check.kind === 'decided') throw new AlreadyDecided(check.why);
  if (check.kind === 'anew') return ask(ports, situation, { derived, kind }, { rows, latest, token, why: check.why });
  if (isOut) return;
  await rearm(ports, check.record, token);
  await deliver(ports, check.record, situation, derived, null);
}

/**
 * Nothing is asked before there is room for its card: a question that nobody can see must not expire. One that came to lie
 * there without a card is taken back. Looked at before anything else is, since a thousand may wait.
 */
async function roomFor(
  ports: RequestApprovalPorts,
  incidentId: string,
  dispatch: Dispatch,
  since: number | null,
): Promise<void> {
  const isLate = since !== null && ports.now() - since >= longWait;
  if (await ports.cards.room(isLate ? 'late' : 'card')) return;
  await ports.waits.wait({ kind: 'question', incidentId, step: dispatch.step }).catch(() => {});
  const why = () => 'there was no room in the channel to show it to anybody';
  await supersede(ports, incidentId, dispatch, { why, further: '' });
  throw new ChannelBusy('this minute has had its messages');
}

const decided: readonly RequestStatus[] = ['APPROVED', 'REJECTED', 'EXPIRED'];

/** Not one that is out, and not one that is decided, of which the machine is to hear at once. */
function needsCard(latest: StoredQuestion | null): boolean {
  const isOut = isPending(latest) && latest.record.places.length > 0;
  return !isOut && !(latest?.record && decided.includes(latest.record.status));
}

function isPending(stored: StoredQuestion | null): stored is StoredQuestion & { record: QuestionRecord } {
  return stored?.record?.status === 'PENDING';
}

async function rearm(ports: RequestApprovalPorts, { question }: QuestionRecord, token: string): Promise<void> {
  if (!(await ports.control.rearm(keyOf(question), token)))
    throw new AlreadyDecided('the question was decided while it was re-armed');
}

async function turnOf(
  ports: RequestApprovalPorts,
  compiled: Compiled,
  tools: RiskTools,
  incidentId: string,
  dispatch: Dispatch,
): Promise<Turn> {
  // Whether another incident is changing a host the gate asked a moment ago, and the kernel asks Systems Manager.
  const situation = await readSituation(ports, compiled, incidentId, { holders: false });
  const answer = decideNext(situation, tools);
  const isTurn = answer.decision === 'ask' && answer.dispatch !== null && sameDispatch(answer.dispatch, dispatch);
  const why = `the gate says ${answer.decision} now: ${answer.reasons.map(({ text }) => text).join('; ')}`;
  const recovered = !isTurn && endsByRecovery(answer) ? recoveredSince(situation.alarm) : null;
  const turn = isTurn ? { derived: answer.derived, kind: answer.asks } : { derived: null, kind: null };
  return { situation, holds: answer.decision === 'wait', ...turn, recovered, why };
}

/** Whether an OK alarm is the reason of this answer, or has led to another step: not a stop, and no fault. */
function endsByRecovery({ decision, reasons }: GateAnswer): boolean {
  const isRecovery = reasons.some(({ rule }) => recoveryRules.includes(rule));
  return isRecovery || decision === 'ask' || decision === 'proceed';
}

const recoveryRules = ['alarm.not_in_alarm', 'alarm.recovering', 'alarm.recovered'];

/** The gate no longer asks: what is out is superseded, or withdrawn where the alarm recovered, and Settle leads back to the gate. */
async function takeBack(
  ports: RequestApprovalPorts,
  { incidentId }: Situation,
  dispatch: Dispatch,
  { why, recovered }: Turn,
): Promise<never> {
  const taken =
    recovered === null
      ? await supersede(ports, incidentId, dispatch, { why: () => why, further: '' })
      : await withdraw(ports, incidentId, dispatch, recovered);
  if (taken > 0) throw new AlreadyDecided(why);
  throw new NotItsTurn(`request-approval: ${why}`);
}

/** What is asked now. */
interface Asks {
  readonly derived: Derived;
  readonly kind: QuestionKind;
}

async function checkLatest(
  ports: RequestApprovalPorts,
  situation: Situation,
  { derived, kind }: Asks,
  latest: StoredQuestion | null,
): Promise<Check> {
  const record = latest?.record ?? null;
  if (record === null) return { kind: 'anew', why: latest && 'it was asked by another release of Countersign' };
  const { question, status } = record;
  // The one before was another question about the same dispatch: it is not asked again, and nothing is out of date.
  if (question.kind !== kind) return { kind: 'anew', why: null };
  if (status === 'REJECTED' || status === 'EXPIRED')
    return { kind: 'decided', why: `the question is ${status.toLowerCase()}` };
  if (status === 'ANSWERED') return { kind: 'anew', why: answered(situation, record) };
  if (status !== 'PENDING' && status !== 'APPROVED') return { kind: 'anew', why: null };
  if (!areWithinPolicy(question, situation, derived))
    return { kind: 'anew', why: 'it could be answered for longer than the policy allows' };
  const own = buildQuestion(situation, derived, { ...question, document: situation.compiled.document }, kind);
  const changed = differences(question, own);
  if (changed.length > 0) return { kind: 'anew', why: changed.join('; ') };
  if (status === 'PENDING')
    return situation.now < epochOf(question.expiresAt)
      ? { kind: 'stands', record }
      : { kind: 'decided', why: 'the time to answer is over' };
  const votes = genuineVotes(record.votes, record.digest, await ports.publicKey());
  const suspended = suspendedAmong(await ports.suspensions(votes.map(({ vote }) => vote.by.name)));
  const approval = checkApproval(own, votes, { people: situation.compiled.policy.people, suspended }, situation.now);
  // Whose approval counted when it was given, and no more: the kernel would refuse it as often as it is asked.
  return !approval.approved && (approval.cause === 'expired' || suspended.size > 0)
    ? { kind: 'anew', why: approval.why }
    : { kind: 'decided', why: 'the question is approved' };
}

/** What a question is put with: the incident's rows, the newest one about the dispatch, and why that one is replaced. */
interface Putting {
  readonly rows: readonly StoredQuestion[];
  readonly latest: StoredQuestion | null;
  readonly token: string;
  readonly why: string | null;
}

/** Who made it another question, and how, as the chain proves it; null when it does not. */
function answered({ spoken }: Situation, { digest: question }: QuestionRecord): string | null {
  const last = spoken.filter((one) => one.question === question).at(-1);
  if (!last) return null;
  const words = { modify: 'changed it', narrow: 'left fewer hosts', revoke: 'took the approval back' };
  const said = words[last.word as keyof typeof words] ?? `answered "${last.word}"`;
  return [`${last.by.name} ${said}`, ...fieldWords(last)].join('; ');
}

async function ask(
  ports: RequestApprovalPorts,
  situation: Situation,
  { derived, kind }: Asks,
  { rows, latest, token, why }: Putting,
): Promise<void> {
  const { incidentId, compiled } = situation;
  const origin = {
    revision: nextRevision(latest),
    nonce: ports.newId(),
    document: compiled.document,
    ...timesFrom(situation, derived),
  };
  const record = recordOf(buildQuestion(situation, derived, origin, kind), token);
  const isSameKind = latest?.record == null || latest.record.question.kind === kind;
  // Where none was asked before there is none to end: whoever asks at the same moment takes the place of this one.
  if (rows.some(({ sortKey }) => isAbout(sortKey, derived.dispatch)))
    await supersede(ports, incidentId, derived.dispatch, {
      replaced: isSameKind ? latest : null,
      why: (row) =>
        row.record ? (why ?? 'a newer question is asked') : 'it was asked by another release of Countersign',
      further: ' A new card follows.',
      wasUsed: wavesOf(situation.progress, derived.dispatch).some(({ burn }) => burn !== null),
    });
  if (!(await ports.control.create(record)))
    throw new Error('request-approval: another question was asked at the same moment');
  await deliver(ports, record, situation, derived, why);
}

/** The last one that a sort key can name is 9999; an incident asks 150 questions at most. */
function nextRevision(latest: StoredQuestion | null): number {
  if (latest === null) return 1;
  const revision = revisionOf(latest.sortKey);
  if (revision !== null && revision < 9999) return revision + 1;
  throw new Error(
    `request-approval: after the row ${latest.sortKey} of ${latest.incidentId} in Control nothing can be asked; countersign did not write it`,
  );
}

function recordOf(question: Question, token: string): QuestionRecord {
  return { question, digest: questionDigest(question), status: 'PENDING', token, places: [], votes: [], card: null };
}

async function deliver(
  ports: RequestApprovalPorts,
  record: QuestionRecord,
  situation: Situation,
  derived: Derived,
  again: string | null,
): Promise<void> {
  const { incidentId, now } = situation;
  const { question } = record;
  const to = askedPlace(question, now) ?? { level: 1, place: derived.verdict.approvals.channel };
  // What is only for people is read beside the entry; the card comes after it.
  const [recorded, read] = await Promise.allSettled([
    recordRequested(ports, record, situation, derived),
    Promise.all([ports.shown(incidentId), threadFor(ports, situation, to.place)]),
  ]);
  if (recorded.status === 'rejected') throw recorded.reason;
  if (read.status === 'rejected') throw read.reason;
  const [shown, thread] = read.value;
  const card = requestCard(record, situation, derived, shown, again);
  const drawn = {
    ...card,
    silence: silenceOf(question, to.level, to.level, now, wasPaged(situation.chain.entries, record.digest)),
  };
  const { place, rest } = await post(ports, incidentId, derived, { card: drawn, to: to.place, thread });
  const level = to.level > 1 ? { level: to.level } : {};
  await ports.control.delivered(keyOf(question), { ...place, ...level }, storedCard(card));
  await append(ports.writer, incidentId, { kind: 'approval_delivered', dispatch: derived.dispatch, ...whereOf(place) });
  // What has no room on the card helps to decide, and is no reason not to ask.
  if (rest !== null) await ports.cards.attach(place, `${incidentId}-outputs.txt`, rest).catch(() => {});
}

/** An incident's thread lies in the channel of the policy; a question that is asked elsewhere stands by itself. */
async function threadFor(ports: RequestApprovalPorts, situation: Situation, place: string): Promise<CardPlace | null> {
  const { approval_channel } = situation.compiled.policy.safety;
  return place === approval_channel ? threadOf(ports, situation.incidentId, place, () => headNow(situation)) : null;
}

/** As the chain has it: which app and workspace it was is the record's. */
function whereOf({ channel, messageTs, threadTs }: CardPlace) {
  return { channel, messageTs, ...(threadTs === undefined ? {} : { threadTs }) };
}

function headNow({ incidentId, compiled, subject, chain, progress, spoken }: Situation): ChannelMessage {
  const { entries } = chain;
  return {
    kind: 'head',
    head: incidentHead({ incidentId, compiled, subject, entries, progress, spoken, proof: 'audit', ending: null }),
  };
}

/** The whole question and its script, once, also after a crash that came before. */
async function recordRequested(
  { writer, control }: RequestApprovalPorts,
  { question, digest: requestDigest }: QuestionRecord,
  { incidentId, chain }: Situation,
  { script, scriptHash, targets, verdict, alternatives, ...derived }: Derived,
): Promise<void> {
  // A question is about the first wave, whichever wave asks.
  const dispatch = { ...derived.dispatch, wave: 1 };
  const id = digest('requested/v1', requestDigest).slice(0, 32);
  if (chain.entries.some(({ entryId }) => entryId === id)) return;
  const entry = await append(
    writer,
    incidentId,
    {
      kind: 'approval_requested',
      dispatch,
      requestDigest,
      policyDigest: question.policyDigest,
      scriptHash,
      level: verdict.level,
      targets: [...targets],
      approvers: verdict.approvals.approvers.map((approver) => asPerson(approver).id),
      required: question.terms.required,
      expiresAt: question.expiresAt,
      question,
      scripts: (question.kind === 'choose' ? alternatives : [{ script }]).map((one) => ({
        dispatch,
        script: one.script,
      })),
    },
    { id, head: chain.head },
  );
  if (entry) return;
  await control.end(keyOf(question), 'WITHDRAWN');
  throw new Error(`request-approval: incident ${incidentId} is closed, so nobody is asked`);
}

/** Posts the card; why that was not possible goes into the chain, so that whoever is paged need not look for it. */
async function post(
  ports: RequestApprovalPorts,
  incidentId: string,
  derived: Derived,
  { card, to, thread }: { card: ApprovalCard; to: string; thread: CardPlace | null },
): Promise<Posted> {
  try {
    return await ports.cards.post(to, { kind: 'question', card }, thread);
  } catch (error) {
    // It waits for its turn, which is no round in which nobody could be asked.
    if (error instanceof ChannelBusy) throw error;
    const why = redact(error instanceof Error ? error.message : 'unknown').slice(0, longestCause);
    await append(ports.writer, incidentId, { kind: 'approval_undeliverable', dispatch: derived.dispatch, why });
    throw new Undelivered(why);
  }
}
