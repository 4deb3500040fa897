/** Who may answer a question, and when the signed votes on it are enough. */
import { historyLimits } from '../limits.ts';
import type { Person } from '../person.ts';
import { type Question, questionDigest, type Vote } from '../question.ts';
import { epochOf } from '../time.ts';
import { effectOf, standingApprovals, statusOf, wordsOf } from './answers.ts';
import type { QuestionRecord, StoredQuestion } from './record.ts';
import { type GenuineVote, type People, personOf } from './votes.ts';

/** A person's answer before it is signed. */
export interface Answer {
  /** The digest on the card that was clicked. */
  readonly questionDigest: string;
  readonly word: string;
  readonly by: Pick<Person, 'via' | 'id'>;
}

/** What of the policy in force decides about voters. */
export interface Voters {
  readonly policyDigest: string;
  readonly people: People;
  /** Names among `people`. */
  readonly approvers: readonly string[];
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
  { people, approvers }: Pick<Voters, 'people' | 'approvers'>,
  by: Answer['by'],
): string | null {
  const person = personOf(people, by);
  if (person === null) return notNamed;
  return approvers.includes(person.name) ? null : 'The policy does not name you as an approver.';
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
  if (!question.terms.approvers.includes(name)) return 'You are not among the approvers of this question.';
  const hasApproved = standingApprovals(question.kind, votes).some(({ vote }) => vote.by.name === name);
  const takesBack = effectOf(question.kind, answer.word) === 'takes_back';
  if (hasApproved && !takesBack) return 'You have answered this question already.';
  return takesBack && !hasApproved ? 'There is nothing to take back: you have not approved this question.' : null;
}

function wordRefusal({ kind }: Question, word: string): string | null {
  if (effectOf(kind, word) !== null) return null;
  return `"${word.slice(0, 40)}" is no answer to this question, which takes ${wordsOf(kind).join(', ')}.`;
}

/**
 * The status of a question with these genuine votes, in their order: one rejection rejects, one answer answers, as many
 * distinct people as required approve. A word that is no answer to it counts as no.
 */
export function statusAfter(
  { kind, terms }: Pick<Question, 'kind' | 'terms'>,
  votes: readonly Pick<Vote, 'word' | 'by'>[],
): 'PENDING' | 'APPROVED' | 'ANSWERED' | 'REJECTED' {
  return statusOf(kind, votes, (approvals) => approvals.length >= terms.required);
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
  { people }: Pick<Voters, 'people'>,
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
  const standing = standingApprovals(own.kind, about).filter((cast) => counts(own, cast, people));
  const counted = firstOfEach(standing).slice(0, own.terms.required);
  const last = counted.at(-1);
  if (!last || counted.length < own.terms.required)
    return {
      approved: false,
      cause: 'too_few',
      why: `${counted.length} of ${own.terms.required} signed approvals for exactly these bytes`,
    };
  if (!(now < epochOf(last.vote.at) + (expiresAt - createdAt)))
    return { approved: false, cause: 'expired', why: `the approval of ${last.vote.at} is too old` };
  return { approved: true, by: counted.map(({ vote }) => vote.by), votes: counted };
}

/** A rejection, or a word that is no answer to this question. */
function isNo({ kind }: Question, { word }: Pick<Vote, 'word'>): boolean {
  const effect = effectOf(kind, word);
  return effect === 'rejects' || effect === null;
}

function rejection({ word, by }: Vote): string {
  return word === 'reject'
    ? `${by.name} rejected it`
    : `${by.name} answered "${word.slice(0, 40)}", which counts as no`;
}

/** Whether a vote was given while the question was open, by a person whom both question and policy name. */
function counts({ createdAt, expiresAt, terms }: Question, { vote }: GenuineVote, people: People): boolean {
  const at = epochOf(vote.at);
  const isOpen = epochOf(createdAt) <= at && at < epochOf(expiresAt);
  return isOpen && terms.approvers.includes(vote.by.name) && personOf(people, vote.by)?.name === vote.by.name;
}

/** Each person's first vote, in the order of time. */
function firstOfEach(votes: readonly GenuineVote[]): GenuineVote[] {
  const sorted = votes.toSorted((a, b) => epochOf(a.vote.at) - epochOf(b.vote.at));
  return sorted.filter(({ vote }, at) => sorted.findIndex((other) => other.vote.by.name === vote.by.name) === at);
}

/**
 * Why the status of a record is not believed, in words; null when votes, clock or nothing at all can explain it. Whoever
 * may write Control can write a status, and nobody but `decide` a vote.
 */
export function statusDoubt(
  { question, digest, status }: QuestionRecord,
  votes: readonly GenuineVote[],
  voters: Pick<Voters, 'people'>,
  now: number,
): string | null {
  if (questionDigest(question) !== digest) return 'the question was changed after it was asked';
  const doubt = (why: string) => `the question is marked ${status.toLowerCase()}, but ${why}`;
  if (status === 'APPROVED') {
    const check = checkApproval(question, votes, voters, now);
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
