/** request-approval: woken by the machine with a task token; stores the question and posts its card. */
import { randomUUID } from 'node:crypto';
import * as z from 'zod';
import { Dispatch, IncidentId } from '../core/dispatch.ts';
import { requestApproval } from '../core/use-cases/request-approval.ts';
import { publicKey } from './wiring/approval-key.ts';
import { cards } from './wiring/cards.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { parseInput } from './wiring/input.ts';
import { kill } from './wiring/kill-switch.ts';
import { loadTools } from './wiring/risk-tools.ts';
import { situationPorts } from './wiring/situation.ts';
import { auditWriter, control, dispatches, work } from './wiring/tables.ts';

/** Step Functions' task tokens have at most 2,048 characters. */
const Input = z.strictObject({ incidentId: IncidentId, dispatch: Dispatch, token: z.string().min(1).max(2048) });

export async function handler(event: unknown): Promise<Record<string, never>> {
  const input = parseInput(Input, event);
  const writer = auditWriter('request-approval');
  const store = control();
  const ports = {
    ...situationPorts(writer, { dispatches: dispatches(), kill: () => kill(store) }),
    writer,
    control: store,
    cards: cards(),
    publicKey,
    shown: work().shown,
    newId: randomUUID,
  };
  await requestApproval(ports, loadCompiled(), await loadTools(), input);
  return {};
}
