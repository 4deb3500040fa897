/** Polling: how a command ended on every host, from SSM's own answers; its output goes to people, its hash to the audit. */
import { type AuditWriter, append } from '../audit/append.ts';
import { readChain, type StoredItem } from '../audit/chain.ts';
import type { EventOf } from '../audit/entry.ts';
import { combinedOutcome, type Invocation, type StoredOutput } from '../derive/outcome.ts';
import { clockGraceSeconds, deliveryTimeoutSeconds, silenceSeconds } from '../derive/run-document.ts';
import { type Dispatch, dispatchKey } from '../dispatch.ts';
import { isAborted, type SwitchReading } from '../incident/kill-switch.ts';
import { type DispatchProgress, findDispatch, type Progress, progressOf } from '../incident/progress.ts';
import { nextWait } from '../limits.ts';
import { endOf } from '../report/ended.ts';
import type { DispatchOutcome } from '../words.ts';
import { commandOfKey } from './sent-command.ts';

export interface PollPorts {
  readonly writer: AuditWriter;
  items(incidentId: string): Promise<StoredItem[]>;
  invocation(commandId: string, target: string): Promise<Invocation>;
  /** A lost command's id, found by the dispatch key in its comment; null when SSM knows none. */
  findCommand(document: string, key: string): Promise<string | null>;
  /** Asks Systems Manager to stop a command wherever it runs; what has ended stays as it ended. */
  cancel(commandId: string): Promise<void>;
  /** How the kill switch stands; a failing read throws. */
  kill(): Promise<SwitchReading>;
  saveOutput(incidentId: string, dispatch: Dispatch, output: StoredOutput): Promise<void>;
  now(): number;
}

export interface PollAnswer {
  readonly outcome: DispatchOutcome;
  readonly seconds: number;
}

/**
 * Looks once, and appends the end of the command once. It is asked only about what `execute` said is running: a command
 * that cannot be found may have run, so it ends as `unknown`, never as "not run".
 */
export async function poll(
  ports: PollPorts,
  { incidentId, dispatch }: { incidentId: string; dispatch: Dispatch },
): Promise<PollAnswer> {
  const progress = progressOf(readChain(incidentId, await ports.items(incidentId)).entries);
  const known = findDispatch(progress, dispatch);
  if (known?.finished) return { outcome: known.finished.outcome, seconds: 0 };
  if (!known?.intended) return end(ports, incidentId, dispatch, 'unknown', []);
  const { intended } = known;
  const invocations = await look(ports, incidentId, known, intended);
  const outcome = combinedOutcome(invocations);
  if (outcome !== 'running') return end(ports, incidentId, dispatch, outcome, invocations);
  const now = ports.now() / 1000;
  const isSilent = now > intended.notAfter + intended.executionTimeoutSeconds + silenceSeconds;
  if (isSilent) return end(ports, incidentId, dispatch, 'unknown', invocations);
  await cancelIfAborted(ports, incidentId, progress, known);
  return {
    outcome: 'running',
    seconds: nextWait(now - (intended.notAfter - deliveryTimeoutSeconds - clockGraceSeconds)),
  };
}

async function look(
  ports: PollPorts,
  incidentId: string,
  known: DispatchProgress,
  intended: EventOf<'dispatch_intended'>,
): Promise<Invocation[]> {
  const commandId = known.sent?.commandId ?? (await find(ports, incidentId, known, intended));
  const pending = (target: string): Invocation => ({ target, status: 'Pending', exitCode: -1, stdout: '', stderr: '' });
  return Promise.all(
    intended.targets.map((target) => (commandId ? ports.invocation(commandId, target) : pending(target))),
  );
}

/** The id of a command whose answer was lost; where `execute` could not even note the send, it is noted now. */
async function find(
  ports: PollPorts,
  incidentId: string,
  { dispatch, sent }: DispatchProgress,
  { document }: EventOf<'dispatch_intended'>,
): Promise<string | null> {
  const commandId = await ports.findCommand(document, dispatchKey(incidentId, dispatch));
  if (commandId && !sent)
    await append(ports.writer, incidentId, { kind: 'command_sent', dispatch, commandId, error: null });
  return commandId;
}

/**
 * Cancels what still runs under a signed abort, and says so first. The command is found by its comment: the id in the chain
 * may be anybody's. Cancelling promises nothing, and may be asked for again: a later look sees how it ended.
 */
async function cancelIfAborted(
  ports: PollPorts,
  incidentId: string,
  { openedAt }: Progress,
  { dispatch, intended, cancelled }: DispatchProgress,
): Promise<void> {
  const kill = await ports.kill();
  if (kill.aborted === null || !isAborted(kill, openedAt)) return;
  const commandId = await commandOfKey(ports, dispatchKey(incidentId, dispatch), [intended?.document]);
  if (commandId === null) return;
  const { by } = kill.aborted;
  if (!cancelled) await append(ports.writer, incidentId, { kind: 'cancel_requested', dispatch, commandId, by });
  await ports.cancel(commandId).catch(() => {});
}

/** The entry first: a text that cannot be stored is missing for people, and must not stop anything. */
async function end(
  ports: PollPorts,
  incidentId: string,
  dispatch: Dispatch,
  outcome: DispatchOutcome,
  invocations: readonly Invocation[],
): Promise<PollAnswer> {
  const { event, outputs } = endOf(dispatch, outcome, invocations);
  await append(ports.writer, incidentId, event);
  await Promise.allSettled(outputs.map((output) => ports.saveOutput(incidentId, dispatch, output)));
  return { outcome, seconds: 0 };
}
