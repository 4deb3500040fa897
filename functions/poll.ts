/** poll: woken by the machine; looks once at how a command stands on every target, and cancels it under a signed abort. */

import * as z from 'zod';
import { cancelCommand, findCommand, invocation } from '../adapters/ssm/commands.ts';
import { again } from '../core/again.ts';
import { Dispatch, IncidentId } from '../core/dispatch.ts';
import { poll } from '../core/use-cases/poll.ts';
import { parseInput } from './wiring/input.ts';
import { invocationOrAgain } from './wiring/invocation.ts';
import { kill } from './wiring/kill-switch.ts';
import { auditWriter, control, now, work } from './wiring/tables.ts';

const Input = z.strictObject({ incidentId: IncidentId, dispatch: Dispatch });

export async function handler(event: unknown) {
  const about = parseInput(Input, event);
  const writer = auditWriter('poll');
  const ports = {
    writer,
    items: writer.store.items,
    invocation,
    findCommand,
    cancel: cancelCommand,
    kill: () => kill(control()),
    saveOutput: work().saveOutput,
    now,
  };
  return invocationOrAgain(about, again.poll, () => poll(ports, about));
}
