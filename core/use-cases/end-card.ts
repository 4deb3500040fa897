/** Redrawing a card: with the time that is left while it waits, and once it is decided without buttons, in the past tense. */
import type { StoredQuestion } from '../approval/record.ts';
import type { Person } from '../person.ts';
import { slackPerson } from '../report/show.ts';
import { approvalCard, decidedCard, outdatedCard, reminder } from '../slack/card.ts';
import type { ApprovalCard } from '../slack/question.ts';
import type { RequestStatus } from '../words.ts';
import type { Cards } from './ports.ts';

export interface CardEnding {
  readonly status: Exclude<RequestStatus, 'PENDING'>;
  readonly reason: string;
  readonly by?: readonly Person[];
  /** Something ran, or may have run, under this very card. */
  readonly wasUsed?: boolean;
}

/** Seconds of a question's last part, in which those who could answer are called once more. */
export const reminderSeconds = 120;

/**
 * Redraws a card that waits with the time that is left, wherever it is; and calls its approvers in the tick in which its
 * last two minutes begin. A failure is let go: the card itself says until when.
 *
 * @param tickSeconds How long it is until this is called again.
 */
export async function redrawCard(
  cards: Pick<Cards, 'update' | 'reply'>,
  { places, record }: Pick<StoredQuestion, 'places' | 'record'>,
  now: number,
  tickSeconds: number,
): Promise<void> {
  if (!record?.card) return;
  const card = { ...(record.card as ApprovalCard), drawnAt: Math.floor(now / 1000) };
  const left = card.expiresAt - card.drawnAt;
  const isNearlyOver = left <= reminderSeconds && left > reminderSeconds - tickSeconds;
  try {
    const [message, call] = [approvalCard(card), reminder(card)];
    await Promise.allSettled([
      ...places.map((place) => cards.update(place, message)),
      ...(isNearlyOver ? places.map((place) => cards.reply(place, call)) : []),
    ]);
  } catch {
    // What lies there as a card is none, or one of another release.
  }
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

/** Null when there is nothing that this release could draw, and nothing to warn of. */
function ended(
  { record }: Pick<StoredQuestion, 'record'>,
  { status, reason, by = [], wasUsed = false }: CardEnding,
  at: number,
) {
  const outcome = { status, by: by.map(slackPerson), at, reason: reason === '' ? null : reason, wasUsed };
  try {
    if (record?.card) return decidedCard(record.card as ApprovalCard, outcome);
  } catch {
    // What lies there as a card is none: anybody who may write Control can put one.
  }
  return status === 'SUPERSEDED' ? outdatedCard(reason, at, wasUsed) : null;
}
