/** What waits until the channel takes more messages: kept in the work table, for the digest and for whoever tells it later. */
import * as z from 'zod';
import type { CardPlace } from '../approval/record.ts';
import { IncidentId } from '../dispatch.ts';

/**
 * `question`: nobody was asked yet, and there is no question before there is room for its card. `ending`: how an incident
 * ended, where nobody had to be paged. `head`: the first message of a thread does not say how it stands now.
 */
export const WaitKind = z.enum(['question', 'ending', 'head']);
export type WaitKind = z.infer<typeof WaitKind>;

export const Wait = z.lazy(() =>
  z.object({
    kind: WaitKind,
    incidentId: IncidentId,
    /** Epoch milliseconds. */
    since: z.number(),
    /** Which step it is about; null where it is about none. */
    step: z.int().nullable(),
  }),
);
export type Wait = z.infer<typeof Wait>;

/** The digest as it was drawn last: where it is, and its digest; null = there is none now. */
export interface DrawnDigest {
  readonly place: CardPlace | null;
  readonly drawn: string | null;
}

export interface WaitStore {
  /** Since when it waits; null = it does not. */
  waitsSince(kind: WaitKind, incidentId: string): Promise<number | null>;
  /** Puts it there, if it is not. */
  wait(wait: Omit<Wait, 'since'>): Promise<void>;
  /** Notes that it waits no more; who may delete takes it away. */
  waitsNoMore(kind: WaitKind, incidentId: string): Promise<void>;
}

/** For `sweep`, which draws the digest. */
export interface WaitList extends WaitStore {
  /** Everything that waits. */
  waits(): Promise<Wait[]>;
  /** Takes it away. */
  dropWait(kind: WaitKind, incidentId: string): Promise<void>;
  /** The digest, for whoever is the first to ask in this minute; null = somebody else draws it. */
  claimDigest(minute: number): Promise<DrawnDigest | null>;
  keepDigest(digest: DrawnDigest): Promise<void>;
}

/** After so long whoever waits goes before those who came later; milliseconds. */
export const longWait = 10 * 60_000;
