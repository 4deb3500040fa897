/** What follows the burn: the send, once, and what the audit is told of it. Nothing here throws. */
import { append } from '../audit/append.ts';
import type { EventOf } from '../audit/entry.ts';
import type { Burn } from '../burn.ts';
import type { Derived } from '../derive/derive.ts';
import { sha256 } from '../digest.ts';
import type { Situation } from '../incident/situation.ts';
import { redact } from '../redact.ts';
import { epochOf } from '../time.ts';
import { type ExecuteAnswer, type ExecutePorts, firstPollSeconds, type Sent } from './execute-ports.ts';

/** From here on the dispatch is burnt: nothing throws, and what cannot be written is left to `poll`. */
export async function afterBurn(
  ports: ExecutePorts,
  { incidentId }: Situation,
  { dispatch }: Derived,
  burn: Burn,
  sendOnce: (() => Promise<Sent>) | null,
): Promise<ExecuteAnswer> {
  if (sendOnce === null) {
    const confirmed = await written(ports, incidentId, { kind: 'step_confirmed', dispatch });
    return confirmed ? { outcome: 'succeeded', seconds: 0 } : { outcome: 'running', seconds: firstPollSeconds };
  }
  const sent: Sent =
    ports.now() > epochOf(burn.sendBy)
      ? { kind: 'not_sent', why: 'more time than is allowed passed between the burn and the send' }
      : await sendOnce().catch(
          (error): Sent => ({ kind: 'unknown', why: error instanceof Error ? error.message : String(error) }),
        );
  await written(ports, incidentId, {
    kind: 'command_sent',
    dispatch,
    commandId: sent.kind === 'sent' ? sent.commandId : null,
    error: sent.kind === 'sent' ? null : redact(sent.why).slice(0, 500),
  });
  if (sent.kind !== 'not_sent') return { outcome: 'running', seconds: firstPollSeconds };
  const ended = await written(ports, incidentId, {
    kind: 'command_finished',
    dispatch,
    outcome: 'not_started',
    results: burn.targets.map((target) => ({
      target,
      status: 'NotSent',
      exitCode: -1,
      stdoutHash: sha256(''),
      stderrHash: sha256(''),
      outcome: 'not_started' as const,
    })),
  });
  return ended ? { outcome: 'not_started', seconds: 0 } : { outcome: 'running', seconds: firstPollSeconds };
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
