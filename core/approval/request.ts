/** An approval request: everything a person approves, its digest, and the record that waits in the Control table. */
import * as z from 'zod';
import { SignedVote } from '../audit/entry.ts';
import { digest } from '../digest.ts';
import { Dispatch, IncidentId } from '../dispatch.ts';
import type { ApprovalCard } from '../slack/question.ts';
import { RequestStatus, RiskFlag, RiskLevel } from '../words.ts';

/** What is approved, byte for byte: the signature covers this value's digest, so nothing in it can change afterwards. */
export const ApprovalRequest = z.strictObject({
  format: z.literal(1),
  incidentId: IncidentId,
  dispatch: Dispatch,
  runbook: z.strictObject({ id: z.string(), digest: z.string() }),
  policyDigest: z.string(),
  scriptHash: z.string(),
  /** Sorted instance ids. */
  targets: z.array(z.string()),
  document: z.strictObject({ name: z.string(), digest: z.string() }),
  executionTimeoutSeconds: z.int(),
  deliveryTimeoutSeconds: z.int(),
  level: RiskLevel,
  flags: z.array(RiskFlag),
  /** How many distinct people must approve. */
  required: z.int().min(1),
  /** Sorted Slack user ids of those who may. */
  approvers: z.array(z.string()),
  createdAt: z.string(),
  expiresAt: z.string(),
});
export type ApprovalRequest = z.infer<typeof ApprovalRequest>;

/** The request as Control holds it: with its status, the current task token, and where its card is. */
export const RequestRecord = z.strictObject({
  request: ApprovalRequest,
  digest: z.string(),
  status: RequestStatus,
  token: z.string(),
  channel: z.string().nullable(),
  messageTs: z.string().nullable(),
  votes: z.array(SignedVote),
  /** What its card showed, so that the card can be drawn again with its outcome. Decides nothing. */
  card: z.custom<ApprovalCard>().nullable(),
});
export type RequestRecord = z.infer<typeof RequestRecord>;

/** SHA-256 over the request's canonical JSON, hex. */
export function requestDigest(request: ApprovalRequest): string {
  return digest('approval-request/v1', request);
}

/** What KMS signs for a vote: SHA-256 over everything of the vote but its signature, hex. */
export function voteDigest(vote: Omit<SignedVote, 'signature'>): string {
  const { requestDigest: request, decision, by, at, reason } = vote;
  return digest('vote/v1', { request, decision, by, at, reason });
}

/** A request's name in Control below its incident: one per dispatch and policy, so that a new policy asks anew. */
export interface RequestKey {
  readonly incidentId: string;
  readonly dispatch: Dispatch;
  readonly policyDigest: string;
}

/** `REQUEST#2.run.1#0123456789ab`: the sort key of a request in Control. */
export function requestSortKey(key: RequestKey): string {
  const { step, part, attempt } = key.dispatch;
  return `REQUEST#${step}.${part}.${attempt}#${key.policyDigest.slice(0, 12)}`;
}
