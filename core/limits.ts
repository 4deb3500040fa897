/** The limits that one incident lives within: an execution's history is a budget, and every wait and dispatch spends it. */

/** The limits of one incident. `gate` and `execute` halt beyond them; a plan that cannot fit is refused. */
export const historyLimits = {
  /** Events that one execution may record (a hard quota of Step Functions). */
  maximumEvents: 25_000,
  /** How long an incident may live, waits, runs and escalations included: 8 h. */
  maximumAgeSeconds: 28_800,
  /** The last part of that age, in which nothing new is sent or asked: for closing, and for sweep when nothing closes. */
  windDownSeconds: 600,
  /** Dispatches of one incident: every part, attempt and wave that the gate answers, skipped ones included. */
  maximumDispatches: 100,
  /** Questions of one incident: every revision, and every one that is asked anew. */
  maximumQuestions: 150,
  /** Revisions of one question, by which its values and hosts may be changed: what is asked so often is decided as it is. */
  maximumRevisions: 20,
  /** Votes on one question, approvals that were taken back included. */
  maximumVotes: 40,
  /** Times in a row that what was asked was out of date when it was to be sent. */
  maximumStaleRounds: 3,
  /** The longest run of one command: 1 h. */
  maximumCommandSeconds: 3_600,
  /** Rounds of one incident in which a question could not be delivered, after which `settle` answers undeliverable. */
  maximumUndeliveredRounds: 6,
  /** The longest pause between two looks at a running command or a recovering alarm. */
  longestWaitSeconds: 60,
} as const;
export type HistoryLimits = { readonly [limit in keyof typeof historyLimits]: number };

/**
 * Seconds until the next look at something that began `elapsedSeconds` ago: 2, 4, 8 … 60. It needs no memory, because
 * doubling waits add up to what has passed: after 2 + 4 + 8 seconds the next wait is 16.
 */
export function nextWait(elapsedSeconds: number): number {
  const doubled = Math.floor(elapsedSeconds) + 2;
  return Math.min(historyLimits.longestWaitSeconds, Math.max(2, doubled));
}
