/** How an incident ended, step by step: the data of its closing message. */
import type { RiskLevel } from '../words.ts';
import type { Person } from './person.ts';
import type { HostOutput, PrintedOutput } from './printed.ts';

/** What became of one step. */
export interface StepReport {
  readonly number: number;
  readonly title: string;
  readonly risk: RiskLevel | null;
  /** What became of it, in words. */
  readonly done: string;
  readonly mark: '✓' | '–' | '✗';
  /** The script; shown in a dry run only. */
  readonly command: string | null;
  /** Said before the people, such as `approved by` or `would ask`. */
  readonly saying: string;
  readonly people: readonly Person[];
  /** Why it was skipped, halted or failed. */
  readonly note: string | null;
  readonly before: readonly HostOutput[];
  readonly after: readonly HostOutput[];
  /** What the `dry-run` companion printed. */
  readonly dryRun: readonly HostOutput[];
  /** What its own command, its check and its way back printed, in their order. */
  readonly printed: readonly PrintedOutput[];
}

export interface IncidentReport {
  readonly incidentId: string;
  /** The ending as a headline, such as `Resolved`. */
  readonly title: string;
  /** Null when nothing that may be believed says it. */
  readonly environment: string | null;
  readonly alarm: { readonly name: string; readonly state: 'OK' | 'ALARM' | 'INSUFFICIENT_DATA' | null };
  readonly runbook: { readonly id: string; readonly title: string } | null;
  readonly steps: readonly StepReport[];
  /** Why it ended so; null when the status says it all. */
  readonly cause: string | null;
  /** Seconds from the alarm to the end; null when nobody knows. */
  readonly seconds: number | null;
  /** What a person should do now. */
  readonly next: string;
  /** What the runbook says for when its steps did not help, as Markdown; empty where they did, or it says nothing. */
  readonly ifAlarmStays: string;
  /** Whether a person may ask for a new plan here. */
  readonly isRetryOffered: boolean;
}
