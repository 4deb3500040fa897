/** Audit entries: one shape per event of an incident's way, chained by SHA-256 over canonical JSON. */
import * as z from 'zod';
import { digest } from '../digest.ts';
import { Dispatch } from '../dispatch.ts';
import { DispatchOutcome, GateDecision, IncidentStatus, Mode, PolicyDecision, RiskFlag, RiskLevel } from '../words.ts';

const Reason = z.strictObject({ rule: z.string(), text: z.string() });
const Person = z.strictObject({ id: z.string(), name: z.string() });
const Sha256 = z.string().regex(/^[0-9a-f]{64}$/);

/** A vote as `decide` signed it; `signature` is KMS's ECDSA signature over the vote's digest, base64. */
export const SignedVote = z.strictObject({
  requestDigest: Sha256,
  decision: z.enum(['approve', 'reject']),
  by: Person,
  at: z.string(),
  reason: z.string(),
  signature: z.string(),
});
export type SignedVote = z.infer<typeof SignedVote>;

export const PlannedStep = z.strictObject({
  number: z.int(),
  title: z.string(),
  declared: RiskLevel.nullable(),
  floor: RiskLevel,
  model: RiskLevel.nullable(),
  level: RiskLevel,
  flags: z.array(RiskFlag),
  decision: PolicyDecision,
});
export type PlannedStep = z.infer<typeof PlannedStep>;

/** Everything that can happen, by `kind`. Bodies hold words, hashes and names; never outputs, secrets or task tokens (I10). */
export const AuditEvent = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('incident_opened'),
    alarmArn: z.string(),
    alarmName: z.string(),
    contributorId: z.string().nullable(),
    stateChangedAt: z.string(),
    candidates: z.array(z.strictObject({ runbookId: z.string(), confidence: z.number(), why: z.string() })),
  }),
  z.strictObject({ kind: z.literal('alarm_joined'), alarmArn: z.string(), state: z.string(), why: z.string() }),
  z.strictObject({ kind: z.literal('envelope_refused'), alarmArn: z.string().nullable(), why: z.string() }),
  z.strictObject({
    kind: z.literal('planned'),
    mode: Mode,
    environment: z.string(),
    runbook: z.strictObject({ id: z.string(), digest: Sha256 }).nullable(),
    policyDigest: Sha256,
    confidence: z.number(),
    chosenBy: z.enum(['route', 'text', 'model', 'nobody']),
    model: z.string(),
    parameters: z.record(z.string(), z.string()),
    steps: z.array(PlannedStep),
    problems: z.array(z.string()),
  }),
  z.strictObject({
    kind: z.literal('gate_decided'),
    decision: GateDecision,
    dispatch: Dispatch.nullable(),
    status: IncidentStatus.nullable(),
    reasons: z.array(Reason),
    /** On `skip`: whom the step would have asked, as the policy's verdict named them. */
    wouldAsk: z.array(Person).exactOptional(),
  }),
  z.strictObject({
    kind: z.literal('approval_requested'),
    dispatch: Dispatch,
    requestDigest: Sha256,
    policyDigest: Sha256,
    scriptHash: Sha256,
    level: RiskLevel,
    targets: z.array(z.string()),
    approvers: z.array(z.string()),
    required: z.int(),
    expiresAt: z.string(),
  }),
  z.strictObject({
    kind: z.literal('approval_delivered'),
    dispatch: Dispatch,
    channel: z.string(),
    messageTs: z.string(),
  }),
  z.strictObject({ kind: z.literal('approval_undeliverable'), dispatch: Dispatch, why: z.string() }),
  z.strictObject({
    kind: z.literal('approval_superseded'),
    dispatch: Dispatch,
    requestDigest: Sha256,
    why: z.string(),
  }),
  z.strictObject({ kind: z.literal('vote_cast'), dispatch: Dispatch, vote: SignedVote }),
  z.strictObject({
    kind: z.literal('vote_refused'),
    reference: z.string(),
    by: Person,
    decision: z.enum(['approve', 'reject']),
    why: z.string(),
  }),
  z.strictObject({
    kind: z.literal('approval_settled'),
    dispatch: Dispatch,
    policyDigest: Sha256,
    requestDigest: Sha256.nullable(),
    decision: z.enum(['approved', 'rejected', 'expired', 'undeliverable']),
    by: z.array(Person),
    reason: z.string(),
  }),
  z.strictObject({
    kind: z.literal('dispatch_intended'),
    dispatch: Dispatch,
    scriptHash: Sha256,
    level: RiskLevel,
    targets: z.array(z.string()),
    document: z.string(),
    requestDigest: Sha256.nullable(),
    standing: z.string().nullable(),
    approvedBy: z.array(Person),
    notAfter: z.int(),
    executionTimeoutSeconds: z.int(),
  }),
  z.strictObject({
    kind: z.literal('dispatch_refused'),
    dispatch: Dispatch,
    outcome: z.enum(['refused', 'stale']),
    reasons: z.array(Reason),
  }),
  z.strictObject({
    kind: z.literal('command_sent'),
    dispatch: Dispatch,
    commandId: z.string().nullable(),
    error: z.string().nullable(),
  }),
  z.strictObject({
    kind: z.literal('command_finished'),
    dispatch: Dispatch,
    outcome: DispatchOutcome,
    results: z.array(
      z.strictObject({
        target: z.string(),
        status: z.string(),
        exitCode: z.int(),
        stdoutHash: Sha256,
        stderrHash: Sha256,
      }),
    ),
  }),
  z.strictObject({ kind: z.literal('step_confirmed'), dispatch: Dispatch }),
  z.strictObject({ kind: z.literal('incident_closed'), status: IncidentStatus, cause: z.string().nullable() }),
  z.strictObject({
    kind: z.literal('people_told'),
    incidentId: z.string(),
    status: IncidentStatus,
    slack: z.boolean(),
    paged: z.boolean(),
  }),
  z.strictObject({ kind: z.literal('after_closing'), incidentId: z.string(), event: z.string() }),
]);
export type AuditEvent = z.infer<typeof AuditEvent>;
/** The event of one kind. */
export type EventOf<K extends AuditEvent['kind']> = Extract<AuditEvent, { kind: K }>;

/** An entry of a chain. `sequence` counts from 1; `at` is ISO 8601; `actor` is the function that wrote it. */
export const AuditEntry = z.strictObject({
  format: z.literal(1),
  chain: z.string(),
  sequence: z.int().min(1),
  entryId: z.string(),
  at: z.string(),
  actor: z.string(),
  event: AuditEvent,
  previous: Sha256,
  hash: Sha256,
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** What the first entry of a chain names as its predecessor. */
export const noPrevious = '0'.repeat(64);

/** The hash of an entry: SHA-256 over the canonical JSON of all its other fields. */
export function entryHash(entry: Omit<AuditEntry, 'hash'>): string {
  const { format, chain, sequence, entryId, at, actor, event, previous } = entry;
  return digest('audit-entry/v1', { format, chain, sequence, entryId, at, actor, event, previous });
}

/** The entry that follows `head` (null = the chain is empty). */
export function nextEntry(
  chain: string,
  head: AuditEntry | null,
  author: { entryId: string; at: string; actor: string },
  event: AuditEvent,
): AuditEntry {
  const body = {
    format: 1 as const,
    chain,
    sequence: (head?.sequence ?? 0) + 1,
    ...author,
    event,
    previous: head?.hash ?? noPrevious,
  };
  return { ...body, hash: entryHash(body) };
}

/** The chain for what belongs to no open incident, from an ISO 8601 time. */
export function dayChain(at: string): string {
  return `DAY#${at.slice(0, 10)}`;
}
