/** Polling: how a command ended on every target, from SSM's own answers; its output goes to people, its hash to the audit. */
import { type AuditWriter, append } from '../audit/append.ts';
import type { AuditEntry, EventOf } from '../audit/entry.ts';
import { sha256 } from '../digest.ts';
import { type Dispatch, dispatchKey } from '../dispatch.ts';
import { nextWait } from '../incident/history-budget.ts';
import { type DispatchProgress, findDispatch, progressOf } from '../incident/progress.ts';
import { redact } from '../redact.ts';
import { epochOf } from '../time.ts';
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

export interface PollPorts {
  readonly writer: AuditWriter;
  entries(incidentId: string): Promise<AuditEntry[]>;
  invocation(commandId: string, target: string): Promise<Invocation>;
  /** A lost command's id, found by the dispatch key in its comment; null when SSM knows none. */
  findCommand(document: string, key: string): Promise<string | null>;
  saveOutputs(incidentId: string, dispatch: Dispatch, outputs: readonly StoredOutput[]): Promise<void>;
  now(): number;
}

export interface PollAnswer {
  readonly outcome: DispatchOutcome;
  readonly seconds: number;
}

/** Seconds beyond delivery and execution time-outs after which a silent command counts as unknown. */
export const silenceSeconds = 120;
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

/** Looks once, and appends the end of the command once. */
export async function poll(
  ports: PollPorts,
  { incidentId, dispatch }: { incidentId: string; dispatch: Dispatch },
): Promise<PollAnswer> {
  const known = findDispatch(progressOf(await ports.entries(incidentId)), dispatch);
  if (known?.finished) return { outcome: known.finished.outcome, seconds: 0 };
  if (!known?.intended || !known.sentAt) return end(ports, incidentId, dispatch, 'unknown', []);
  const invocations = await look(ports, incidentId, known, known.intended);
  const outcome = combinedOutcome(invocations);
  if (outcome !== 'running') return end(ports, incidentId, dispatch, outcome, invocations);
  const age = (ports.now() - epochOf(known.sentAt)) / 1000;
  const silentFrom =
    known.intended.notAfter - epochOf(known.sentAt) / 1000 + known.intended.executionTimeoutSeconds + silenceSeconds;
  if (age > silentFrom) return end(ports, incidentId, dispatch, 'unknown', invocations);
  return { outcome: 'running', seconds: nextWait(age) };
}

async function look(
  ports: PollPorts,
  incidentId: string,
  known: DispatchProgress,
  intended: EventOf<'dispatch_intended'>,
) {
  const found =
    known.sent?.commandId ?? (await ports.findCommand(intended.document, dispatchKey(incidentId, known.dispatch)));
  const pending = (target: string): Invocation => ({ target, status: 'Pending', exitCode: -1, stdout: '', stderr: '' });
  return Promise.all(intended.targets.map((target) => (found ? ports.invocation(found, target) : pending(target))));
}

async function end(
  ports: PollPorts,
  incidentId: string,
  dispatch: Dispatch,
  outcome: DispatchOutcome,
  invocations: readonly Invocation[],
): Promise<PollAnswer> {
  const outputs = invocations.map(({ target, exitCode, stdout, stderr }) => ({
    target,
    exitCode,
    stdout: redact(stdout),
    stderr: redact(stderr),
  }));
  await ports.saveOutputs(incidentId, dispatch, outputs);
  await append(ports.writer, incidentId, {
    kind: 'command_finished',
    dispatch,
    outcome,
    results: invocations.map(({ target, status, exitCode }, index) => ({
      target,
      status,
      exitCode,
      stdoutHash: sha256(outputs[index]?.stdout ?? ''),
      stderrHash: sha256(outputs[index]?.stderr ?? ''),
    })),
  });
  return { outcome, seconds: 0 };
}
