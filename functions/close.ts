/** close: woken by the machine; appends the closing entry, withdraws cards, tells people. */

import * as z from 'zod';
import { again } from '../core/again.ts';
import { IncidentId } from '../core/dispatch.ts';
import { close } from '../core/use-cases/close.ts';
import { IncidentStatus } from '../core/words.ts';
import { closePorts } from './wiring/closing.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { parseInput } from './wiring/input.ts';
import { invocationOrAgain } from './wiring/invocation.ts';

const Input = z.strictObject({ incidentId: IncidentId, status: IncidentStatus, cause: z.string().nullable() });

export async function handler(event: unknown) {
  const about = parseInput(Input, event);
  return invocationOrAgain(about, again.close, async () => ({
    answer: 'closed' as const,
    status: await close(closePorts('close'), loadCompiled(), about),
  }));
}
