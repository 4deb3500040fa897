/** What the approval use cases need of the Control table and of Slack. */

import type { RequestKey, RequestRecord } from '../approval/request.ts';
import type { SignedVote } from '../audit/entry.ts';
import type { SlackMessage } from '../slack/blocks.ts';
import type { ApprovalCard } from '../slack/question.ts';

/** Control. Every change is conditional; `false` means that the condition did not hold and nothing was written. */
export interface ControlStore {
  read(key: RequestKey): Promise<RequestRecord | null>;
  /** All requests of an incident, whatever their status. */
  list(incidentId: string): Promise<RequestRecord[]>;
  /** Puts a PENDING record if there is none under its key. */
  create(record: RequestRecord): Promise<boolean>;
  /** Stores the new task token of a PENDING request. */
  rearm(key: RequestKey, token: string): Promise<boolean>;
  /** Notes where the card is and what it showed. */
  delivered(key: RequestKey, place: CardPlace, card: ApprovalCard): Promise<void>;
  /**
   * Adds a vote and sets the status, if the request is PENDING, has this digest, and has exactly `votesBefore` votes.
   * Returns the record with its current token, or null when somebody was faster.
   */
  vote(
    key: RequestKey,
    change: { digest: string; vote: SignedVote; status: 'PENDING' | 'APPROVED' | 'REJECTED'; votesBefore: number },
  ): Promise<RequestRecord | null>;
  /** PENDING becomes `status`. */
  end(key: RequestKey, status: 'EXPIRED' | 'WITHDRAWN' | 'SUPERSEDED'): Promise<boolean>;
}

/** Where a card is in Slack. */
export interface CardPlace {
  readonly channel: string;
  readonly messageTs: string;
}

export interface Cards {
  post(channel: string, message: SlackMessage): Promise<CardPlace>;
  update(place: CardPlace, message: SlackMessage): Promise<void>;
  /** A message only one person sees. */
  tell(channel: string, userId: string, text: string): Promise<void>;
}
