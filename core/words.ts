/** The closed vocabularies: every word that one part of Countersign says to another, one zod enum each. */
import * as z from 'zod';

/** How much harm a command can do, in rising order. `forbidden` never runs, even with approval. */
export const riskLevels = ['read_only', 'modifying', 'destructive', 'forbidden'] as const;
export const RiskLevel = z.enum(riskLevels);
export type RiskLevel = z.infer<typeof RiskLevel>;

/** Why a command asks although it changes nothing: it shows a secret, or it talks to another machine. */
export const RiskFlag = z.enum(['sensitive_read', 'egress']);
export type RiskFlag = z.infer<typeof RiskFlag>;

export const Severity = z.enum(['low', 'medium', 'high', 'critical']);
export type Severity = z.infer<typeof Severity>;

export const Mode = z.enum(['dry_run', 'live']);
export type Mode = z.infer<typeof Mode>;

/** What of a step a dispatch runs. Every part but `run` and `rollback` must be read_only by the floor. */
export const Part = z.enum(['before', 'run', 'after', 'dry_run', 'rollback', 'verify']);
export type Part = z.infer<typeof Part>;

/** Gate's answer: what to do with the next dispatch. */
export const GateDecision = z.enum(['proceed', 'ask', 'skip', 'wait', 'halt', 'done']);
export type GateDecision = z.infer<typeof GateDecision>;

/** Policy's answer for one script. */
export const PolicyDecision = z.enum(['proceed', 'ask', 'halt']);
export type PolicyDecision = z.infer<typeof PolicyDecision>;

/**
 * Settle's answer after a tick of waiting. An escalation is `waiting`: the level is in the record. `answered` = people
 * said something that only the gate can act upon, or the question is no longer the one in force.
 */
export const SettleDecision = z.enum(['waiting', 'approved', 'answered', 'rejected', 'expired', 'undeliverable']);
export type SettleDecision = z.infer<typeof SettleDecision>;

/**
 * How a command ended on one host. `refused_by_host` = the document said no before the script began; `not_started` =
 * certainly nothing ran; `unknown` = it may have run, and nobody knows how it ended.
 */
export const HostOutcome = z.enum(['succeeded', 'failed', 'timed_out', 'refused_by_host', 'not_started', 'unknown']);
export type HostOutcome = z.infer<typeof HostOutcome>;

/**
 * How a dispatch stands, all hosts together. `partial` = they differ; `refused` = the kernel said no before it burnt the
 * dispatch; `stale` = what was asked is no longer what would run, so it is asked anew.
 */
export const DispatchOutcome = z.enum([
  'running',
  'succeeded',
  'failed',
  'partial',
  'timed_out',
  'unknown',
  'not_started',
  'refused',
  'stale',
]);
export type DispatchOutcome = z.infer<typeof DispatchOutcome>;

/** What people are asked for. */
export const QuestionKind = z.enum(['approve', 'plan', 'choose', 'input', 'failure', 'manual']);
export type QuestionKind = z.infer<typeof QuestionKind>;

/** What people may answer to a question, signed. A word that a reader does not know counts as no. */
export const AnswerWord = z.enum([
  'approve',
  'reject',
  'skip',
  'choose',
  'input',
  'modify',
  'narrow',
  'revoke',
  'confirm',
  'continue',
  'retry',
  'abort',
]);
export type AnswerWord = z.infer<typeof AnswerWord>;

/** What people may say without being asked, signed. */
export const CommandWord = z.enum(['start', 'stop', 'resume', 'suspend', 'reinstate', 'retry']);
export type CommandWord = z.infer<typeof CommandWord>;

/** Why somebody who may approve otherwise may not approve this: they started the incident, changed what is asked, or own the alarm. */
export const exclusions = ['started', 'changed', 'owns_alarm'] as const;
export type Exclusion = (typeof exclusions)[number];

/** How an incident ends. */
export const IncidentStatus = z.enum([
  'resolved',
  'unverified',
  'recovered',
  'rejected',
  'expired',
  'halted',
  'failed',
  'aborted',
  'dry_run',
  'no_match',
]);
export type IncidentStatus = z.infer<typeof IncidentStatus>;

/** A question's life. "Used" is no status: its dispatch is burnt. */
export const RequestStatus = z.enum([
  'PENDING',
  'APPROVED',
  'ANSWERED',
  'REJECTED',
  'EXPIRED',
  'WITHDRAWN',
  'SUPERSEDED',
]);
export type RequestStatus = z.infer<typeof RequestStatus>;

/** Why something was decided: the rule's stable name, and words for people. */
export const Reason = z.object({ rule: z.string(), text: z.string() });
export type Reason = z.infer<typeof Reason>;

/** The higher of two risk levels. */
export function higherRisk(a: RiskLevel, b: RiskLevel): RiskLevel {
  return a === b || riskLevels.indexOf(a) >= riskLevels.indexOf(b) ? a : b;
}

/** Whether `a` is at least as risky as `b`. */
export function riskAtLeast(a: RiskLevel, b: RiskLevel): boolean {
  return riskLevels.indexOf(a) >= riskLevels.indexOf(b);
}
