/** From a derived dispatch to the request a person signs; the kernel builds it again and compares digests. */
import { type Derived, deliveryTimeoutSeconds } from '../derive/derive.ts';
import { type Situation, secondsLeft } from '../incident/situation.ts';
import { epochOf, isoOf } from '../time.ts';
import type { ApprovalRequest } from './request.ts';

/** When a request was made and until when it may be answered, ISO 8601. */
export interface RequestTimes {
  readonly createdAt: string;
  readonly expiresAt: string;
}

/** The times of a request made now: it may wait as long as the policy says, and never longer than the incident may live. */
export function timesFrom(situation: Situation, derived: Derived): RequestTimes {
  const { now } = situation;
  const wait = Math.min(derived.verdict.approvals.timeoutSeconds, Math.floor(secondsLeft(situation)));
  return { createdAt: isoOf(now), expiresAt: isoOf(now + wait * 1000) };
}

/** Whether stored times are no longer apart than the policy allows; a longer life was not given by us. */
export function areWithinPolicy(times: RequestTimes, derived: Derived): boolean {
  const life = epochOf(times.expiresAt) - epochOf(times.createdAt);
  return life > 0 && life <= derived.verdict.approvals.timeoutSeconds * 1000;
}

/** The request for a derived dispatch. Everything but the times comes from what the caller derived itself. */
export function buildRequest(situation: Situation, derived: Derived, times: RequestTimes): ApprovalRequest {
  const { compiled, incidentId } = situation;
  return {
    format: 1,
    incidentId,
    dispatch: derived.dispatch,
    runbook: { id: derived.runbook.id, digest: derived.runbook.digest },
    policyDigest: compiled.policyDigest,
    scriptHash: derived.scriptHash,
    targets: [...derived.targets],
    document: { name: compiled.document.name, digest: compiled.document.digest },
    executionTimeoutSeconds: derived.step.timeoutSeconds,
    deliveryTimeoutSeconds,
    level: derived.verdict.level,
    flags: [...derived.verdict.flags],
    required: Math.max(1, derived.verdict.approvals.required),
    approvers: derived.verdict.approvals.approvers.map(({ id }) => id).toSorted(),
    ...times,
  };
}
