/** Redrawing a card: with the time that is left while it waits, and once it is decided without buttons, in the past tense. */
import { standingApprovals } from '../approval/answers.ts';
import type { QuestionRecord, StoredQuestion } from '../approval/record.ts';
import type { GenuineVote } from '../approval/votes.ts';
import type { Person } from '../person.ts';
import type { ChannelMessage } from '../report/message.ts';
import type { ApprovalCard } from '../report/question-card.ts';
import { slackPerson } from '../report/show.ts';
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

/**
 * Redraws a card that waits with the time that is left and with those who approved so far, wherever it is; and calls its
 * approvers in the tick in which its last two minutes begin (in one of ten cases also in the next). A failure is let go:
 * the card itself says until when. What lies there as a card of another question, or shows another script, is not drawn.
 *
 * @param approvedBy By genuine votes.
 * @param tickSeconds How long it is until this is called again.
 */
export async function redrawCard(
  cards: Pick<Cards, 'update' | 'reply'>,
  { places, record }: Pick<StoredQuestion, 'places' | 'record'>,
  approvedBy: readonly Person[],
  now: number,
  tickSeconds: number,
): Promise<void> {
  if (!record?.card || !isCardOf(record.card as ApprovalCard, record)) return;
  const drawnAt = Math.floor(now / 1000);
  const card = { ...(record.card as ApprovalCard), drawnAt, approvedBy: approvedBy.map(slackPerson) };
  const left = card.expiresAt - card.drawnAt;
  const isNearlyOver = left <= reminderSeconds && left > reminderSeconds - tickSeconds - tickGrace;
  await Promise.allSettled([
    ...places.map((place) => cards.update(place, { kind: 'question', card })),
    ...(isNearlyOver ? places.map((place) => cards.reply(place, { kind: 'reminder', card })) : []),
  ]);
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
