/** settle: woken by the machine after each wait; reads how the request stands, and expires it when its time is over. */

import * as z from 'zod';
import { Dispatch, IncidentId } from '../core/dispatch.ts';
import { settle } from '../core/use-cases/settle.ts';
import { cards } from './wiring/cards.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { parseInput } from './wiring/input.ts';
import { auditWriter, control, now, work } from './wiring/tables.ts';

const Input = z.strictObject({ incidentId: IncidentId, dispatch: Dispatch });

export async function handler(event: unknown) {
  const { incidentId, dispatch } = parseInput(Input, event);
  const writer = auditWriter('settle');
  const ports = {
    writer,
    control: control(),
    cards: cards(),
    entries: writer.store.entries,
    countUndelivered: work().countUndelivered,
    now,
  };
  return { decision: await settle(ports, loadCompiled(), incidentId, dispatch) };
}
