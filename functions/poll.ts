/** poll: woken by the machine; looks once at how a command stands on every target. */

import * as z from 'zod';
import { findCommand, invocation } from '../adapters/ssm/commands.ts';
import { again } from '../core/again.ts';
import { Dispatch, IncidentId } from '../core/dispatch.ts';
import { poll } from '../core/use-cases/poll.ts';
import { parseInput } from './wiring/input.ts';
import { invocationOrAgain } from './wiring/invocation.ts';
import { auditWriter, now, work } from './wiring/tables.ts';

const Input = z.strictObject({ incidentId: IncidentId, dispatch: Dispatch });

export async function handler(event: unknown) {
  const about = parseInput(Input, event);
  const writer = auditWriter('poll');
  const ports = {
    writer,
    items: writer.store.items,
    invocation,
    findCommand,
    saveOutput: work().saveOutput,
    now,
  };
  return invocationOrAgain(about, again.poll, () => poll(ports, about));
}
