/** gate: woken by the machine; answers which dispatch comes next and what to do with it. */

import * as z from 'zod';
import { IncidentId } from '../core/dispatch.ts';
import { gate } from '../core/use-cases/gate.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { parseInput } from './wiring/input.ts';
import { loadTools } from './wiring/risk-tools.ts';
import { situationPorts } from './wiring/situation.ts';
import { auditWriter, control } from './wiring/tables.ts';

const Input = z.strictObject({ incidentId: IncidentId });

export async function handler(event: unknown) {
  const { incidentId } = parseInput(Input, event);
  const writer = auditWriter('gate');
  const ports = { ...situationPorts(writer, control().stopped), writer };
  const { decision, dispatch, seconds, status } = await gate(ports, loadCompiled(), await loadTools(), incidentId);
  return { decision, dispatch, seconds, status };
}
