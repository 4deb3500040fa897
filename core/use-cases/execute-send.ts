/** What follows the burn: the send, once, a short look at it, and what the audit is told of it. Nothing here throws. */
import { append } from '../audit/append.ts';
import type { EventOf } from '../audit/entry.ts';
import type { Burn } from '../burn.ts';
import { combinedOutcome, type StoredOutput } from '../derive/outcome.ts';
import { sha256 } from '../digest.ts';
import { nextWait } from '../limits.ts';
import { redact } from '../redact.ts';
import { endOf } from '../report/ended.ts';
import { epochOf } from '../time.ts';
import { ended, lookSeconds } from './execute-look.ts';
import { type ExecuteAnswer, type ExecutePorts, firstPollSeconds, type Sent } from './execute-ports.ts';

/** From here on the dispatch is burnt: nothing throws, and what cannot be written is left to `poll`. */
export async function afterBurn(
  ports: ExecutePorts,
  burn: Burn,
  sendOnce: (() => Promise<Sent>) | null,
): Promise<ExecuteAnswer> {
  const { dispatch } = burn;
  if (sendOnce === null) return finishing(ports, burn, { kind: 'step_confirmed', dispatch });
  const sent = await sending(ports, burn, sendOnce);
  const isNoted = await written(ports, burn.incidentId, {
    kind: 'command_sent',
    dispatch,
    commandId: sent.kind === 'sent' ? sent.commandId : null,
    error: sent.kind === 'sent' ? null : redact(sent.why).slice(0, 500),
  });
  if (sent.kind === 'unknown' || !isNoted) return { outcome: 'running', seconds: firstPollSeconds };
  return sent.kind === 'sent' ? looking(ports, burn, sent.commandId) : finishing(ports, burn, notStarted(burn));
}

async function sending(ports: ExecutePorts, { sendBy }: Burn, sendOnce: () => Promise<Sent>): Promise<Sent> {
  if (ports.now() > epochOf(sendBy))
    return { kind: 'not_sent', why: 'more time than is allowed passed between the burn and the send' };
  try {
    return await sendOnce();
  } catch (error) {
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
}

async function looking(ports: ExecutePorts, burn: Burn, commandId: string): Promise<ExecuteAnswer> {
  const invocations = await ended(ports, commandId, burn.targets);
  if (invocations === null) return { outcome: 'running', seconds: nextWait(lookSeconds) };
  const { event, outputs } = endOf(burn.dispatch, combinedOutcome(invocations), invocations);
  return finishing(ports, burn, event, outputs);
}

function notStarted({ dispatch, targets }: Burn): EventOf<'command_finished'> {
  const nothing = { status: 'NotSent', exitCode: -1, stdoutHash: sha256(''), stderrHash: sha256('') };
  const results = targets.map((target) => ({ target, ...nothing, outcome: 'not_started' as const }));
  return { kind: 'command_finished', dispatch, outcome: 'not_started', results };
}

/** The entry first: a text that cannot be stored is missing for people, and must not stop anything. */
async function finishing(
  ports: ExecutePorts,
  { incidentId, dispatch }: Burn,
  event: EventOf<'command_finished' | 'step_confirmed'>,
  outputs: readonly StoredOutput[] = [],
): Promise<ExecuteAnswer> {
  if (!(await written(ports, incidentId, event))) return { outcome: 'running', seconds: firstPollSeconds };
  await Promise.allSettled(outputs.map((output) => ports.saveOutput(incidentId, dispatch, output)));
  return { outcome: event.kind === 'step_confirmed' ? 'succeeded' : event.outcome, seconds: 0 };
}

async function written(
  ports: ExecutePorts,
  incidentId: string,
  event: EventOf<'command_sent' | 'command_finished' | 'step_confirmed'>,
): Promise<boolean> {
  try {
    return (await append(ports.writer, incidentId, event)) !== null;
  } catch {
    return false;
  }
}
