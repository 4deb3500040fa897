/** What several use cases need of Control and of the channel in which people are asked. */
import type { CardPlace, QuestionKey, QuestionRecord, StoredQuestion } from '../approval/record.ts';
import type { Dispatch } from '../dispatch.ts';
import type { Envelope } from '../dsse.ts';
import type { Urgency } from '../pace.ts';
import type { ChannelMessage } from '../report/message.ts';
import type { RequestStatus } from '../words.ts';

/**
 * Questions in Control. Every change is conditional and recognises its own effect when its answer was lost; `false` and
 * `null` mean that somebody else's value is there and nothing was written.
 */
export interface ControlStore {
  /** The newest revision of a dispatch's question; null when it was never asked in this format. */
  latest(incidentId: string, dispatch: Dispatch): Promise<StoredQuestion | null>;
  /** One question by its key; null when there is none. */
  read(key: QuestionKey): Promise<StoredQuestion | null>;
  /** All rows of an incident, of every format and status. */
  list(incidentId: string): Promise<StoredQuestion[]>;
  /** Puts a PENDING record if there is none under its key; true also when it is there with the same digest. */
  create(record: QuestionRecord): Promise<boolean>;
  /** Stores the new task token of a PENDING question. */
  rearm(key: QuestionKey, token: string): Promise<boolean>;
  /** Notes one more place of its card, and what it showed. */
  delivered(key: QuestionKey, place: CardPlace, card: unknown): Promise<void>;
  /**
   * Adds a vote and sets the status, if the question has the status `statusBefore`, this digest, and exactly `votesBefore` votes.
   * Returns the record with its current token, or null when somebody was faster.
   */
  vote(
    key: QuestionKey,
    change: {
      digest: string;
      vote: Envelope;
      status: 'PENDING' | 'APPROVED' | 'ANSWERED' | 'REJECTED';
      /** Absent: PENDING. */
      statusBefore?: RequestStatus;
      votesBefore: number;
    },
  ): Promise<QuestionRecord | null>;
  /** PENDING becomes `status`, whatever the row's format. */
  end(key: QuestionKey, status: 'EXPIRED' | 'WITHDRAWN' | 'SUPERSEDED'): Promise<boolean>;
}

/** The channel takes no more messages now, and will take this one later: nothing was posted, and nothing is wrong. */
export class ChannelBusy extends Error {
  override readonly name = 'ChannelBusy';
}

/** The message that was to be changed is not there any more, or may not be changed: trying again changes nothing. */
export class MessageGone extends Error {
  override readonly name = 'MessageGone';
}

/** A message that was posted: where it is, and what it had no room for; null = it shows all. */
export interface Posted {
  readonly place: CardPlace;
  readonly rest: string | null;
}

/** The channel in which people are asked and told. Every method throws when it was not, or perhaps not, done; ChannelBusy when it is only the rate. */
export interface Cards {
  /** Keeps room for the next message that is posted and is no head; false = there is none now. */
  room(urgency: Urgency): Promise<boolean>;
  /** `below` = in the thread of that message, and shown in the channel as well. */
  post(channel: string, message: ChannelMessage, below?: CardPlace | null): Promise<Posted>;
  update(place: CardPlace, message: ChannelMessage): Promise<void>;
  /** Says something below a message, and in the channel. */
  reply(place: CardPlace, message: ChannelMessage): Promise<void>;
  /** Puts a text file below a message, where the message has no room for it. */
  attach(place: CardPlace, name: string, text: string): Promise<void>;
  /** Puts an image below a message; `words` for those who cannot see it. */
  picture(place: CardPlace, name: string, png: Uint8Array, words: string): Promise<void>;
  /** A message only one person sees. */
  tell(channel: string, userId: string, text: string): Promise<void>;
}
