/** decide: woken by slack, and by people at its own door; verifies who speaks, signs the vote, writes it, wakes the machine, or triage for a new plan. The sole signer and waker. */

import { setTimeout as sleep } from 'node:timers/promises';
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import { approvalKey } from '../adapters/kms/approval-key.ts';
import { knocker } from '../adapters/lambda/knock.ts';
import { readSecret } from '../adapters/secretsmanager/secrets.ts';
import { respond } from '../adapters/slack/respond.ts';
import { machine } from '../adapters/stepfunctions/machine.ts';
import { decide } from '../core/use-cases/decide.ts';
import { hearAtDoor } from '../core/use-cases/hear-at-door.ts';
import { cards } from './wiring/cards.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { setting } from './wiring/environment.ts';
import { parseInput } from './wiring/input.ts';
import { invocation, orAgain } from './wiring/invocation.ts';
import { suspensions } from './wiring/suspensions.ts';
import { auditWriter, control, dispatches, now, work } from './wiring/tables.ts';

const Input = z.strictObject({ rawBody: z.string(), timestamp: z.string(), signature: z.string() });

type Answer = Record<string, never> | APIGatewayProxyStructuredResultV2;

export async function handler(event: unknown): Promise<Answer> {
  return invocation<Answer>({}, () => (isFromDoor(event) ? atDoor(event) : fromSlack(event)));
}

/** What `slack` hands on has no request context; whoever makes one up gains nothing, since nothing in it is believed. */
function isFromDoor(event: unknown): event is APIGatewayProxyEventV2 {
  return typeof event === 'object' && event !== null && 'requestContext' in event;
}

async function fromSlack(event: unknown): Promise<Record<string, never>> {
  const slack = { cards: cards(), signingSecret: () => readSecret(setting('SLACK_SIGNING_SECRET')), respond };
  await decide({ ...ports(), ...slack }, loadCompiled(), parseInput(Input, event));
  return {};
}

const statusCodes = { heard: 200, malformed: 400, unproven: 401 } as const;

async function atDoor({
  body = '',
  isBase64Encoded,
}: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const door = { audience: setting('DOOR_AUDIENCE'), stsHost: setting('STS_HOST') };
  // STS's client is read only when somebody comes this way: a click must not wait for it.
  const identity = async (headers: Readonly<Record<string, string>>) =>
    (await import('../adapters/sts/identity.ts')).identityOf(headers);
  const text = isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
  const again = { kind: 'again' as const };
  const answer = await orAgain(again, () =>
    hearAtDoor({ ...ports(), cards: cards(), identity }, loadCompiled(), door, text),
  );
  const statusCode = answer.kind === 'again' ? 503 : statusCodes[answer.kind];
  return { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(answer) };
}

function ports() {
  const key = approvalKey(setting('APPROVAL_KEY_ARN'));
  return {
    writer: auditWriter('decide'),
    control: control(),
    sign: key.sign,
    publicKey: key.publicKey,
    suspensions: suspensions(control()),
    wake: machine(setting('STATE_MACHINE_ARN')).wake,
    incidentRow: work().incidentRow,
    openIncidents: work().openIncidents,
    dispatches: dispatches(),
    sleep: async (milliseconds: number) => void (await sleep(milliseconds)),
    begin: (incidentId: string) => knocker(setting('TRIAGE_FUNCTION'))({ retry: incidentId }),
    now,
  };
}
