/** Who may answer a question, and when the signed votes on it are enough. */

import { effectOf, standingApprovals, statusOf, wordsOf } from '../answers.ts';
import { historyLimits } from '../limits.ts';
import type { Person } from '../person.ts';
import type { PolicyKeys } from '../policy/keys.ts';
import { namesIn } from '../policy/who.ts';
import { type Question, questionDigest, type Vote } from '../question.ts';
import { epochOf } from '../time.ts';
import type { Exclusion } from '../words.ts';
import { type Electors, tally } from './quorum.ts';
import type { QuestionRecord, StoredQuestion } from './record.ts';
import { type GenuineVote, personOf } from './votes.ts';

/** A person's answer before it is signed. */
export interface Answer {
  /** The digest on the card that was clicked. */
  readonly questionDigest: string;
  readonly word: string;
  readonly by: Pick<Person, 'via' | 'id'>;
  /** Epoch milliseconds, by the clock of whoever signed the request. */
  readonly saidAt: number;
}

/** What of the policy in force, and of the present, decides about voters. */
export interface Voters extends Electors, Pick<PolicyKeys, 'approvers' | 'groups'> {
  readonly policyDigest: string;
}

const newest = 'Use the newest card.';

/** To somebody whom the policy does not know. */
export const notNamed = 'The policy does not name you.';

/**
 * Why this answer does not count at `now` (epoch milliseconds), in words for the person who gave it; null when it may be
 * signed. `votes` are the genuine ones among the record's.
 */
export function castRefusal(
  stored: StoredQuestion | null,
  answer: Answer,
  voters: Voters,
  votes: readonly GenuineVote[],
  now: number,
): string | null {
  if (stored === null) return `This question is not known here. ${newest}`;
  if (stored.record === null) return `This question was asked by another release of Countersign. ${newest}`;
  return (
    recordRefusal(stored.record, answer, voters, votes, now) ??
    voterRefusal(stored.record, answer, voters, votes) ??
    wordRefusal(stored.record.question, answer.word)
  );
}

function recordRefusal(
  record: QuestionRecord,
  answer: Answer,
  voters: Voters,
  votes: readonly GenuineVote[],
  now: number,
): string | null {
  const { question, digest, status } = record;
  if (questionDigest(question) !== digest) return 'This question was changed after it was asked. Do not approve it.';
  if (answer.questionDigest !== digest) return `This card shows another version of the question. ${newest}`;
  if (question.policyDigest !== voters.policyDigest)
    return `This card belongs to an older policy: a new card follows. ${newest}`;
  // An approval that is not used yet can be taken back; whether it is, the burn tells whoever writes.
  const mayTakeBack = status === 'APPROVED' && effectOf(question.kind, answer.word) === 'takes_back';
  if (votes.length >= historyLimits.maximumVotes && effectOf(question.kind, answer.word) !== 'takes_back')
    return 'This question was answered and taken back too often.';
  if (status !== 'PENDING' && !mayTakeBack)
    return `This question is already ${status.toLowerCase()}${isAnswer(status) ? byWhom(votes) : ''}.`;
  if (!(epochOf(question.createdAt) <= now))
    return 'This question says that it was asked in the future. Do not approve it.';
  if (!(now < epochOf(question.expiresAt)) && !mayTakeBack) return 'This question has expired.';
  return null;
}

/** Whether it was people who ended it so. */
export function isAnswer(status: QuestionRecord['status']): boolean {
  return status === 'APPROVED' || status === 'REJECTED' || status === 'ANSWERED';
}

/** Who was first, from the votes that are genuine, and when. */
function byWhom(votes: readonly GenuineVote[]): string {
  const last = votes.at(-1)?.vote;
  if (!last) return '';
  const names = [...new Set(votes.map(({ vote }) => vote.by.name))].join(' and ');
  return `, by ${names} at ${last.at.slice(11, 16)} UTC`;
}

/** Why the policy lets this person answer no question at all; null when it names them as an approver. */
export function strangerRefusal(
  { people, approvers, groups }: Pick<Voters, 'people' | 'approvers' | 'groups'>,
  by: Answer['by'],
): string | null {
  const person = personOf(people, by);
  if (person === null) return notNamed;
  return namesIn({ groups }, approvers).has(person.name) ? null : 'The policy does not name you as an approver.';
}

function voterRefusal(
  { question }: QuestionRecord,
  answer: Answer,
  voters: Voters,
  votes: readonly GenuineVote[],
): string | null {
  const stranger = strangerRefusal(voters, answer.by);
  if (stranger !== null) return stranger;
  const name = personOf(voters.people, answer.by)?.name ?? '';
  const effect = effectOf(question.kind, answer.word);
  // A no counts from everybody who may approve here at all; so does what nothing runs by.
  const out = effect === 'approves' ? question.terms.excluded?.find((one) => one.name === name) : undefined;
  if (out) return `You may reject this and not approve it: ${leftOutWords[out.why]}.`;
  if (effect !== 'rejects' && effect !== 'takes_back' && voters.suspended.has(name))
    return 'You are suspended: somebody else must approve this.';
  if (!mayReject(question, name)) return 'You are not among the approvers of this question.';
  const own = standingApprovals(question.kind, votes).filter(({ vote }) => vote.by.name === name);
  if (effect === 'takes_back')
    return own.length > 0 ? null : 'There is nothing to take back: you have not approved this question.';
  return lateRefusal(question, answer, name, votes) ?? againRefusal(question, answer, own);
}

/** A click that is delivered late, or once more, does not undo what the same person took back since. */
function lateRefusal(
  { kind }: Question,
  { word, saidAt }: Answer,
  name: string,
  votes: readonly GenuineVote[],
): string | null {
  if (effectOf(kind, word) !== 'approves') return null;
  const back = votes.some(
    ({ vote }) => vote.by.name === name && effectOf(kind, vote.word) === 'takes_back' && !(epochOf(vote.at) < saidAt),
  );
  return back
    ? 'By its time this was said before your approval was taken back, so it does not count. To approve, say it again.'
    : null;
}

function mayReject({ terms }: Question, name: string): boolean {
  return terms.approvers.includes(name) || (terms.excluded ?? []).some((one) => one.name === name);
}

/** One answer each; where one approval must come through IAM, whoever approved in Slack may do so once more through IAM. */
function againRefusal({ kind, terms }: Question, { word, by }: Answer, own: readonly GenuineVote[]): string | null {
  if (own.length === 0) return null;
  const isSecond = terms.secondChannel && by.via === 'iam' && own.every(({ vote }) => vote.by.via !== 'iam');
  if (isSecond && effectOf(kind, word) === 'approves') return null;
  return 'You have answered this question already.';
}

const leftOutWords: Readonly<Record<Exclusion, string>> = {
  started: 'you asked for this plan',
  changed: 'you changed what is asked',
  owns_alarm: 'the alarm is yours',
};

function wordRefusal({ kind }: Question, word: string): string | null {
  if (effectOf(kind, word) !== null) return null;
  return `"${word.slice(0, 40)}" is no answer to this question, which takes ${wordsOf(kind).join(', ')}.`;
}

/**
 * The status of a question with these genuine votes on it, in their order: one rejection rejects, one answer answers, the
 * quorum that its terms demand approves. A word that is no answer to it counts as no.
 */
export function statusAfter(
  question: Question,
  votes: readonly GenuineVote[],
  electors: Electors,
): 'PENDING' | 'APPROVED' | 'ANSWERED' | 'REJECTED' {
  return statusOf(question.kind, votes, (approvals) => tally(question, approvals, electors).isComplete);
}

export type ApprovalCheck =
  | { readonly approved: true; readonly by: readonly Person[]; readonly votes: readonly GenuineVote[] }
  | {
      readonly approved: false;
      /** `not_yet`: asked in the future; `answered`: with another word than yes or no; `expired`: approved, and too long ago. */
      readonly cause: 'not_yet' | 'rejected' | 'answered' | 'too_few' | 'expired';
      readonly why: string;
    };

/**
 * Whether `own`, the question as the caller itself built it, was approved: enough genuine votes of distinct people whom
 * question and policy name, each given while the question was open. The stored status plays no part. An approval is good
 * for as long as the question was open, counted from the vote that made it complete.
 *
 * @param now Epoch milliseconds.
 */
export function checkApproval(
  own: Question,
  votes: readonly GenuineVote[],
  electors: Electors,
  now: number,
): ApprovalCheck {
  const [createdAt, expiresAt] = [epochOf(own.createdAt), epochOf(own.expiresAt)];
  if (!(createdAt <= now))
    return { approved: false, cause: 'not_yet', why: `the question says that it was asked at ${own.createdAt}` };
  const digest = questionDigest(own);
  const about = votes.filter(({ vote }) => vote.question === digest);
  const no = about.find(({ vote }) => isNo(own, vote));
  if (no) return { approved: false, cause: 'rejected', why: rejection(no.vote) };
  const other = about.find(({ vote }) => effectOf(own.kind, vote.word) === 'answers');
  if (other)
    return { approved: false, cause: 'answered', why: `${other.vote.by.name} answered it with "${other.vote.word}"` };
  const { isComplete, counted } = tally(own, about, electors);
  const last = counted.at(-1);
  if (!last || !isComplete) return { approved: false, cause: 'too_few', why: tooFew(own, about, electors) };
  if (!(now < epochOf(last.vote.at) + (expiresAt - createdAt)))
    return { approved: false, cause: 'expired', why: `the approval of ${last.vote.at} is too old` };
  return { approved: true, by: counted.map(({ vote }) => vote.by), votes: counted };
}

/** A rejection, or a word that is no answer to this question. */
function isNo({ kind }: Question, { word }: Pick<Vote, 'word'>): boolean {
  const effect = effectOf(kind, word);
  return effect === 'rejects' || effect === null;
}

/** How many count, and why others do not that people would expect to. */
function tooFew(own: Question, votes: readonly GenuineVote[], electors: Electors): string {
  const { counted } = tally(own, votes, electors);
  const { required, secondChannel } = own.terms;
  const suspended = [...new Set(votes.map(({ vote }) => vote.by.name))].filter((name) => electors.suspended.has(name));
  return [
    `${counted.length} of ${required} signed approvals for exactly these bytes`,
    ...(suspended.length > 0 ? [`${suspended.join(' and ')} is suspended`] : []),
    ...(secondChannel && counted.length >= required ? ['none of them through IAM'] : []),
  ].join(', ');
}

function rejection({ word, by }: Vote): string {
  return word === 'reject'
    ? `${by.name} rejected it`
    : `${by.name} answered "${word.slice(0, 40)}", which counts as no`;
}

/**
 * Why the status of a record is not believed, in words; null when votes, clock or nothing at all can explain it. Whoever
 * may write Control can write a status, and nobody but `decide` a vote.
 */
export function statusDoubt(
  { question, digest, status }: QuestionRecord,
  votes: readonly GenuineVote[],
  electors: Electors,
  now: number,
): string | null {
  if (questionDigest(question) !== digest) return 'the question was changed after it was asked';
  const doubt = (why: string) => `the question is marked ${status.toLowerCase()}, but ${why}`;
  if (status === 'APPROVED') {
    const check = checkApproval(question, votes, electors, now);
    // An approval that is too old was one: the kernel says so, and it is asked anew.
    return check.approved || check.cause === 'expired' ? null : doubt(check.why);
  }
  if (status === 'REJECTED' && !votes.some(({ vote }) => isNo(question, vote))) return doubt('nobody rejected it');
  if (status === 'ANSWERED' && !votes.some(({ vote }) => isOther(question, vote))) return doubt('nobody answered it');
  if (status === 'EXPIRED' && !(epochOf(question.expiresAt) <= now)) return doubt('its time is not over');
  return null;
}

/** An answer that ends a question with neither yes nor no: another word, or an approval that was taken back. */
function isOther({ kind }: Question, { word }: Pick<Vote, 'word'>): boolean {
  const effect = effectOf(kind, word);
  return effect === 'answers' || effect === 'takes_back';
}
