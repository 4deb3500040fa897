/** request-approval: woken by the machine with a task token; stores the question and posts its card. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { isRetryable } from '../adapters/patience.ts';
import { again } from '../core/again.ts';
import { Dispatch, IncidentId } from '../core/dispatch.ts';
import { ChannelBusy } from '../core/use-cases/ports.ts';
import { NotItsTurn, requestApproval } from '../core/use-cases/request-approval.ts';
import { cards } from './wiring/cards.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { controlled } from './wiring/controlled.ts';
import { parseInput } from './wiring/input.ts';
import { invocation } from './wiring/invocation.ts';
import { loadTools } from './wiring/risk-tools.ts';
import { situationPorts } from './wiring/situation.ts';
import { suspensions } from './wiring/suspensions.ts';
import { auditWriter, control, dispatches, threading, waits, work } from './wiring/tables.ts';

/** Step Functions' task tokens have at most 2,048 characters. */
const Input = z.strictObject({ incidentId: IncidentId, dispatch: Dispatch, token: z.string().min(1).max(2048) });

/** AWS could not answer, or Slack takes no more now: no word on whether the card can be delivered. The machine knows it by its name. */
class Again extends Error {
  override readonly name = again['request-approval'];
}

export async function handler(event: unknown): Promise<Record<string, never>> {
  const { token, ...about } = parseInput(Input, event);
  return invocation(about, () =>
    asked({ token, ...about }).catch((error: unknown) => {
      // Nothing that is answered here reaches the machine: it waits for the token, or for an error.
      const isLater = isRetryable(error) || error instanceof ChannelBusy || error instanceof NotItsTurn;
      throw isLater ? new Again('AWS or Slack could not answer yet', { cause: error }) : error;
    }),
  );
}

async function asked(input: z.infer<typeof Input>): Promise<Record<string, never>> {
  const writer = auditWriter('request-approval');
  const store = control();
  const ports = {
    ...situationPorts(writer, { dispatches: dispatches(), control: controlled(store) }),
    writer,
    control: store,
    cards: cards(),
    waits: waits(),
    ...threading(),
    suspensions: suspensions(store),
    shown: work().shown,
    newId: randomUUID,
  };
  await requestApproval(ports, loadCompiled(), await loadTools(), input);
  return {};
}
