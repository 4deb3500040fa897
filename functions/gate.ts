/** gate: woken by the machine; answers which dispatch comes next and what to do with it. */

import * as z from 'zod';
import { IncidentId } from '../core/dispatch.ts';
import { steer } from '../core/gate/steer.ts';
import { loadCompiled } from './compiled.ts';
import { parseInput } from './input.ts';
import { loadTools } from './risk-tools.ts';
import { situationPorts } from './situation.ts';
import { auditWriter, control } from './wiring.ts';

const Input = z.strictObject({ incidentId: IncidentId });

export async function handler(event: unknown) {
  const { incidentId } = parseInput(Input, event);
  const writer = auditWriter('gate');
  const ports = { ...situationPorts(writer, control().stopped), writer };
  const { decision, dispatch, seconds, status } = await steer(ports, loadCompiled(), await loadTools(), incidentId);
  return { decision, dispatch, seconds, status };
}
