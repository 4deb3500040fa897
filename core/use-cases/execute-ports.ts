/** What the kernel needs from outside, and what its parts say to each other. */
import type { StoredQuestion } from '../approval/record.ts';
import type { AuditWriter } from '../audit/append.ts';
import type { BurnRequest, DispatchesWriter } from '../burn.ts';
import type { Invocation, StoredOutput } from '../derive/outcome.ts';
import type { Dispatch } from '../dispatch.ts';
import type { Envelope } from '../dsse.ts';
import type { SituationPorts } from '../incident/situation.ts';
import type { SuspensionReading } from '../incident/suspension.ts';
import type { Person } from '../person.ts';
import type { DispatchOutcome } from '../words.ts';

/** Exactly what is handed to Run Command. */
export interface Send {
  readonly incidentId: string;
  readonly dispatch: Dispatch;
  readonly script: string;
  readonly scriptHash: string;
  readonly targets: readonly string[];
  readonly document: { readonly name: string; readonly digest: string };
  readonly executionTimeoutSeconds: number;
  /** For how many of these it is begun again until it exits with 0; 0 = it runs once. */
  readonly waitSeconds: number;
  readonly deliveryTimeoutSeconds: number;
  /** Seconds since 1970 after which the host refuses. */
  readonly notAfter: number;
  /** The person in whose name it is sent: SourceIdentity in CloudTrail. */
  readonly onBehalfOf: string | null;
}

/** What came of a send: `not_sent` only when AWS certainly did not accept it. */
export type Sent =
  | { readonly kind: 'sent'; readonly commandId: string }
  | { readonly kind: 'not_sent'; readonly why: string }
  | { readonly kind: 'unknown'; readonly why: string };

/** Sends, once, without a retry; what has not left after `longest` milliseconds never does. */
export type SendOnce = (longest: number) => Promise<Sent>;

export interface ExecutePorts extends SituationPorts {
  readonly writer: AuditWriter;
  readonly dispatches: DispatchesWriter;
  /** The newest revision of a dispatch's question. */
  question(incidentId: string, dispatch: Dispatch): Promise<StoredQuestion | null>;
  /** How these people stand; a failing read throws, and nothing is sent. */
  suspensions(names: readonly string[]): Promise<SuspensionReading[]>;
  /** Whether the document of this name exists and its content has this digest. */
  documentIs(document: Send['document']): Promise<boolean>;
  /**
   * Does all that takes time and proves nothing (credentials for exactly these targets, the document's hash), and returns
   * what sends. A throw means that nothing was sent.
   */
  prepare(send: Send): Promise<SendOnce>;
  /** A command's id by the dispatch key in its comment; null when SSM knows none. */
  findCommand(document: string, key: string): Promise<string | null>;
  invocation(commandId: string, target: string): Promise<Invocation>;
  /** The same, once and within a second: it throws where SSM does not answer, and `poll` looks later. */
  glance(commandId: string, target: string): Promise<Invocation>;
  saveOutput(incidentId: string, dispatch: Dispatch, output: StoredOutput): Promise<void>;
  sleep(milliseconds: number): Promise<void>;
}

export interface ExecuteAnswer {
  readonly outcome: DispatchOutcome;
  /** Seconds until the first look at the command. */
  readonly seconds: number;
}

/** Seconds until the first poll: SSM needs about one to start a command. */
export const firstPollSeconds = 2;

export interface Granted {
  readonly question: BurnRequest['question'];
  readonly by: readonly Person[];
  readonly votes: readonly Envelope[];
  readonly document: Send['document'];
}

/** `stale` = asked anew a minute later; `refused` = the incident halts. */
export interface Denied {
  readonly denied: 'refused' | 'stale';
  readonly why: string;
  /** The rule's name in the audit, where it is not just the word. */
  readonly rule?: string;
}
