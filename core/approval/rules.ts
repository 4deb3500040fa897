/** Who may answer a question, and when the signed votes on it are enough. */
import type { Person } from '../person.ts';
import { isKnownWord, type Question, questionDigest, type Vote } from '../question.ts';
import { epochOf } from '../time.ts';
import type { QuestionRecord, StoredQuestion } from './record.ts';
import { type GenuineVote, type People, personOf } from './votes.ts';

/** Words that are taken today; the others are part of the shape and refused until they mean something. */
const offeredWords = ['approve', 'reject'] as const;
type OfferedWord = (typeof offeredWords)[number];

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
    wordRefusal(answer.word)
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
  if (status !== 'PENDING')
    return `This question is already ${status.toLowerCase()}${isAnswer(status) ? byWhom(votes) : ''}.`;
  if (!(epochOf(question.createdAt) <= now))
    return 'This question says that it was asked in the future. Do not approve it.';
  if (!(now < epochOf(question.expiresAt))) return 'This question has expired.';
  return null;
}

/** Whether it was people who ended it so. */
function isAnswer(status: QuestionRecord['status']): boolean {
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
  if (votes.some(({ vote }) => vote.by.name === name)) return 'You have answered this question already.';
  return null;
}

function wordRefusal(word: string): string | null {
  if (isOffered(word)) return null;
  return isKnownWord(word) ? `"${word}" is not offered yet.` : `"${word.slice(0, 40)}" is no answer to this question.`;
}

function isOffered(word: string): word is OfferedWord {
  return (offeredWords as readonly string[]).includes(word);
}

/**
 * The status of a question with these genuine votes: one rejection rejects, as many distinct people as required approve.
 * A word that this release does not know counts as no.
 */
export function statusAfter(
  required: number,
  votes: readonly Pick<Vote, 'word' | 'by'>[],
): 'PENDING' | 'APPROVED' | 'REJECTED' {
  if (votes.some(({ word }) => word !== 'approve')) return 'REJECTED';
  return new Set(votes.map(({ by }) => by.name)).size >= required ? 'APPROVED' : 'PENDING';
}

export type ApprovalCheck =
  | { readonly approved: true; readonly by: readonly Person[]; readonly votes: readonly GenuineVote[] }
  | {
      readonly approved: false;
      /** `not_yet`: asked in the future; `expired`: approved, and too long ago. */
      readonly cause: 'not_yet' | 'rejected' | 'too_few' | 'expired';
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
  const no = about.find(({ vote }) => vote.word !== 'approve');
  if (no) return { approved: false, cause: 'rejected', why: rejection(no.vote) };
  const counted = firstOfEach(about.filter((cast) => counts(own, cast, people))).slice(0, own.terms.required);
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
  if (status === 'REJECTED' && !votes.some(({ vote }) => vote.word !== 'approve')) return doubt('nobody rejected it');
  if (status === 'EXPIRED' && !(epochOf(question.expiresAt) <= now)) return doubt('its time is not over');
  return null;
}
