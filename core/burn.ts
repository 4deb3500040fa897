/** Burning: what `execute` writes once before it sends, in a table that nobody else writes. What permits something is counted here. */
import * as z from 'zod';
import { Sha256 } from './digest.ts';
import { Dispatch } from './dispatch.ts';
import { isoOf } from './time.ts';
import { RiskLevel } from './words.ts';

/** Seconds after the burn in which the send may begin; `execute` does not call SendCommand later. */
export const sendBySeconds = 10;

/** A burnt dispatch. Read loosely, as entries are: a later release may say more. */
export const Burn = z.lazy(() =>
  z.object({
    incidentId: z.string(),
    dispatch: Dispatch,
    level: RiskLevel,
    scriptHash: Sha256,
    targets: z.array(z.string()),
    /** The sorted hosts of the waves after this one, as they were when it was burnt; absent = there are none. */
    rest: z.array(z.string()).exactOptional(),
    /** Digest of the whole `planned` event: a plan that was burnt with once is the plan of this incident. */
    planDigest: Sha256,
    parametersDigest: Sha256,
    /** Who granted the standing approval under which it goes out unasked; null = it was asked, or only reads. */
    standing: z.string().nullable(),
    questionDigest: Sha256.nullable(),
    /** The number of the kill switch that was absent. */
    switch: z.int(),
    /** The lease number taken of each host. */
    leases: z.record(z.string(), z.int()),
    /** The id of the intent's entry. */
    intent: z.string(),
    /** ISO 8601. */
    at: z.string(),
    sendBy: z.string(),
  }),
);
export type Burn = z.infer<typeof Burn>;

/** One unasked action: the row (of an alarm's hour, or of an incident) and the number of the slot in it, from 1. */
export interface Slot {
  readonly row: string;
  readonly number: number;
}

/** A host's lease: numbered from 1, never freed. `until` is ISO 8601; `holder` is a dispatch key. */
export const Lease = z.lazy(() =>
  z.object({
    host: z.string(),
    number: z.int().min(1),
    holder: z.string(),
    until: z.string(),
    /** The document under which its holder was sent: by it Systems Manager finds the command. */
    document: z.string().exactOptional(),
    /** After this moment (ISO 8601) no host begins it: what Systems Manager does not know by then never runs. */
    beginsBy: z.string().exactOptional(),
  }),
);
export type Lease = z.infer<typeof Lease>;

/** Everything that one transaction puts and checks. */
export interface BurnRequest {
  readonly burn: Burn;
  /** The question must be APPROVED with this digest at the moment of burning; null = nobody had to be asked. */
  readonly question: {
    readonly sortKey: string;
    readonly digest: string;
    /** Whose votes are counted, each with the number of a suspension that must be absent. */
    readonly voters: readonly { readonly name: string; readonly number: number }[];
  } | null;
  readonly leases: readonly Lease[];
  readonly slots: readonly Slot[];
}

/** What came of it. Everything but `burnt` wrote nothing. */
export type BurnAnswer =
  | { readonly kind: 'burnt' }
  /** This dispatch was burnt before, by another call or by the first release (`burn` is null then). */
  | { readonly kind: 'used'; readonly burn: Burn | null }
  | { readonly kind: 'stopped' }
  | { readonly kind: 'not_approved' }
  | { readonly kind: 'suspended'; readonly name: string }
  | { readonly kind: 'slot_taken'; readonly row: string }
  | { readonly kind: 'lease_taken'; readonly host: string };

/** What the chain-less items begin with by which the first release burnt, in the Audit table. */
export const firstReleaseBurns = 'DISPATCH#';

/** The row of the slots of an alarm's hour: `at` is ISO 8601. */
export function hourRow(alarmArn: string, at: string): string {
  return `BUDGET#${alarmArn}#${at.slice(0, 13)}`;
}

/** Milliseconds that may pass between reading the slots and burning: the longest run of `execute`. */
const longestBurning = 60_000;

/**
 * The rows of an alarm's hours in which an unasked action takes a slot: around the turn of the hour both, so that of two
 * that read the slots on either side of it only one gets the last. `now` is epoch milliseconds.
 */
export function hourRows(alarmArn: string, now: number): string[] {
  return [...new Set([now - longestBurning, now + longestBurning].map((at) => hourRow(alarmArn, isoOf(at))))];
}

/** The row of the slots of an incident. */
export function incidentRow(incidentId: string): string {
  return `BUDGET#${incidentId}`;
}

/** Reading Dispatches: for everybody who judges. */
export interface DispatchesReader {
  /** All burns of an incident, read consistently. A row that cannot be read throws: what was sent is never guessed. */
  burns(incidentId: string): Promise<Burn[]>;
  /** Which of these the first release burnt, in the Audit table. */
  burntByFirstRelease(incidentId: string, dispatches: readonly Dispatch[]): Promise<Dispatch[]>;
  /** The slots taken in these rows, with the time of each (ISO 8601), read consistently. */
  slots(rows: readonly string[]): Promise<{ row: string; number: number; at: string }[]>;
  /** The newest lease of a host; null when it never had one. */
  lease(host: string): Promise<Lease | null>;
}

/** Writing Dispatches: `execute` alone. */
export interface DispatchesWriter extends DispatchesReader {
  /**
   * One transaction, tried again by the adapter on a conflict. A call whose answer was lost recognises what it put itself;
   * what another call put, also with the same intent, is `used`: of two only one may send. Throws when it is not known
   * what happened, or when conflicts do not end.
   */
  burn(request: BurnRequest): Promise<BurnAnswer>;
}
