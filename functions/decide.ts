/** decide: woken by slack, and by people at its own door; verifies who speaks, signs the vote, writes it, wakes the machine, or triage for a new plan. The sole signer and waker. */

import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import * as z from 'zod';
import { readSecret } from '../adapters/secretsmanager/secrets.ts';
import { respond } from '../adapters/slack/respond.ts';
import { identityOf } from '../adapters/sts/identity.ts';
import { decide } from '../core/use-cases/decide.ts';
import { hearAtDoor } from '../core/use-cases/hear-at-door.ts';
import { loadCompiled } from './wiring/compiled.ts';
import { deciding } from './wiring/deciding.ts';
import { setting } from './wiring/environment.ts';
import { parseInput } from './wiring/input.ts';
import { invocation, orAgain } from './wiring/invocation.ts';

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
  const raw = parseInput(Input, event);
  const signingSecret = () => readSecret(setting('SLACK_SIGNING_SECRET'));
  // Both at once: Slack is asked who answers, and shown what came of it.
  readSecret(setting('SLACK_BOT_TOKEN_SECRET')).catch(() => {});
  await decide({ ...deciding(), signingSecret, respond }, loadCompiled(), raw);
  return {};
}

const statusCodes = { heard: 200, malformed: 400, unproven: 401, again: 503 } as const;

async function atDoor({ body, isBase64Encoded }: APIGatewayProxyEventV2): Promise<APIGatewayProxyStructuredResultV2> {
  const door = { audience: setting('DOOR_AUDIENCE'), stsHost: setting('STS_HOST') };
  const text = Buffer.from(String(body ?? ''), isBase64Encoded ? 'base64' : 'utf8').toString('utf8');
  const answer = await orAgain({ kind: 'again' as const }, () =>
    hearAtDoor({ ...deciding(), identity: identityOf }, loadCompiled(), door, text),
  );
  const headers = { 'content-type': 'application/json' };
  return { statusCode: statusCodes[answer.kind], headers, body: JSON.stringify(answer) };
}
