/** Everything that is said in a channel, as data: how it looks there is the channel's business. */
import type { Person as Speaker } from '../person.ts';
import type { Digest } from './digest.ts';
import type { IncidentHead } from './incident-head.ts';
import type { IncidentReport } from './incident-report.ts';
import type { Person } from './person.ts';
import type { ApprovalCard, Outcome } from './question-card.ts';
import type { StopWords } from './switch.ts';

/** Everything is stopped or goes on, or a person is suspended or not any more, by somebody and for a reason, which may be empty. */
export type SwitchNews = { readonly by: Speaker; readonly why: string } & (
  | { readonly kind: 'stopped'; readonly stop: StopWords; readonly isAbort: boolean }
  /** An abort whose stop somebody has lifted by now: what it ended is over. */
  | { readonly kind: 'aborted_and_lifted'; readonly number: number }
  | { readonly kind: 'resumed'; readonly from: number; readonly to: number; readonly still: StopWords | null }
  | { readonly kind: 'suspended' | 'reinstated'; readonly name: string }
);

export type ChannelMessage =
  /** A question that waits, with the means to answer it. */
  | { readonly kind: 'question'; readonly card: ApprovalCard }
  /** A question that was decided. `card` is what lies in Control: null, or anything, where this release did not write it. */
  | { readonly kind: 'decided'; readonly card: unknown; readonly outcome: Outcome }
  /** Its time is nearly over: a call to everybody who could still answer. */
  | { readonly kind: 'reminder'; readonly card: ApprovalCard }
  /** Somebody takes the incident on. `at` in epoch seconds. */
  | { readonly kind: 'on_it'; readonly person: Person; readonly at: number }
  /** How an incident stands: the message above all others about it. */
  | { readonly kind: 'head'; readonly head: IncidentHead }
  /** What is told to everybody about the kill switch. */
  | { readonly kind: 'switch'; readonly news: SwitchNews }
  /** What waits until the channel takes more messages. */
  | { readonly kind: 'digest'; readonly digest: Digest }
  /** How an incident ended; a dry run tells what would have been asked. */
  | { readonly kind: 'closing'; readonly report: IncidentReport; readonly isDryRun: boolean };
