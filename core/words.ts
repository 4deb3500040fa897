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

/** Settle's answer after a tick of waiting. An escalation is `waiting`: the level is in the record. */
export const SettleDecision = z.enum(['waiting', 'approved', 'rejected', 'expired', 'undeliverable']);
export type SettleDecision = z.infer<typeof SettleDecision>;

/** How a dispatch stands. `refused` = the kernel said no; `stale` = the policy changed since the request. */
export const DispatchOutcome = z.enum(['running', 'succeeded', 'failed', 'timed_out', 'unknown', 'refused', 'stale']);
export type DispatchOutcome = z.infer<typeof DispatchOutcome>;

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

/** An approval request's life. "Used" is no status: its dispatch is burnt. */
export const RequestStatus = z.enum(['PENDING', 'APPROVED', 'REJECTED', 'EXPIRED', 'WITHDRAWN', 'SUPERSEDED']);
export type RequestStatus = z.infer<typeof RequestStatus>;

/** The higher of two risk levels. */
export function higherRisk(a: RiskLevel, b: RiskLevel): RiskLevel {
  return riskLevels.indexOf(a) >= riskLevels.indexOf(b) ? a : b;
}

/** Whether `a` is at least as risky as `b`. */
export function riskAtLeast(a: RiskLevel, b: RiskLevel): boolean {
  return riskLevels.indexOf(a) >= riskLevels.indexOf(b);
}
