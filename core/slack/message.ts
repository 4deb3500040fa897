/** How each message looks in Slack. */
import type { ChannelMessage } from '../report/message.ts';
import type { ApprovalCard } from '../report/question-card.ts';
import type { SlackMessage } from './blocks.ts';
import { approvalCard, cardTranscript, decidedCard, onItMessage, outdatedCard, reminder } from './card.ts';
import { digestMessage } from './digest.ts';
import { headMessage } from './head.ts';
import { dryRunSummary, incidentSummary, summaryTranscript } from './messages.ts';
import { switchMessage } from './switch.ts';

/** A message, and the whole of what hosts printed where it shows only a part; else null. */
export interface Drawn {
  readonly message: SlackMessage;
  readonly rest: string | null;
}

/**
 * The message as Slack takes it. Throws CardTooLong or CardUnshowable for a
 * question that cannot be shown exactly, and anything for a waiting stored card that is none.
 */
export function slackMessage(message: ChannelMessage): Drawn {
  const whole = (drawn: SlackMessage): Drawn => ({ message: drawn, rest: null });
  switch (message.kind) {
    case 'question':
      return { message: approvalCard(message.card), rest: cardTranscript(message.card) };
    case 'decided':
      return whole(decided(message));
    case 'reminder':
      return whole(reminder(message.card));
    case 'on_it':
      return whole(onItMessage(message.person, message.at));
    case 'head':
      return whole(headMessage(message.head));
    case 'switch':
      return whole(switchMessage(message.news));
    case 'digest':
      return whole(digestMessage(message.digest));
    case 'closing':
      return closing(message);
  }
}

/** What cannot be drawn again gets plain words: nobody must go on believing that it can be answered. */
function decided({ card, outcome }: Extract<ChannelMessage, { kind: 'decided' }>): SlackMessage {
  try {
    if (card) return decidedCard(card as ApprovalCard, outcome);
  } catch {
    // What lies there as a card is none of this release: anybody who may write Control can put one.
  }
  return outdatedCard(outcome);
}

function closing({ report, isDryRun }: Extract<ChannelMessage, { kind: 'closing' }>): Drawn {
  const message = isDryRun ? dryRunSummary(report) : incidentSummary(report);
  return { message, rest: summaryTranscript(report, isDryRun) };
}
