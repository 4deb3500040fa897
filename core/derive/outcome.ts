/** Outcomes: what SSM's answers about a command on its hosts mean, one host and all together. */
import type { DispatchOutcome } from '../words.ts';
import { runRefusal, timeoutCodes } from './run-document.ts';

/** SSM's answer about one command on one instance. */
export interface Invocation {
  readonly target: string;
  /** SSM's `StatusDetails`, such as `Success`, `Failed`, `ExecutionTimedOut`; `Pending` when SSM does not know it yet. */
  readonly status: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** What people see of a command, redacted; the audit holds the hashes of exactly these texts. */
export interface StoredOutput {
  readonly target: string;
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const outcomes: Readonly<Record<string, DispatchOutcome>> = {
  Pending: 'running',
  InProgress: 'running',
  Delayed: 'running',
  Cancelling: 'running',
  Success: 'succeeded',
  TimedOut: 'timed_out',
  DeliveryTimedOut: 'timed_out',
  ExecutionTimedOut: 'timed_out',
};

/** What one instance's status means; whatever is not listed failed. Spaces in SSM's status details are ignored. */
export function outcomeOf({
  status,
  exitCode,
  stderr,
}: Pick<Invocation, 'status' | 'exitCode' | 'stderr'>): DispatchOutcome {
  const outcome = outcomes[status.replaceAll(' ', '')] ?? 'failed';
  if (outcome !== 'failed') return outcome;
  if (runRefusal(exitCode, stderr)) return 'refused';
  return timeoutCodes.includes(exitCode) ? 'timed_out' : 'failed';
}

/** All targets together: running while one runs, succeeded only if every one did; zero targets are a failure. */
export function combinedOutcome(invocations: readonly Invocation[]): DispatchOutcome {
  const all = invocations.map(outcomeOf);
  if (all.includes('running')) return 'running';
  return all.find((outcome) => outcome !== 'succeeded') ?? (all.length > 0 ? 'succeeded' : 'failed');
}
