/** A question as a channel shows it: all that a person needs to decide, and what came of it. */
import type { Reference } from '../reference.ts';
import type { RiskReason } from '../risk/verdict.ts';
import type { Excerptible } from '../shown.ts';
import type { AnswerWord, Mode, QuestionKind, RequestStatus, RiskFlag, RiskLevel } from '../words.ts';
import type { Failure } from './failure.ts';
import type { Person } from './person.ts';
import type { HostOutput, PrintedOutput } from './printed.ts';
import type { Silence } from './silence.ts';
import type { StopWords } from './switch.ts';

export interface ApprovalCard {
  readonly reference: Reference;
  /** Absent: `manual` where there is no command, else `approve`. */
  readonly kind?: QuestionKind;
  /** Of a choice: what each alternative is called, its script and its risk, in the order of the question's items. */
  readonly choices?: readonly { readonly title: string; readonly command: string; readonly level?: RiskLevel }[];
  /** Parameters whose values are to be typed, and what each must be; their placeholders stand in `command`. */
  readonly wanted?: readonly { readonly name: string; readonly what: string }[];
  /** Of a failure: what failed, and what each answer will do. */
  readonly failed?: Failure;
  /** What would happen, and where (core/report/headline.ts); absent on a card that the release before this one made. */
  readonly headline?: string;
  readonly alarm: {
    readonly name: string;
    readonly reason: string;
    /** Epoch seconds of the change to ALARM; null = unknown. */
    readonly since: number | null;
  };
  readonly environment: string;
  readonly mode: Mode;
  readonly runbook: { readonly id: string; readonly title: string };
  /** `of` is how many steps the runbook has. */
  readonly step: {
    readonly number: number;
    readonly of: number;
    readonly title: string;
    /** What the runbook says under the step beside its scripts, as Markdown; empty when nothing. */
    readonly prose: string;
  };
  /** The very script that would be sent; null on a manual step, which a person does and then confirms. */
  readonly command: string | null;
  /** For how many seconds the host repeats it until it exits with 0; absent = it runs once. */
  readonly waitSeconds?: number;
  readonly targets: readonly { readonly id: string; readonly name: string | null }[];
  /** Ids of those of the targets to which an earlier wave of this very command was sent; absent = none. */
  readonly done?: readonly string[];
  readonly parameters: readonly {
    readonly name: string;
    readonly value: string;
    /** What the alarm does not have, where the runbook's default was taken instead. */
    readonly lacks?: string;
  }[];
  readonly risk: {
    readonly level: RiskLevel;
    readonly flags: readonly RiskFlag[];
    /** Offsets are into `command`. */
    readonly reasons: readonly RiskReason[];
    /** Further words on the level, such as "declared destructive by the runbook's author" or the model's reason. */
    readonly notes: readonly string[];
  };
  readonly evidence: readonly ({ readonly title: string } & Excerptible)[];
  /** What the steps before this one printed, and this one itself if it was tried before; the newest first. */
  readonly earlier: readonly PrintedOutput[];
  /** What `observe` showed just now. */
  readonly before: readonly HostOutput[];
  /** What the `dry-run` companion printed. */
  readonly dryRun: readonly HostOutput[];
  readonly rollback:
    | { readonly kind: 'command'; readonly text: string }
    | { readonly kind: 'none'; readonly why: string };
  readonly approvers: readonly Person[];
  /** How many different people must approve. */
  readonly required: number;
  /** Whose approvals count so far, each once. */
  readonly approvedBy: readonly Person[];
  /** Whose approval would still count, as far as whoever draws it knows the policy; absent = the others of `approvers`. */
  readonly wantedOf?: readonly Person[];
  /** One of the approvals must come through IAM, and none of those so far did. */
  readonly iamWanted?: boolean;
  /** Epoch seconds; afterwards nothing is sent. */
  readonly expiresAt: number;
  /** Epoch seconds at which it is drawn: what is left of the time is counted from here. */
  readonly drawnAt: number;
  /** Where silence has moved it; absent or null where it is asked in one place, of nobody in particular. */
  readonly silence?: Silence | null;
  /** The stop in force when it was drawn: an answer is kept, and what it asks for is not sent. */
  readonly stopped?: StopWords | null;
  /** Who chose the runbook, such as "deterministic matcher (the model is off)". */
  readonly plannedBy: string;
  /** Where people look next; https. */
  readonly links: readonly { readonly text: string; readonly url: string }[];
}

/** How a question was decided, and by whom. */
export interface Outcome {
  readonly status: Exclude<RequestStatus, 'PENDING'>;
  /** Who decided it: those who approved, or whoever gave the one answer that ended it. */
  readonly by: readonly Person[];
  /** The word that ended it, where that was neither yes nor no. */
  readonly word?: AnswerWord;
  /** Epoch seconds. */
  readonly at: number;
  readonly reason: string | null;
  /** Something ran, or may have run, under this very card: then no word says that it did not. */
  readonly wasUsed?: boolean;
  /** What came of it in the end, such as `ran`; absent while nobody knows. */
  readonly came?: string;
}
