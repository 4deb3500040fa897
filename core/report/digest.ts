/** What waits until the channel takes more messages, as neutral data: one message for all of it. */
import type { RiskLevel } from '../words.ts';

/** A question that nobody was asked yet. Times are epoch seconds. */
export interface WaitingQuestion {
  readonly incidentId: string;
  /** Null where the chain does not say it. */
  readonly alarmName: string | null;
  readonly step: number | null;
  readonly title: string | null;
  readonly level: RiskLevel | null;
  readonly since: number;
}

/** An alarm for which nothing is opened for a while. */
export interface RestingAlarm {
  readonly alarmName: string;
  /** How many incidents it had within an hour. */
  readonly incidents: number;
  /** Until when, epoch seconds. */
  readonly until: number;
}

export interface Digest {
  /** The most messages in a minute. */
  readonly perMinute: number;
  /** How many wait in all; and those that are listed, the first to come first. */
  readonly questions: { readonly count: number; readonly listed: readonly WaitingQuestion[] };
  /** Incidents that have ended, and whose report follows. */
  readonly endings: number;
  readonly resting: readonly RestingAlarm[];
}

/** Questions that are listed, at most: a chain is read for each. */
export const mostListed = 15;

export function isEmpty({ questions, endings, resting }: Digest): boolean {
  return questions.count === 0 && endings === 0 && resting.length === 0;
}
