/** Polling: how a command ended on every target, from SSM's own answers; its output goes to people, its hash to the audit. */
import { type AuditWriter, append } from '../audit/append.ts';
import type { AuditEntry, EventOf } from '../audit/entry.ts';
import { combinedOutcome, type Invocation, type StoredOutput } from '../derive/outcome.ts';
import { sha256 } from '../digest.ts';
import { type Dispatch, dispatchKey } from '../dispatch.ts';
import { type DispatchProgress, findDispatch, progressOf } from '../incident/progress.ts';
import { nextWait } from '../limits.ts';
import { redact } from '../redact.ts';
import { epochOf } from '../time.ts';
import type { DispatchOutcome } from '../words.ts';

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
