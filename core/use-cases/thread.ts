/** One thread per incident: who claims its first message posts it, everybody else answers below it; nothing waits long for it. */
import type { CardPlace } from '../approval/record.ts';
import type { ChannelMessage } from '../report/message.ts';
import type { Cards } from './ports.ts';

/** What the work table holds of a thread: claimed, and once its first message is posted, where that is. */
export interface ThreadRow {
  /** The channel's name or id, as the policy gives it. */
  readonly channel: string;
  readonly place: CardPlace | null;
  /** Digest of the message as it was last drawn; null = as it was posted. */
  readonly drawn: string | null;
  /** Whether the metric's picture stands below it. */
  readonly pictured: boolean;
}

export interface ThreadStore {
  /** Claims it for `claimSeconds`, if nobody else has; `mine`, or what is there. */
  claimThread(incidentId: string, channel: string): Promise<'mine' | ThreadRow>;
  /** Notes where it is. */
  placeThread(incidentId: string, channel: string, place: CardPlace): Promise<void>;
  thread(incidentId: string): Promise<ThreadRow | null>;
  /** Notes what was drawn last. */
  drewThread(incidentId: string, drawn: string): Promise<void>;
  /** Claims the metric's picture for `claimSeconds`, if it does not stand below the message and nobody else is about to put it there. */
  claimPicture(incidentId: string): Promise<boolean>;
  /** Notes that it stands there. */
  keptPicture(incidentId: string): Promise<void>;
}

export interface ThreadPorts {
  readonly threads: Pick<ThreadStore, 'claimThread' | 'placeThread' | 'thread'>;
  readonly cards: Pick<Cards, 'post'>;
  sleep(milliseconds: number): Promise<void>;
}

/** A claim that came to nothing may be taken over after so long: posting takes 10.6 s at most. */
export const claimSeconds = 12;

/** Looks at somebody else's claim, and the time between two, in milliseconds: two seconds at most. */
const looks = 4;
const pauseMs = 500;

/**
 * Where answers about this incident go; null = in the channel, without a thread: somebody else is posting the first message
 * and takes long, it lies in another channel, or it cannot be posted. Never throws: a thread is no reason not to tell.
 */
export async function threadOf(
  { threads, cards, sleep }: ThreadPorts,
  incidentId: string,
  channel: string,
  head: () => ChannelMessage,
): Promise<CardPlace | null> {
  try {
    let row = await threads.claimThread(incidentId, channel);
    if (row === 'mine') {
      const { place } = await cards.post(channel, head());
      await threads.placeThread(incidentId, channel, place);
      return place;
    }
    for (let look = 0; row.place === null && look < looks; look += 1) {
      await sleep(pauseMs);
      row = (await threads.thread(incidentId)) ?? row;
    }
    return row.channel === channel ? row.place : null;
  } catch {
    return null;
  }
}
