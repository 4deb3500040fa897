/** close: woken by the machine; appends the closing entry, withdraws cards, tells people. */

import * as z from 'zod';
import { IncidentId } from '../core/dispatch.ts';
import { close } from '../core/incident/close.ts';
import { IncidentStatus } from '../core/words.ts';
import { closePorts } from './closing.ts';
import { loadCompiled } from './compiled.ts';
import { parseInput } from './input.ts';

const Input = z.strictObject({ incidentId: IncidentId, status: IncidentStatus, cause: z.string().nullable() });

export async function handler(event: unknown) {
  return { status: await close(closePorts('close'), loadCompiled(), parseInput(Input, event)) };
}
