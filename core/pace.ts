/** A pace that many functions keep together: how fast a bucket of calls may be used, and how much of it is left for what is urgent. */

/** A bucket as its store knows it. Times are milliseconds. */
export interface Bucket {
  readonly name: string;
  /** From one to the next, when it is used all the time. */
  readonly interval: number;
  /** How far it may be used ahead of that by this very call. */
  readonly ahead: number;
  /** How far anybody may: a store that says more than that was written by somebody else. */
  readonly mostAhead: number;
}

/** Takes room for one call; false = there is none now. */
export type Take = (bucket: Bucket) => Promise<boolean>;

/** The bucket of questions to the model. */
export const modelBucket = 'model';

/** From what can wait to what cannot: each keeps something free for the next. */
export const urgencies = ['text', 'card', 'late', 'digest'] as const;
export type Urgency = (typeof urgencies)[number];

/** What each may use of the burst. */
const shares: Readonly<Record<Urgency, number>> = { text: 0.55, card: 0.8, late: 0.9, digest: 1 };

/** Of the most in a minute or an hour, what may be used all the time; the rest is for bursts. */
const steady = 0.6;

const minute = 60_000;

/** From taking room to the call that it was taken for, at most: a question is made in between. Milliseconds. */
const longestUse = 10_000;

/**
 * The bucket of at least ten calls of which no minute, wherever it begins, has more than `most`: with a steady interval and a burst
 * that together fit into it (the generic cell rate algorithm, ITU-T I.371).
 */
export function minuteBucket(name: string, most: number, urgency: Urgency): Bucket {
  return bucketOf(name, most, minute, shares[urgency]);
}

/** The same of an hour, for calls that are all alike. */
export function hourBucket(name: string, most: number): Bucket {
  return bucketOf(name, most, 60 * minute, 1);
}

function bucketOf(name: string, most: number, window: number, share: number): Bucket {
  const interval = window / (most * steady);
  const mostAhead = interval * (most - 1) - window - longestUse;
  return { name, interval, ahead: mostAhead * share, mostAhead };
}

/** By how much the clocks of two functions may differ, and a store may say more than `mostAhead`; milliseconds. */
const clocksDiffer = 60_000;

/** The moment until which the bucket is used, beyond which nobody of ours can have used it. */
export function unbelievable(now: number, { interval, mostAhead }: Bucket): number {
  return now + mostAhead + interval + clocksDiffer;
}
