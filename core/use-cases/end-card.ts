/** Redrawing a decided card: without buttons, in the past tense. */
import type { RequestRecord } from '../approval/request.ts';
import { slackPerson } from '../report/show.ts';
import { decidedCard } from '../slack/card.ts';
import type { RequestStatus } from '../words.ts';
import type { Cards } from './ports.ts';

/** Redraws a decided card without buttons. Slack being down must not stop what was decided: a failure is let go. */
export async function endCard(
  cards: Pick<Cards, 'update'>,
  record: RequestRecord,
  status: Exclude<RequestStatus, 'PENDING'>,
  now: number,
  reason: string,
  by: readonly { id: string; name: string }[] = [],
): Promise<void> {
  const { card, channel, messageTs } = record;
  if (!card || !channel || !messageTs) return;
  const outcome = {
    status,
    by: by.map(slackPerson),
    at: Math.floor(now / 1000),
    reason: reason === '' ? null : reason,
  };
  try {
    await cards.update({ channel, messageTs }, decidedCard(card, outcome));
  } catch {
    return;
  }
}
