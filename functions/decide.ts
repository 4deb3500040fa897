/** decide: woken by slack; verifies the click again, signs the vote, writes it, wakes the machine, or triage for a new plan. The sole signer and waker. */
import * as z from 'zod';
import { approvalKey } from '../adapters/kms/approval-key.ts';
import { knocker } from '../adapters/lambda/knock.ts';
import { readSecret } from '../adapters/secretsmanager/secrets.ts';
import { machine } from '../adapters/stepfunctions/machine.ts';
import { decide } from '../core/use-cases/decide.ts';
import { cards } from './wiring/cards.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { setting } from './wiring/environment.ts';
import { parseInput } from './wiring/input.ts';
import { invocation } from './wiring/invocation.ts';
import { auditWriter, control, dispatches, now, work } from './wiring/tables.ts';

const Input = z.strictObject({ rawBody: z.string(), timestamp: z.string(), signature: z.string() });

export async function handler(event: unknown): Promise<Record<string, never>> {
  return invocation({}, () => answered(event));
}

async function answered(event: unknown): Promise<Record<string, never>> {
  const key = approvalKey(setting('APPROVAL_KEY_ARN'));
  const ports = {
    writer: auditWriter('decide'),
    control: control(),
    cards: cards(),
    signingSecret: () => readSecret(setting('SLACK_SIGNING_SECRET')),
    sign: key.sign,
    publicKey: key.publicKey,
    wake: machine(setting('STATE_MACHINE_ARN')).wake,
    burns: dispatches().burns,
    incidentRow: work().incidentRow,
    begin: (incidentId: string) => knocker(setting('TRIAGE_FUNCTION'))({ retry: incidentId }),
    now,
  };
  await decide(ports, loadCompiled(), parseInput(Input, event));
  return {};
}
