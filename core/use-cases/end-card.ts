/** Redrawing a card: with the time that is left while it waits, and once it is decided without buttons, in the past tense. */
import { standingApprovals } from '../answers.ts';
import { missing, tally } from '../approval/quorum.ts';
import type { QuestionRecord, StoredQuestion } from '../approval/record.ts';
import type { GenuineVote, People } from '../approval/votes.ts';
import type { Person } from '../person.ts';
import type { Question } from '../question.ts';
import type { ChannelMessage } from '../report/message.ts';
import type { ApprovalCard } from '../report/question-card.ts';
import { slackPerson } from '../report/show.ts';
import { levelOf, newestLevel, silenceOf } from '../report/silence.ts';
import type { StopWords } from '../report/switch.ts';
import { fieldWords } from '../report/votes.ts';
import { AnswerWord, type RequestStatus } from '../words.ts';
import type { Cards } from './ports.ts';
import { isCardOf } from './shown-card.ts';

export interface CardEnding {
  readonly status: Exclude<RequestStatus, 'PENDING'>;
  readonly reason: string;
  readonly by?: readonly Person[];
  /** The word that ended it, where that was neither yes nor no. */
  readonly word?: AnswerWord;
  /** Something ran, or may have run, under this very card. */
  readonly wasUsed?: boolean;
  /** What came of it in the end. */
  readonly came?: string;
}

/** Who decided a question by these genuine votes, with what word, and why: those who approved it, else who spoke last. */
export function saidLast(
  { question, status }: Pick<QuestionRecord, 'question' | 'status'>,
  votes: readonly GenuineVote[],
): Pick<CardEnding, 'reason' | 'by' | 'word'> {
  const last = votes.at(-1)?.vote;
  if (!last) return { reason: '', by: [] };
  if (status !== 'REJECTED' && status !== 'ANSWERED')
    return { reason: last.reason, by: standingApprovals(question.kind, votes).map(({ vote }) => vote.by) };
  const reason = [last.reason, ...fieldWords(last)].filter((text) => text !== '').join('; ');
  const { data: word } = AnswerWord.safeParse(last.word);
  return { reason, by: [last.by], ...(status === 'ANSWERED' && word ? { word } : {}) };
}

/** Seconds of a question's last part, in which those who could answer are called once more. */
const reminderSeconds = 120;

/** Seconds by which a tick may be longer than it should be, so that none passes over the whole window of the call. */
const tickGrace = 6;

/** What was answered to a question that waits, and who may answer. */
export interface Given {
  readonly votes: readonly GenuineVote[];
  readonly people: People;
  /** Whether a person was paged for it (`wasPaged`). */
  readonly paged: boolean;
}

/** Of the suspended the kernel reads when it burns, and `decide` when they answer. */
const nobody: ReadonlySet<string> = new Set();

/** What a card that waits shows, beside what it is about. */
export interface Redrawn {
  /** The genuine votes on it, and the people of the policy. */
  readonly given: Given;
  /** Epoch milliseconds. */
  readonly now: number;
  /** Whoever could still answer is called in this drawing, if it is the tick in which the last two minutes begin. */
  readonly tickSeconds: number | null;
  /** The stop in force, as far as the caller has looked. */
  readonly stopped?: StopWords | null;
}

/**
 * Redraws a card that waits with the time that is left, with those who approved so far and with where silence moved it,
 * wherever it is; and calls its approvers, at its newest level, in the tick in which its last two minutes begin (in one of
 * ten cases also in the next). A failure is let go: the card itself says until when. What lies there as a card of another
 * question, or shows another script, is not drawn.
 */
export async function redrawCard(
  cards: Pick<Cards, 'update' | 'reply'>,
  stored: Pick<StoredQuestion, 'places' | 'record'>,
  { given, now, tickSeconds, stopped = null }: Redrawn,
): Promise<void> {
  const newest = newestLevel(stored.places);
  const drawn = stored.places.flatMap((place) => {
    const card = cardAt(stored, levelOf(place), newest, now, given);
    return card ? [{ place, card: { ...card, stopped } }] : [];
  });
  const calls = drawn.filter(({ place, card }) => levelOf(place) === newest && isNearlyOver(card, tickSeconds));
  await Promise.allSettled([
    ...drawn.map(({ place, card }) => cards.update(place, { kind: 'question', card })),
    ...calls.map(({ place, card }) => cards.reply(place, { kind: 'reminder', card })),
  ]);
}

function isNearlyOver({ expiresAt, drawnAt }: ApprovalCard, tickSeconds: number | null): boolean {
  const left = expiresAt - drawnAt;
  return tickSeconds !== null && left <= reminderSeconds && left > reminderSeconds - tickSeconds - tickGrace;
}

/** The stored card as it looks now at one of its levels; null when what is stored is no card of this question. */
export function cardAt(
  { record }: Pick<StoredQuestion, 'record'>,
  level: number,
  newest: number,
  now: number,
  given: Given | null = null,
): ApprovalCard | null {
  if (!record?.card || !isCardOf(record.card as ApprovalCard, record)) return null;
  const card = record.card as ApprovalCard;
  return {
    ...card,
    drawnAt: Math.floor(now / 1000),
    ...standing(record.question, card, given),
    silence: silenceOf(record.question, level, newest, now, given?.paged ?? false),
  };
}

/** Whose approvals count, and what they lack. */
function standing(question: Question, { approvers }: ApprovalCard, given: Given | null) {
  const { secondChannel } = question.terms;
  if (given === null || given.votes.length === 0) return { approvedBy: [], iamWanted: secondChannel };
  const electors = { people: given.people, suspended: nobody };
  const lacks = missing(question, given.votes, electors);
  return {
    approvedBy: tally(question, given.votes, electors).counted.map(({ vote }) => slackPerson(vote.by)),
    iamWanted: lacks?.throughIam ?? false,
    wantedOf: (lacks?.of ?? []).map((name) => approvers.find((one) => one.name === name) ?? { slackId: null, name }),
  };
}

/**
 * Redraws a decided card without buttons, wherever it is. A text must not stop what was decided: a failure is let go, and
 * a card that cannot be drawn again gets plain words.
 *
 * @param now Epoch milliseconds.
 */
export async function endCard(
  cards: Pick<Cards, 'update'>,
  stored: Pick<StoredQuestion, 'places' | 'record'>,
  ending: CardEnding,
  now: number,
): Promise<void> {
  const message = ended(stored, ending, Math.floor(now / 1000));
  if (message === null) return;
  for (const place of stored.places) await cards.update(place, message).catch(() => {});
}

/** Null when there is nothing to draw, and nothing to warn of. */
function ended(
  { record }: Pick<StoredQuestion, 'record'>,
  { status, reason, by = [], word, wasUsed = false, came }: CardEnding,
  at: number,
): ChannelMessage | null {
  if (!record?.card && status !== 'SUPERSEDED') return null;
  const outcome = {
    status,
    by: by.map(slackPerson),
    at,
    reason: reason === '' ? null : reason,
    wasUsed,
    ...(word === undefined ? {} : { word }),
    ...(came === undefined ? {} : { came }),
  };
  return { kind: 'decided', card: record?.card ?? null, outcome };
}
