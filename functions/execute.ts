/** execute: the kernel, woken by the machine; derives everything again and sends once, by putting on the send role. */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { documentIs, findCommand, glance, invocation, prepareSend } from '../adapters/ssm/commands.ts';
import { sendRole } from '../adapters/sts/send-role.ts';
import { again } from '../core/again.ts';
import { Dispatch, IncidentId } from '../core/dispatch.ts';
import { execute } from '../core/use-cases/execute.ts';
import type { Send } from '../core/use-cases/execute-ports.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { controlled } from './wiring/controlled.ts';
import { setting } from './wiring/environment.ts';
import { parseInput } from './wiring/input.ts';
import { invocationOrAgain } from './wiring/invocation.ts';
import { loadTools } from './wiring/risk-tools.ts';
import { situationPorts } from './wiring/situation.ts';
import { suspensions } from './wiring/suspensions.ts';
import { auditWriter, burning, control, work } from './wiring/tables.ts';

const Input = z.strictObject({ incidentId: IncidentId, dispatch: Dispatch });

export async function handler(event: unknown, context: Context) {
  const input = parseInput(Input, event);
  const writer = auditWriter('execute');
  const store = control();
  const burns = burning();
  const [, partition = '', , region = '', account = ''] = context.invokedFunctionArn.split(':');
  const assume = sendRole(setting('SEND_ROLE_ARN'), { partition, account, region });
  const ports = {
    ...situationPorts(writer, { dispatches: burns, control: controlled(store) }),
    writer,
    dispatches: burns,
    question: store.latest,
    suspensions: suspensions(store),
    documentIs,
    prepare: (send: Send) => prepareSend(send, assume(send)),
    findCommand,
    invocation,
    glance,
    saveOutput: work().saveOutput,
    sleep: (milliseconds: number) => sleep(milliseconds),
  };
  // Nothing is thrown from the burn on; what was intended before it is found by the next call.
  return invocationOrAgain(input, again.execute, async () => execute(ports, loadCompiled(), await loadTools(), input));
}
