/** The kernel: derives everything again, checks signatures, burns the dispatch, and sends once. It believes nobody. */

import { areWithinPolicy, buildRequest } from '../approval/build.ts';
import { type RequestKey, type RequestRecord, voteDigest } from '../approval/request.ts';
import { type CheckedVote, checkApproval } from '../approval/rules.ts';
import { AuditUnavailable, type AuditWriter, append } from '../audit/append.ts';
import type { SignedVote } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import { clockGraceSeconds, type Derived, deliveryTimeoutSeconds } from '../derive/derive.ts';
import { type Dispatch, sameDispatch } from '../dispatch.ts';
import { decideNext } from '../gate/gate.ts';
import { readSituation, type Situation, type SituationPorts } from '../incident/situation.ts';
import type { RiskTools } from '../policy/verdict.ts';
import type { DispatchOutcome } from '../words.ts';

/** Exactly what is handed to Run Command. */
export interface Send {
  readonly incidentId: string;
  readonly dispatch: Dispatch;
  readonly script: string;
  readonly scriptHash: string;
  readonly targets: readonly string[];
  readonly executionTimeoutSeconds: number;
  readonly deliveryTimeoutSeconds: number;
  /** Seconds since 1970 after which the host refuses. */
  readonly notAfter: number;
  /** The person in whose name it is sent: SourceIdentity in CloudTrail. */
  readonly onBehalfOf: string | null;
}

/** What is checked in the transaction that burns a dispatch. */
export interface Burn {
  readonly incidentId: string;
  readonly dispatch: Dispatch;
  readonly at: string;
  /** The approved request, when one is needed: it must be APPROVED with this digest at the moment of burning. */
  readonly request: { readonly key: RequestKey; readonly digest: string } | null;
}

export interface ExecutePorts extends SituationPorts {
  readonly writer: AuditWriter;
  request(key: RequestKey): Promise<RequestRecord | null>;
  /** Whether KMS says that the approval key signed this digest (hex). */
  isSigned(digest: string, signature: string): Promise<boolean>;
  burn(burn: Burn): Promise<'burnt' | 'used' | 'stopped' | 'not_approved'>;
  /** Sends once, without a retry; returns the command's id. */
  send(send: Send): Promise<string>;
}

export interface ExecuteAnswer {
  readonly outcome: DispatchOutcome;
  /** Seconds until the first look at the command. */
  readonly seconds: number;
}

/** Seconds until the first poll: SSM needs about one to start a command. */
export const firstPollSeconds = 2;

type Granted =
  | { readonly kind: 'not_needed' }
  | {
      readonly kind: 'approved';
      readonly key: RequestKey;
      readonly digest: string;
      readonly by: readonly SignedVote['by'][];
    };
type Approval = Granted | { readonly kind: 'denied'; readonly outcome: 'refused' | 'stale'; readonly why: string };

const notNeeded: Approval = { kind: 'not_needed' };

/**
 * Executes one dispatch if, read again now, it is this dispatch's turn and policy lets it proceed or enough people
 * signed exactly these bytes. Every refusal is appended with its reasons; a failing read or append throws.
 */
export async function execute(
  ports: ExecutePorts,
  compiled: Compiled,
  tools: RiskTools,
  { incidentId, dispatch }: { incidentId: string; dispatch: Dispatch },
): Promise<ExecuteAnswer> {
  const situation = await readSituation(ports, compiled, incidentId);
  // The gate's rule is asked a second time because the machine's word that it is this dispatch's turn is not believed.
  const answer = decideNext(situation, tools);
  const { derived } = answer;
  const isTurn = answer.dispatch !== null && sameDispatch(answer.dispatch, dispatch);
  if (!derived || !isTurn || (answer.decision !== 'proceed' && answer.decision !== 'ask'))
    return refuse(
      ports,
      incidentId,
      dispatch,
      'refused',
      answer.reasons.map(({ text }) => text).join('; ') || 'it is not this dispatch’s turn',
    );
  const approval: Approval = answer.decision === 'ask' ? await approvalOf(ports, situation, derived) : notNeeded;
  if (approval.kind === 'denied') return refuse(ports, incidentId, dispatch, approval.outcome, approval.why);
  return commit(ports, situation, derived, approval);
}

async function refuse(
  ports: ExecutePorts,
  incidentId: string,
  dispatch: Dispatch,
  outcome: 'refused' | 'stale',
  why: string,
) {
  await append(ports.writer, incidentId, {
    kind: 'dispatch_refused',
    dispatch,
    outcome,
    reasons: [{ rule: `execute.${outcome}`, text: why.slice(0, 1000) }],
  });
  return { outcome, seconds: 0 };
}

async function approvalOf(ports: ExecutePorts, situation: Situation, derived: Derived): Promise<Approval> {
  const { incidentId, compiled } = situation;
  const key = { incidentId, dispatch: derived.dispatch, policyDigest: compiled.policyDigest };
  const record = await ports.request(key);
  if (!record)
    return { kind: 'denied', outcome: 'stale', why: 'there is no approval request under the policy in force' };
  const { createdAt, expiresAt } = record.request;
  if (!areWithinPolicy({ createdAt, expiresAt }, derived))
    return { kind: 'denied', outcome: 'refused', why: 'the request lives longer than the policy allows' };
  const own = buildRequest(situation, derived, { createdAt, expiresAt });
  const votes = await Promise.all(record.votes.map((vote) => checked(ports, vote)));
  const check = checkApproval(own, votes, situation.now);
  if (!check.approved) return { kind: 'denied', outcome: 'refused', why: check.why };
  return { kind: 'approved', key, digest: record.digest, by: check.by };
}

async function checked(ports: ExecutePorts, vote: SignedVote): Promise<CheckedVote> {
  return { vote, genuine: await ports.isSigned(voteDigest(vote), vote.signature) };
}

async function commit(
  ports: ExecutePorts,
  situation: Situation,
  derived: Derived,
  approval: Granted,
): Promise<ExecuteAnswer> {
  const { incidentId, compiled } = situation;
  const { dispatch, scriptHash, targets, verdict, script } = derived;
  const by = approval.kind === 'approved' ? approval.by : [];
  const notAfter = Math.floor(ports.now() / 1000) + deliveryTimeoutSeconds + clockGraceSeconds;
  const intent = await append(ports.writer, incidentId, {
    kind: 'dispatch_intended',
    dispatch,
    scriptHash,
    level: verdict.level,
    targets: [...targets],
    document: compiled.document.name,
    requestDigest: approval.kind === 'approved' ? approval.digest : null,
    standing: verdict.standing ? `${verdict.standing.owner}: ${verdict.standing.reason}` : null,
    approvedBy: [...by],
    notAfter,
    executionTimeoutSeconds: derived.step.timeoutSeconds,
  });
  if (!intent) throw new AuditUnavailable(`audit: incident ${incidentId} is closed, so nothing is sent`);
  const request = approval.kind === 'approved' ? { key: approval.key, digest: approval.digest } : null;
  const burnt = await ports.burn({ incidentId, dispatch, at: intent.at, request });
  if (burnt !== 'burnt') return refuse(ports, incidentId, dispatch, 'refused', burnRefusals[burnt]);
  if (script === null) return confirm(ports, incidentId, dispatch);
  const timeouts = { executionTimeoutSeconds: derived.step.timeoutSeconds, deliveryTimeoutSeconds };
  const send = {
    incidentId,
    dispatch,
    script,
    scriptHash,
    targets,
    ...timeouts,
    notAfter,
    onBehalfOf: by[0]?.id ?? null,
  };
  return sendOnce(ports, send);
}

const burnRefusals = {
  used: 'this dispatch was sent before; nothing is sent twice',
  stopped: 'the kill switch is set',
  not_approved: 'the request is no longer approved',
} as const;

async function confirm(ports: ExecutePorts, incidentId: string, dispatch: Dispatch): Promise<ExecuteAnswer> {
  await append(ports.writer, incidentId, { kind: 'step_confirmed', dispatch });
  return { outcome: 'succeeded', seconds: 0 };
}

/** An error of the send proves nothing: the command may run. `poll` looks for it by its dispatch key. */
async function sendOnce(ports: ExecutePorts, send: Send): Promise<ExecuteAnswer> {
  const sent = await ports.send(send).then(
    (commandId) => ({ commandId, error: null }),
    (error: unknown) => ({
      commandId: null,
      error: error instanceof Error ? `${error.name}: ${error.message}` : 'unknown',
    }),
  );
  const error = sent.error?.slice(0, 500) ?? null;
  await append(ports.writer, send.incidentId, {
    kind: 'command_sent',
    dispatch: send.dispatch,
    commandId: sent.commandId,
    error,
  });
  return { outcome: 'running', seconds: firstPollSeconds };
}
