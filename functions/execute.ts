/** execute: the kernel, woken by the machine; derives everything again and sends once, by putting on the send role. */

import type { Context } from 'aws-lambda';
import * as z from 'zod';
import { burner } from '../adapters/dynamodb/burn.ts';
import { approvalKey } from '../adapters/kms/approval-key.ts';
import { sendCommand } from '../adapters/ssm/commands.ts';
import { sendRole } from '../adapters/sts/send-role.ts';
import { Dispatch, IncidentId } from '../core/dispatch.ts';
import { execute, type Send } from '../core/use-cases/execute.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { setting } from './wiring/environment.ts';
import { parseInput } from './wiring/input.ts';
import { loadTools } from './wiring/risk-tools.ts';
import { situationPorts } from './wiring/situation.ts';
import { auditWriter, control, database } from './wiring/tables.ts';

const Input = z.strictObject({ incidentId: IncidentId, dispatch: Dispatch });

export async function handler(event: unknown, context: Context) {
  const input = parseInput(Input, event);
  const compiled = loadCompiled();
  const writer = auditWriter('execute');
  const store = control();
  const [, partition = '', , region = '', account = ''] = context.invokedFunctionArn.split(':');
  const place = { partition, account, region };
  const assume = sendRole(setting('SEND_ROLE_ARN'), place, compiled.document.name);
  const ports = {
    ...situationPorts(writer, store.stopped),
    writer,
    request: store.read,
    isSigned: approvalKey(setting('APPROVAL_KEY_ARN')).isSigned,
    burn: burner(database, { audit: setting('AUDIT_TABLE'), control: setting('CONTROL_TABLE') }),
    send: async (send: Send) => sendCommand(send, compiled.document, await assume(send)),
  };
  return execute(ports, compiled, await loadTools(), input);
}
