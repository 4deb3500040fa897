/** The question: one signed shape for everything that people are asked, its digest, and what a vote on it says. */
import * as z from 'zod';
import { digest, Sha256 } from './digest.ts';
import { Dispatch, dispatchName, IncidentId } from './dispatch.ts';
import { type Envelope, openEnvelope, payloadTypes } from './dsse.ts';
import { exactly } from './exactly.ts';
import { Person } from './person.ts';
import { Subject } from './subject.ts';
import { exclusions, Mode, QuestionKind, RiskFlag, RiskLevel } from './words.ts';

/** One script that would be sent, or one manual step. One item, except for plan approval and choices. */
export const QuestionItem = z.lazy(() =>
  z.strictObject({
    /** Of the first wave; an approval covers every wave of its step once. */
    dispatch: Dispatch,
    title: z.string(),
    scriptHash: Sha256,
    parameters: z.record(z.string(), z.string()),
    /** Sorted instance ids. */
    targets: z.array(z.string()),
    /** How many targets each wave takes, in order; their sum is the number of targets. */
    waves: z.array(z.int().min(1)),
    level: RiskLevel,
    flags: z.array(RiskFlag),
    executionTimeoutSeconds: z.int(),
    /** For how many of these the host begins it again until it exits with 0; absent = it runs once. */
    waitSeconds: z.int().exactOptional(),
    deliveryTimeoutSeconds: z.int(),
  }),
);
export type QuestionItem = z.infer<typeof QuestionItem>;

/** When silence moves the question on: who is asked where until when (ISO 8601). */
export const Level = z.lazy(() =>
  z.strictObject({ place: z.string(), mention: z.string().nullable(), until: z.string() }),
);
export type Level = z.infer<typeof Level>;

/** Digests of what was shown beside the command. Each can be computed again from the chain alone. */
export const Shown = z.lazy(() =>
  z.strictObject({
    evidence: z.array(Sha256),
    /** Of the outcomes and output hashes of the step's `before` and `dry_run` parts, and of everything that ran earlier. */
    before: Sha256.nullable(),
    dryRun: Sha256.nullable(),
    outcomes: Sha256,
    /** Of the rendered rollback; null = the runbook names none. */
    rollback: Sha256.nullable(),
  }),
);
export type Shown = z.infer<typeof Shown>;

/** What is asked, byte for byte: votes sign this value's digest, so nothing in it can change afterwards. */
export const Question = z.lazy(() =>
  z.strictObject({
    format: z.literal(2),
    kind: QuestionKind,
    /** Counts from 1: a changed question is the next revision. */
    revision: z.int().min(1),
    incidentId: IncidentId,
    /** As the verdict used them. */
    place: z.strictObject({ account: z.string(), region: z.string(), environment: z.string(), mode: Mode }),
    subject: Subject,
    runbook: z.strictObject({ id: z.string(), digest: Sha256 }),
    policyDigest: Sha256,
    items: z.array(QuestionItem).min(1),
    shown: Shown,
    document: z.strictObject({ name: z.string(), digest: Sha256 }),
    terms: z.strictObject({
      /** How many distinct people must approve. */
      required: z.int().min(1),
      /** Sorted names of the policy. */
      approvers: z.array(z.string()),
      /** Whether one vote of the quorum must come through IAM. */
      secondChannel: z.boolean(),
      /** Who could, but for their part in it: who started or changed it, or owns the alarm. Absent in the first questions, as what follows. */
      excluded: z.array(z.strictObject({ name: z.string(), why: z.enum(exclusions) })).exactOptional(),
      /** Who counts only while one Slack user group of each of these sets holds them, looked up when they answer. */
      narrowed: z
        .array(z.strictObject({ name: z.string(), slackGroups: z.array(z.array(z.string())) }))
        .exactOptional(),
      /** The policy's exception for one person who runs this alone. */
      singleOperator: z.boolean().exactOptional(),
      levels: z.array(Level).min(1),
    }),
    /** Who started or retried the incident; null = an alarm. */
    initiator: Person.nullable(),
    nonce: z.string().min(16).max(64),
    createdAt: z.iso.datetime(),
    expiresAt: z.iso.datetime(),
  }),
);
export type Question = z.infer<typeof Question>;

/** What a question says about people. */
export type Terms = Question['terms'];

/** SHA-256 over the question's canonical JSON, hex. */
export function questionDigest(question: Question): string {
  return digest('question/v2', question);
}

/** What `decide` seals for a person's answer. Read loosely: a word or field of a later release is not this release's yes. */
export const Vote = z.lazy(() =>
  z.object({
    format: z.literal(1),
    /** The digest of the question that was answered. */
    question: Sha256,
    word: z.string(),
    by: Person,
    at: z.iso.datetime(),
    /** Redacted before it is signed. */
    reason: z.string(),
    /** With `modify` and `input`: the values that were given, by parameter. */
    parameters: z.record(z.string(), z.string()).exactOptional(),
    /** With `narrow`: the sorted hosts that are left. */
    targets: z.array(z.string()).exactOptional(),
    /** With `choose`: the place of the chosen item, from 1. */
    choice: z.int().exactOptional(),
  }),
);
export type Vote = z.infer<typeof Vote>;
const isExactVote = exactly(Vote);

/**
 * The vote that an envelope holds: the one reader of it. `forged` when the key did not sign it, `foreign` when it did and
 * this release cannot read it; neither counts as anybody's word.
 *
 * @param publicKey PEM (SubjectPublicKeyInfo) of the approval key.
 */
export function openVote(envelope: Envelope, publicKey: string): Vote | 'forged' | 'foreign' {
  const payload = openEnvelope(envelope, payloadTypes.vote, publicKey);
  if (payload === null) return 'forged';
  return isExactVote(payload) ? (payload as Vote) : (Vote.safeParse(payload).data ?? 'foreign');
}

/** `QUESTION#2.run.1.1#0001`: the sort key of a question in Control, below its incident. Rows of the first release begin with `REQUEST#`. */
export function questionSortKey(dispatch: Dispatch, revision: number): string {
  return `${questionPrefix(dispatch)}${String(revision).padStart(4, '0')}`;
}

/** Every revision of a dispatch's question begins with this. */
export function questionPrefix(dispatch: Dispatch): string {
  return `QUESTION#${dispatchName({ ...dispatch, wave: 1 })}#`;
}
