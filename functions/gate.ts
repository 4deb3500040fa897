/** gate: woken by the machine; answers which dispatch comes next and what to do with it. */
import * as z from 'zod';
import { again } from '../core/again.ts';
import { IncidentId } from '../core/dispatch.ts';
import { gate } from '../core/use-cases/gate.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { controlled } from './wiring/controlled.ts';
import { parseInput } from './wiring/input.ts';
import { invocationOrAgain } from './wiring/invocation.ts';
import { loadTools } from './wiring/risk-tools.ts';
import { situationPorts } from './wiring/situation.ts';
import { auditWriter, control, dispatches } from './wiring/tables.ts';

const Input = z.strictObject({ incidentId: IncidentId });

export async function handler(event: unknown) {
  const about = parseInput(Input, event);
  const { incidentId } = about;
  return invocationOrAgain(about, again.gate, () => answer(incidentId));
}

async function answer(incidentId: string) {
  const writer = auditWriter('gate');
  const situation = situationPorts(writer, { dispatches: dispatches(), control: controlled(control()) });
  const ports = { ...situation, writer };
  const { decision, dispatch, seconds, status } = await gate(ports, loadCompiled(), await loadTools(), incidentId);
  return { decision, dispatch, seconds, status };
}
