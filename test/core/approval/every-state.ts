/**
 * The states that a question of two among three people can come to: rules, fold and count are the real ones, the table's
 * conditional write and the burn are written after them, one atomic effect at a time, with the crash between sign and write.
 */

import { levelAt } from '../../../core/approval/levels.ts';
import { keyOf as keyOfQuestion, type QuestionRecord, type StoredQuestion } from '../../../core/approval/record.ts';
import { castRefusal, checkApproval, statusAfter, statusDoubt, type Voters } from '../../../core/approval/rules.ts';
import type { GenuineVote } from '../../../core/approval/votes.ts';
import { progressOf } from '../../../core/incident/progress.ts';
import { amendmentOf } from '../../../core/incident/spoken.ts';
import { type Level, type Question, questionDigest, type Vote } from '../../../core/question.ts';
import { epochOf, isoOf } from '../../../core/time.ts';
import type { RequestStatus } from '../../../core/words.ts';
import { ana, ben } from '../../support/fixtures.ts';
import { question as asked, cleo, people } from './asked.ts';

/** A question is open for two ticks; an approval is good for two from the vote that made it complete. */
export const lastTick = 4;
const begin = epochOf(asked.createdAt);
const life = epochOf(asked.expiresAt) - begin;
const tickLength = life / 2;

const identities = {
  ana: { name: 'ana', via: 'slack', id: ana.id },
  ben: { name: 'ben', via: 'slack', id: ben.id },
  cleo: { name: 'cleo', via: 'slack', id: cleo.id },
} as const;
export type Name = keyof typeof identities;
export const names = Object.keys(identities) as Name[];
export const words = ['approve', 'reject', 'skip', 'modify', 'narrow', 'revoke'] as const;
type Word = (typeof words)[number];

/** A word that somebody said, by which the record is read and, an effect later, written. */
export interface Said {
  readonly by: Name;
  readonly word: Word;
  readonly tick: number;
  /** Where it stands among all that was said: a late delivery keeps its place. */
  readonly order: number;
}

/** A vote that was signed, and is not written yet: others may write before it, or it never is. */
interface Signed {
  readonly said: Said;
  readonly at: { readonly tick: number; readonly order: number };
  readonly statusBefore: RequestStatus;
  readonly votesBefore: number;
}

type CastVote = Said & { readonly at: { readonly tick: number; readonly order: number } };

export interface State {
  readonly revision: number;
  /** Of the deployed policy; a question keeps that of its asking. */
  readonly policy: number;
  readonly askedUnder: number;
  readonly askedAt: number;
  readonly changer: Name | null;
  readonly status: RequestStatus;
  readonly votes: readonly CastVote[];
  readonly signed: Signed | null;
  /** What may be delivered once more: the first word of all that counted. */
  readonly first: Said | null;
  readonly tick: number;
  readonly order: number;
  readonly stopped: boolean;
  readonly suspended: Name | null;
  readonly recovered: boolean;
  readonly skipped: boolean;
  /** How often somebody stopped, resumed, suspended, reinstated or deployed, or the alarm recovered. */
  readonly events: number;
  /** How often it was sent, and whether anything about that was wrong by the words alone. */
  readonly burnt: number;
}

export const opening: State = {
  revision: 1,
  policy: 1,
  askedUnder: 1,
  askedAt: 0,
  changer: null,
  status: 'PENDING',
  votes: [],
  signed: null,
  first: null,
  tick: 0,
  order: 0,
  stopped: false,
  suspended: null,
  recovered: false,
  skipped: false,
  events: 0,
  burnt: 0,
};

/** How far the space is walked. */
export const bounds = { votes: 5, revisions: 2, policies: 2, order: 9, events: 3 } as const;

const timeOf = ({ tick, order }: { tick: number; order: number }) => begin + tick * tickLength + 1 + order * 1000;
const nowOf = (state: State) => timeOf(state);

const questions = new Map<string, { question: Question; digest: string }>();

/** As the deployed policy would have it asked: another policy, revision, value or changer is another digest. */
function questionOf({ revision, askedUnder, askedAt, changer }: State): { question: Question; digest: string } {
  const key = `${revision} ${askedUnder} ${askedAt} ${changer}`;
  const known = questions.get(key);
  if (known) return known;
  const createdAt = isoOf(begin + askedAt * tickLength);
  const expiresAt = isoOf(epochOf(createdAt) + life);
  const levels: Level[] = [
    { place: 'C1', mention: null, until: isoOf(epochOf(createdAt) + tickLength) },
    { place: 'C2', mention: null, until: expiresAt },
  ];
  const approvers = names.filter((name) => name !== changer);
  const question: Question = {
    ...asked,
    revision,
    policyDigest: String(askedUnder).repeat(64),
    terms: {
      ...asked.terms,
      required: 2,
      approvers,
      levels,
      ...(changer ? { excluded: [{ name: changer, why: 'changed' as const }] } : {}),
    },
    createdAt,
    expiresAt,
  };
  const made = { question, digest: questionDigest(question) };
  questions.set(key, made);
  return made;
}

const envelope = { payload: '', payloadType: '', signatures: [] } as unknown as GenuineVote['envelope'];

function genuine(state: State): GenuineVote[] {
  const { digest } = questionOf(state);
  return state.votes.map(({ word, by, at }) => ({ envelope, vote: voteOf(digest, word, by, timeOf(at)) }));
}

function voteOf(digest: string, word: Word, by: Name, at: number): Vote {
  const more = word === 'modify' ? { parameters: { unit: by } } : word === 'narrow' ? { targets: ['i-1'] } : {};
  return { format: 1, question: digest, word, by: identities[by], at: isoOf(at), reason: '', ...more };
}

function votersOf({ policy, suspended }: State): Voters {
  return {
    people,
    approvers: names,
    groups: {},
    policyDigest: String(policy).repeat(64),
    suspended: new Set(suspended ? [suspended] : []),
  };
}

function recordOf(state: State): StoredQuestion & { record: QuestionRecord } {
  const { question, digest } = questionOf(state);
  const { status } = state;
  const places = [{ channel: 'C1', messageTs: '1.0' }];
  const record = { question, digest, status, token: 'token-1', places, votes: [], card: null };
  return { ...keyOfQuestion(question), status, places, record };
}

/** Everything that can happen next; a step that changes nothing is left out by whoever walks. */
export function steps(state: State): State[] {
  const now = { tick: state.tick, order: state.order };
  const said = names.flatMap((by) => words.map((word) => ({ by, word, ...now })));
  return [
    ...spoken(state, state.first ? [...said, state.first] : said),
    ...written(state),
    ...ended(state),
    ...burnt(state),
    ...askedAnew(state),
    ...world(state),
  ];
}

/** `decide` reads, judges and signs: nothing is written yet, and one at a time is on its way. */
function spoken(state: State, all: readonly Said[]): State[] {
  const { signed: onWay, status, tick, order } = state;
  if (onWay || order >= bounds.order || state.votes.length >= bounds.votes) return [];
  // A word on what was approved is looked up among the burns first: what was used is not taken back.
  if (status === 'APPROVED' && state.burnt > 0) return [];
  const [stored, voters, votes, now] = [recordOf(state), votersOf(state), genuine(state), nowOf(state)];
  const questionDigest = stored.record.digest;
  return all.flatMap((said) => {
    const answer = { questionDigest, word: said.word, by: identities[said.by], saidAt: timeOf(said) };
    if (castRefusal(stored, answer, voters, votes, now) !== null) return [];
    const wrong = wrongCast(state, said);
    if (wrong !== null) throw new Error(`${wrong}: ${said.by} says ${said.word} in ${keyOf(state)}`);
    const signed = { said, at: { tick, order }, statusBefore: status, votesBefore: votes.length };
    return [{ ...state, signed, order: order + 1 }];
  });
}

/** By hand, of a word that the rules took: layers behind it would catch most of these too, and must not have to. */
function wrongCast(state: State, { by, word }: Said): string | null {
  const { changer, suspended, policy, askedUnder, askedAt, tick, status, votes } = state;
  const takesBack = word === 'revoke';
  if (policy !== askedUnder) return 'a word on a question of another policy';
  if (tick >= askedAt + 2 && !(takesBack && status === 'APPROVED')) return 'a word on a question whose time is over';
  if (word === 'approve' && by === changer) return 'an approval of whoever changed it';
  if (by === suspended && word !== 'reject' && !takesBack) return 'a word of somebody who is suspended';
  const last = votes.filter((vote) => vote.by === by).at(-1)?.word;
  if (word === 'approve' && last === 'approve') return 'a second approval of one person';
  return status === 'PENDING' || (status === 'APPROVED' && takesBack) ? null : `a word on what is ${status}`;
}

/** The conditional write, also with its answer lost; or the crash before it, after which the word was never said. */
function written(state: State): State[] {
  const { signed } = state;
  if (!signed) return [];
  const crashed = { ...state, signed: null };
  if (signed.statusBefore !== state.status || signed.votesBefore !== state.votes.length) return [crashed];
  const votes = [...state.votes, { ...signed.said, at: signed.at }];
  const { question } = questionOf(state);
  const status = statusAfter(question, genuine({ ...state, votes }), votersOf(state));
  return [crashed, { ...crashed, votes, status, first: state.first ?? signed.said }];
}

/** `settle` expires what waits, and a recovered alarm withdraws it; both only where nobody was faster. */
function ended(state: State): State[] {
  if (state.status !== 'PENDING') return [];
  const { question } = questionOf(state);
  const isOver = nowOf(state) >= epochOf(question.expiresAt);
  return [
    ...(isOver ? [{ ...state, status: 'EXPIRED' as const }] : []),
    ...(state.recovered ? [{ ...state, status: 'SUPERSEDED' as const }] : []),
  ];
}

/** What the kernel finds: its own question by the deployed policy, and what these votes say about exactly that. */
export function kernelSays(state: State) {
  const { question } = questionOf({ ...state, askedUnder: state.policy });
  return checkApproval(question, genuine(state), votersOf(state), nowOf(state));
}

/** The burn's own conditions: the row still APPROVED, no stop, nothing sent before, and the alarm still on. */
function burnt(state: State): State[] {
  const { status, stopped, recovered, burnt: before, skipped } = state;
  if (status !== 'APPROVED' || stopped || recovered || skipped || before > 0 || !kernelSays(state).approved) return [];
  return [{ ...state, burnt: before + 1 }];
}

const noProgress = progressOf([]);

/** The gate's turn after a question that ended with neither yes nor no: asked anew, with what people changed, or skipped. */
function askedAnew(state: State): State[] {
  const { status, votes, policy, askedUnder } = state;
  const isOld = askedUnder !== policy && (status === 'PENDING' || status === 'APPROVED');
  if (state.burnt > 0 || state.skipped || (status !== 'ANSWERED' && !isOld)) return [];
  const last = votes.at(-1);
  if (last?.word === 'skip' && status === 'ANSWERED') return [{ ...state, skipped: true }];
  if (state.revision >= bounds.revisions) return [];
  const { digest, question } = questionOf(state);
  const dispatches = question.items.map(({ dispatch }) => dispatch);
  const said = genuine(state).map(({ vote }) => ({
    ...vote,
    kind: question.kind,
    items: question.items,
    envelope,
    dispatches,
  }));
  const [dispatch] = dispatches;
  if (!dispatch || said.some((vote) => vote.question !== digest)) throw new Error('a vote of another question');
  const [changer = state.changer] = amendmentOf({ spoken: said, progress: noProgress }, dispatch).by as Name[];
  return [
    {
      ...state,
      revision: state.revision + 1,
      askedUnder: policy,
      askedAt: state.tick,
      changer,
      status: 'PENDING',
      votes: [],
      first: null,
      signed: null,
    },
  ];
}

/** What happens to it from outside; of what is over nothing more can be said. */
function world(state: State): State[] {
  const { tick, policy, stopped, suspended, recovered, events } = state;
  const later = tick < lastTick ? [{ ...state, tick: tick + 1, order: 0 }] : [];
  if (events >= bounds.events || state.burnt > 0 || state.skipped || state.status === 'REJECTED') return later;
  const more = { ...state, events: events + 1 };
  return [
    ...later,
    ...(policy < bounds.policies ? [{ ...more, policy: policy + 1 }] : []),
    { ...more, stopped: !stopped },
    { ...more, suspended: suspended ? null : ('ben' as const) },
    ...(recovered ? [] : [{ ...more, recovered: true }]),
  ];
}

/** What is wrong with a step, by the words of the promise and not by the rules; null when nothing is. */
export function violation(before: State, state: State): string | null {
  if (state.burnt > 1) return 'I3: sent twice';
  if (state.burnt > before.burnt) return wrongSend(before);
  return before.status !== state.status && isFinal(before) && before.revision === state.revision
    ? `a question that was ${before.status} became ${state.status}`
    : null;
}

/** What is wrong with a state, however it was come to: an honest status is believed, and silence moves on in time. */
export function wrongWith(state: State): string | null {
  const { question } = questionOf(state);
  const doubt = statusDoubt(recordOf(state).record, genuine(state), { people, suspended: new Set() }, nowOf(state));
  // What is withdrawn, or belongs to an older policy, ends elsewhere.
  if (doubt !== null && state.askedUnder === state.policy) return `an honest status is not believed: ${doubt}`;
  const level = levelAt(question, nowOf(state));
  const waited = nowOf(state) - epochOf(question.createdAt);
  if (level !== (waited < tickLength ? 1 : 2)) return `escalation: level ${level} after ${waited} ms`;
  return null;
}

function isFinal({ status }: State): boolean {
  return status === 'REJECTED' || status === 'ANSWERED' || status === 'EXPIRED' || status === 'SUPERSEDED';
}

/** I1 and I4, counted by hand: the last word of each of three people, when it was said, and what came since. */
function wrongSend(state: State): string | null {
  const { votes, changer, suspended, stopped, recovered, policy, askedUnder, askedAt, tick } = state;
  if (stopped) return 'I4: sent while stopped';
  if (recovered) return 'I4: begun after the alarm was OK';
  if (policy !== askedUnder) return 'I1: sent under another policy than was asked';
  if (votes.some(({ word }) => word !== 'approve' && word !== 'revoke')) return 'I4: sent although somebody said else';
  const standing = names.filter((name) => {
    const own = votes.filter(({ by }) => by === name);
    const back = own.filter(({ word }) => word === 'revoke').map(({ at }) => timeOf(at));
    const yes = own.filter(({ word }) => word === 'approve').map((vote) => timeOf(vote));
    return yes.some((said) => back.every((taken) => taken < said));
  });
  const counted = standing.filter((name) => name !== changer && name !== suspended);
  if (counted.length < 2) return `I1: sent with the word of ${counted.join(', ') || 'nobody'}`;
  const ticks = votes.map(({ at }) => at.tick);
  if (ticks.some((at) => at < askedAt || at >= askedAt + 2)) return 'I4: a vote outside the time of its question';
  return tick >= Math.max(...ticks) + 2 + 1 ? 'I4: sent after the approval was too old' : null;
}

/** A state as one line, so that each is visited once. */
export function keyOf(state: State): string {
  const { votes, signed, first, ...rest } = state;
  const line = ({ by, word, tick, order, at }: Said & { at?: { tick: number; order: number } }) =>
    `${by[0]}${words.indexOf(word)}${tick}${order}${at ? `@${at.tick}${at.order}` : ''}`;
  const onWay = signed
    ? `${line({ ...signed.said, at: signed.at } as CastVote)}/${signed.statusBefore[0]}${signed.votesBefore}`
    : '';
  return `${Object.values(rest).join(' ')}|${votes.map(line).join(',')}|${onWay}|${first ? line(first) : ''}`;
}
