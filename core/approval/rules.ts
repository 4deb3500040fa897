/** Who may decide on a request, and when the signed votes on it are enough. */
import type { SignedVote } from '../audit/entry.ts';
import { epochOf } from '../time.ts';
import { type ApprovalRequest, type RequestRecord, requestDigest } from './request.ts';

export interface Vote {
  readonly decision: 'approve' | 'reject';
  readonly by: { readonly id: string; readonly name: string };
  /** The digest on the card that was clicked. */
  readonly requestDigest: string;
}

/**
 * Why this vote on this record does not count at `now` (epoch milliseconds), in words for the person who clicked;
 * null when it may be signed. `approvers` are the ids that the policy in force allows.
 */
export function voteRefusal(
  record: RequestRecord | null,
  vote: Vote,
  approvers: readonly string[],
  now: number,
): string | null {
  if (record === null) return 'This request is not known here. It may belong to an older policy: use the newest card.';
  if (requestDigest(record.request) !== record.digest)
    return 'This request was changed after it was made. Do not approve it.';
  if (vote.requestDigest !== record.digest)
    return 'This card shows another version of the request. Use the newest card.';
  if (record.status !== 'PENDING') return `This request is already ${record.status.toLowerCase()}.`;
  if (!(now < epochOf(record.request.expiresAt))) return 'This request has expired.';
  if (!approvers.includes(vote.by.id)) return 'The policy does not name you as an approver here.';
  if (!record.request.approvers.includes(vote.by.id)) return 'You are not among the approvers of this request.';
  if (record.votes.some((cast) => cast.by.id === vote.by.id)) return 'You have voted on this request already.';
  return null;
}

/** The record's status once `vote` is added: one rejection rejects, as many approvals as required approve. */
export function statusAfter(
  record: RequestRecord,
  vote: Pick<SignedVote, 'decision' | 'by'>,
): 'PENDING' | 'APPROVED' | 'REJECTED' {
  if (vote.decision === 'reject') return 'REJECTED';
  const people = new Set(record.votes.filter((cast) => cast.decision === 'approve').map((cast) => cast.by.id));
  return people.add(vote.by.id).size >= record.request.required ? 'APPROVED' : 'PENDING';
}

/** A vote whose signature was checked: only the caller's own KMS call may set `genuine`. */
export interface CheckedVote {
  readonly vote: SignedVote;
  readonly genuine: boolean;
}

export type ApprovalCheck =
  | { readonly approved: true; readonly by: readonly SignedVote['by'][] }
  | { readonly approved: false; readonly why: string };

/**
 * Whether `derived`, the request as the kernel itself derived it, was approved: enough genuine votes of distinct
 * authorised people on exactly its digest, before its expiry. The stored status plays no part.
 */
export function checkApproval(derived: ApprovalRequest, votes: readonly CheckedVote[], now: number): ApprovalCheck {
  const wanted = requestDigest(derived);
  if (!(now < epochOf(derived.expiresAt)))
    return { approved: false, why: `the approval expired at ${derived.expiresAt}` };
  const counted = votes.filter(({ vote, genuine }) => genuine && vote.requestDigest === wanted);
  const rejection = counted.find(({ vote }) => vote.decision === 'reject');
  if (rejection) return { approved: false, why: `${rejection.vote.by.name} rejected it` };
  const people = new Map(
    counted
      .filter(({ vote }) => vote.decision === 'approve' && derived.approvers.includes(vote.by.id))
      .map(({ vote }) => [vote.by.id, vote.by]),
  );
  if (people.size < derived.required)
    return { approved: false, why: `${people.size} of ${derived.required} signed approvals for exactly these bytes` };
  return { approved: true, by: [...people.values()] };
}
