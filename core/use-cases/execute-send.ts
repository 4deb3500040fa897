/** What follows the burn: the send, once, a short look at it, and what the audit is told of it. Nothing here throws. */
import { type AuditWriter, append } from '../audit/append.ts';
import { type Head, headOf } from '../audit/chain.ts';
import type { EventOf } from '../audit/entry.ts';
import type { Burn } from '../burn.ts';
import { combinedOutcome, type StoredOutput } from '../derive/outcome.ts';
import { sha256 } from '../digest.ts';
import { nextWait } from '../limits.ts';
import { redact } from '../redact.ts';
import { endOf } from '../report/ended.ts';
import { epochOf } from '../time.ts';
import { ended, lookSeconds } from './execute-look.ts';
import { type ExecuteAnswer, type ExecutePorts, firstPollSeconds, type SendOnce, type Sent } from './execute-ports.ts';

interface Behind {
  readonly ports: ExecutePorts;
  readonly burn: Burn;
}

/** Seconds for which one entry is tried again; then it is left to `poll`. The whole function has 60. */
const longestWriting = 8;

/**
 * From here on the dispatch is burnt: nothing throws, and what cannot be written is left to `poll`.
 *
 * @param head The end of the chain as it was last read or written.
 */
export async function afterBurn(
  ports: ExecutePorts,
  burn: Burn,
  sendOnce: SendOnce | null,
  head: Head | null,
): Promise<ExecuteAnswer> {
  const { dispatch } = burn;
  const behind = { ports, burn };
  if (sendOnce === null) return finishing(behind, head, { kind: 'step_confirmed', dispatch });
  const sent = await sending(ports, burn, sendOnce);
  const noted = await written(behind, head, {
    kind: 'command_sent',
    dispatch,
    commandId: sent.kind === 'sent' ? sent.commandId : null,
    error: sent.kind === 'sent' ? null : redact(sent.why).slice(0, 500),
  });
  if (sent.kind === 'unknown' || noted === null) return { outcome: 'running', seconds: firstPollSeconds };
  return sent.kind === 'sent' ? looking(behind, noted, sent.commandId) : finishing(behind, noted, notStarted(burn));
}

/** A stop is acknowledged when every `sendBy` is past: after it nothing may leave, not even what was begun before. */
async function sending(ports: ExecutePorts, { sendBy }: Burn, sendOnce: SendOnce): Promise<Sent> {
  const left = epochOf(sendBy) - ports.now();
  if (!(left > 0)) return { kind: 'not_sent', why: 'more time than is allowed passed between the burn and the send' };
  try {
    return await sendOnce(left);
  } catch (error) {
    return { kind: 'unknown', why: error instanceof Error ? error.message : String(error) };
  }
}

async function looking(behind: Behind, head: Head, commandId: string): Promise<ExecuteAnswer> {
  const { ports, burn } = behind;
  const invocations = await ended(ports, commandId, burn.targets);
  if (invocations === null) return { outcome: 'running', seconds: nextWait(lookSeconds) };
  const { event, outputs } = endOf(burn.dispatch, combinedOutcome(invocations), invocations);
  return finishing(behind, head, event, outputs);
}

function notStarted({ dispatch, targets }: Burn): EventOf<'command_finished'> {
  const nothing = { status: 'NotSent', exitCode: -1, stdoutHash: sha256(''), stderrHash: sha256('') };
  const results = targets.map((target) => ({ target, ...nothing, outcome: 'not_started' as const }));
  return { kind: 'command_finished', dispatch, outcome: 'not_started', results };
}

/** The entry first: a text that cannot be stored is missing for people, and must not stop anything. */
async function finishing(
  behind: Behind,
  head: Head | null,
  event: EventOf<'command_finished' | 'step_confirmed'>,
  outputs: readonly StoredOutput[] = [],
): Promise<ExecuteAnswer> {
  const { ports, burn } = behind;
  if ((await written(behind, head, event)) === null) return { outcome: 'running', seconds: firstPollSeconds };
  await Promise.allSettled(outputs.map((output) => ports.saveOutput(burn.incidentId, burn.dispatch, output)));
  return { outcome: event.kind === 'step_confirmed' ? 'succeeded' : event.outcome, seconds: 0 };
}

/** The head behind which the next entry may go; null when it could not be written. */
async function written(
  { ports, burn }: Behind,
  head: Head | null,
  event: EventOf<'command_sent' | 'command_finished' | 'step_confirmed'>,
): Promise<Head | null> {
  const until = ports.now() + longestWriting * 1000;
  const pause: AuditWriter['pause'] = async (weight) => {
    if (ports.now() > until) throw new Error(`an entry took longer than ${longestWriting} s`);
    await ports.writer.pause(weight);
  };
  try {
    const entry = await append({ ...ports.writer, pause }, burn.incidentId, event, { head });
    return entry && headOf(entry);
  } catch {
    return null;
  }
}
