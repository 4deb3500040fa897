/** request-approval: woken by the machine with a task token; stores the request and posts its card. */

import * as z from 'zod';
import { Dispatch, IncidentId } from '../core/dispatch.ts';
import { requestApproval } from '../core/use-cases/request-approval.ts';
import { cards } from './wiring/cards.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { parseInput } from './wiring/input.ts';
import { loadTools } from './wiring/risk-tools.ts';
import { situationPorts } from './wiring/situation.ts';
import { auditWriter, control, work } from './wiring/tables.ts';

/** Step Functions' task tokens have at most 2,048 characters. */
const Input = z.strictObject({ incidentId: IncidentId, dispatch: Dispatch, token: z.string().min(1).max(2048) });

export async function handler(event: unknown): Promise<Record<string, never>> {
  const input = parseInput(Input, event);
  const writer = auditWriter('request-approval');
  const store = control();
  const ports = {
    ...situationPorts(writer, store.stopped),
    writer,
    control: store,
    cards: cards(),
    shown: work().shown,
  };
  await requestApproval(ports, loadCompiled(), await loadTools(), input);
  return {};
}
