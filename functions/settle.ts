/** settle: woken by the machine after each wait; reads how the request stands, shows it at its next level, and expires it when its time is over. */

import * as z from 'zod';
import { pager } from '../adapters/sns/pager.ts';
import { again } from '../core/again.ts';
import { Dispatch, IncidentId } from '../core/dispatch.ts';
import { settle } from '../core/use-cases/settle.ts';
import { publicKey } from './wiring/approval-key.ts';
import { cards } from './wiring/cards.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { setting } from './wiring/environment.ts';
import { parseInput } from './wiring/input.ts';
import { invocationOrAgain } from './wiring/invocation.ts';
import { kill } from './wiring/kill-switch.ts';
import { auditWriter, control, now, waits, work } from './wiring/tables.ts';

/** `again`: the question of this round was lost to AWS and will be put again. A machine of an earlier release does not say it. */
const Input = z.strictObject({ incidentId: IncidentId, dispatch: Dispatch, again: z.boolean().default(false) });

export async function handler(event: unknown) {
  const asked = parseInput(Input, event);
  const store = control();
  const ports = {
    writer: auditWriter('settle'),
    control: store,
    cards: cards(),
    waits: waits(),
    publicKey,
    countUndelivered: work().countUndelivered,
    kill: () => kill(store),
    page: pager(setting('PAGE_TOPIC_ARN')),
    now,
  };
  return invocationOrAgain(asked, again.settle, async () => ({
    decision: await settle(ports, loadCompiled(), asked),
  }));
}
