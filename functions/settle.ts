/** settle: woken by the machine after each wait; reads how the request stands, and expires it when its time is over. */

import * as z from 'zod';
import { Dispatch, IncidentId } from '../core/dispatch.ts';
import { settle } from '../core/use-cases/settle.ts';
import { publicKey } from './wiring/approval-key.ts';
import { cards } from './wiring/cards.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { parseInput } from './wiring/input.ts';
import { auditWriter, control, now, work } from './wiring/tables.ts';

const Input = z.strictObject({ incidentId: IncidentId, dispatch: Dispatch });

export async function handler(event: unknown) {
  const { incidentId, dispatch } = parseInput(Input, event);
  const ports = {
    writer: auditWriter('settle'),
    control: control(),
    cards: cards(),
    publicKey,
    countUndelivered: work().countUndelivered,
    now,
  };
  return { decision: await settle(ports, loadCompiled(), incidentId, dispatch) };
}
