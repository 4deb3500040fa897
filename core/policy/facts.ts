/** What a verdict is made from, and what it is: facts that the asker read itself, and an answer with its reasons. */
import type { RiskVerdict } from '../risk/verdict.ts';
import type { Part, PolicyDecision, RiskFlag, RiskLevel, Severity } from '../words.ts';
import type { Policy } from './schema.ts';
import type { Involved, Who } from './who.ts';

/** `ALARM`, `OK` or `INSUFFICIENT_DATA` by an alarm's name; null = there is none. What is missing was not read. */
export type StopAlarms = Readonly<Record<string, string | null>>;

/** Facts about one script of one step of one incident. Whoever asks reads them itself; `execute` takes none from a stored row. */
export interface Facts extends Involved {
  readonly policy: Policy;
  /** As `environmentOf` says. A different name can only make the verdict stricter. */
  readonly environment: string;
  /** What tags of the alarm and its instances call the environment. Their requirements are added. */
  readonly claimedEnvironments: readonly string[];
  /** The runbook's own list; empty = everywhere. */
  readonly runbookEnvironments: readonly string[];
  /** 12 digits. */
  readonly account: string;
  readonly region: string;
  readonly part: Part;
  readonly runbookId: string;
  /** 64 hexadecimal digits. */
  readonly runbookDigest: string;
  /** The runbook's owner: a key of `teams`, or a team that demands nothing more. */
  readonly owner: string;
  /** The runbook's severity, which is its tier. */
  readonly severity: Severity;
  /** Counts from 1. */
  readonly step: number;
  /** The step runs although the alarm is OK again or an earlier step failed (undo, re-enable, verify). */
  readonly always: boolean;
  /** The author's word about the step's command; null = none. */
  readonly declaredRisk: RiskLevel | null;
  /** The model's word about the step's command; null = none. */
  readonly modelRisk: RiskLevel | null;
  /** Of the match between alarm and runbook, 0 to 1. */
  readonly confidence: number;
  /** Instance ids that this would be sent to. */
  readonly targets: readonly string[];
  /** By name how the policy's stop alarms stand; null = CloudWatch knows none of that name. */
  readonly stopAlarms: StopAlarms;
  /** Parameters in the script whose default is used although the alarm was to give them; `lacks` says what it does not have. */
  readonly defaulted: readonly { readonly name: string; readonly lacks: string; readonly isAllowed: boolean }[];
  /** Parameters in the script that have another value than the author wrote for them: whoever makes alarms chose it. */
  readonly given: readonly { readonly name: string; readonly value: string }[];
  /** The runbook's own cap. */
  readonly maximumTargets: number;
  /** Sends above read_only that this incident made under standing approvals. */
  readonly autonomousActions: number;
  /** Whether an earlier dispatch of this incident did not succeed. */
  readonly failedBefore: boolean;
  /** Epoch milliseconds. */
  readonly now: number;
}

/** One rule's word. `rule` is its stable name, `text` fits a card. */
export interface PolicyReason {
  readonly rule: string;
  readonly text: string;
  readonly decision: PolicyDecision;
}

/** What people would have to do, and who may. `required` is 0 only when the decision is `proceed`. */
export interface ApprovalTerms extends Who {
  readonly timeoutSeconds: number;
  /** A Slack channel's name or id. */
  readonly channel: string;
}

/** The standing approval under which a script proceeds, as card, audit and report show it. */
export interface StandingGrant {
  readonly owner: string;
  readonly reason: string;
  /** ISO 8601. */
  readonly expires: string;
}

/** The answer for one script. It is plain JSON. */
export interface Verdict {
  readonly decision: PolicyDecision;
  /** max(declared by the author, floor, model). */
  readonly level: RiskLevel;
  readonly floor: RiskVerdict;
  readonly flags: readonly RiskFlag[];
  readonly reasons: readonly PolicyReason[];
  readonly approvals: ApprovalTerms;
  /** Set only when the decision is `proceed` because of it. */
  readonly standing: StandingGrant | null;
}
