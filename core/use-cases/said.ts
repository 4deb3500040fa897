/** What a person said, whichever door they came through: the one value that is decided about, and how the person is told. */

import type { SaidFields } from '../approval/fields.ts';
import type { Origin } from '../approval/member.ts';
import type { StoredQuestion } from '../approval/record.ts';
import type { Person } from '../person.ts';
import type { SwitchStatus } from '../report/switch.ts';
import type { RequestStatus } from '../words.ts';

/** Proven to be this identity's word, and nothing more: who that is, and whether it counts, the policy says. */
export interface Said extends SaidFields {
  readonly by: Pick<Person, 'via' | 'id'>;
  /** What was said, such as `approve`; any text. */
  readonly word: string;
  /** A question's reference (core/reference.ts), of this release or of the first; with the word `retry` an incident's id; with words about the kill switch what `switching` says. */
  readonly reference: string;
  /** With the word `retry`: the id of the runbook that is named; absent or null = none is. */
  readonly runbook?: string | null;
  /** As the person typed it; null = none was asked for. */
  readonly reason: string | null;
  /** The Slack channel in which it was said; null = none, as on a submitted modal and through the IAM door. */
  readonly channel: string | null;
  /** Digest of what the card showed that was clicked (core/slack/displayed.ts); absent through a door that shows no card. */
  readonly displayed?: string | null;
  /** The message in that channel; absent or null = none. */
  readonly messageTs?: string | null;
  /** Through which Slack app and in which workspace it was said; absent through another door. */
  readonly origin?: Origin;
  /** When it was said at the earliest, in epoch milliseconds, by the clock of whoever signed the request: late deliveries keep it. */
  readonly saidAt: number;
  /** The same however often this very word is delivered; absent where nothing is done twice by that. */
  readonly id?: string;
}

/** What became of it: `repeated` = it was counted before, and is counted once. */
export interface Heard {
  readonly outcome: 'counted' | 'repeated' | 'refused';
  /** Of the question, as far as it is known. */
  readonly status: RequestStatus | null;
  /** Where that was asked: how the kill switch stands. */
  readonly switch?: SwitchStatus;
}

/** Tells the person who spoke, and nobody else; `stored` is the question that it is about, where one is known. */
export type TellBack = (said: Said, text: string, stored?: StoredQuestion | null) => Promise<void>;
