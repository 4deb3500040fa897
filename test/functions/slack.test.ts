/** The public URL: nothing happens without Slack's signature, and with it only what a button or modal of ours asks for. */
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { formatReference } from '../../core/reference.ts';
import { actionIds, reasonInput, rejectCallbackId } from '../../core/slack/interaction.ts';
import { slackSignature } from '../../core/slack/signature.ts';
import { compiledOf, policyText } from '../support/fixtures.ts';
import { deployed } from './environment.ts';

const signingSecret = '8f742231b10e8888abcd99yyyzzz85a5';
const secrets = mockClient(SecretsManagerClient);
const lambda = mockClient(LambdaClient);
const opened: Record<string, unknown>[] = [];
let api: Server;
let folder = '';
let handler: typeof import('../../functions/slack.ts').handler;

beforeAll(async () => {
  api = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      opened.push({
        url: request.url,
        authorization: request.headers.authorization,
        ...Object.fromEntries(new URLSearchParams(body)),
      });
      response.writeHead(200, { 'content-type': 'application/json' }).end('{"ok":true}');
    });
  });
  await new Promise<void>((resolve) => api.listen(0, '127.0.0.1', resolve));
  const url = `http://127.0.0.1:${(api.address() as AddressInfo).port}/api/`;
  folder = deployed(compiledOf({ policy: policyText('live', `slack: { api_url: '${url}' }`) }));
  ({ handler } = await import('../../functions/slack.ts'));
});
afterAll(() => {
  api.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  secrets.reset();
  lambda.reset();
  opened.length = 0;
  secrets.on(GetSecretValueCommand).callsFake(({ SecretId }) => ({
    SecretString: SecretId === 'countersign/slack-signing-secret' ? signingSecret : 'xoxb-of-the-test',
  }));
  lambda.on(InvokeCommand).resolves({ StatusCode: 202 });
});

const reference = formatReference({
  incidentId: 'inc-0123456789abcdef0123',
  dispatch: { step: 2, part: 'run', attempt: 1, wave: 1 },
  revision: 1,
  questionDigest: 'ab'.repeat(32),
});
const older = `inc-0123456789abcdef0123.2.run.1.0123456789ab.${'ab'.repeat(32)}`;
const user = { id: 'U0000000001', name: 'ana' };
const click = (action_id: string, value = reference) => ({
  type: 'block_actions',
  user,
  trigger_id: '1.2.x',
  channel: { id: 'C1' },
  message: { ts: '1.0' },
  actions: [{ action_id, value }],
});
const submission = {
  type: 'view_submission',
  user,
  view: {
    callback_id: rejectCallbackId,
    private_metadata: reference,
    state: { values: { [reasonInput.blockId]: { [reasonInput.actionId]: { value: 'not now' } } } },
  },
};
const form = (payload: unknown) => `payload=${encodeURIComponent(JSON.stringify(payload))}`;
const now = () => String(Math.floor(Date.now() / 1000));

/** A request as the function URL delivers it. */
function request(rawBody: string, { timestamp = now(), secret = signingSecret, base64 = false, headers = {} } = {}) {
  const signed = {
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': slackSignature(rawBody, timestamp, secret),
  };
  const body = base64 ? Buffer.from(rawBody).toString('base64') : rawBody;
  return { headers: { ...signed, ...headers }, body, isBase64Encoded: base64 } as unknown as APIGatewayProxyEventV2;
}

const secretsRead = () => secrets.commandCalls(GetSecretValueCommand).map(({ args }) => args[0].input.SecretId);
const knocked = () =>
  lambda
    .commandCalls(InvokeCommand)
    .map(({ args: [{ input }] }) => ({ ...input, Payload: JSON.parse(String(input.Payload)) }));

describe('a request that Slack did not sign', () => {
  const body = form(click(actionIds.approve));
  const forged: [string, APIGatewayProxyEventV2][] = [
    ['signed with another secret', request(body, { secret: 'guess' })],
    ['ten minutes old', request(body, { timestamp: String(Number(now()) - 600) })],
    ['from the future', request(body, { timestamp: String(Number(now()) + 600) })],
    ['with the signature of another body', { ...request(body), body: form(click(actionIds.approve, `${reference}0`)) }],
    ['junk that is not signed', request('junk', { secret: 'guess' })],
    ['without a body', { ...request(body), body: undefined } as unknown as APIGatewayProxyEventV2],
  ];
  test.each(forged)('%s is 401: nothing is invoked, and no other secret read', async (_, event) => {
    expect(await handler(event)).toEqual({ statusCode: 401, body: 'not signed by Slack' });
    expect(secretsRead()).toEqual(['countersign/slack-signing-secret']);
    expect([knocked(), opened]).toEqual([[], []]);
  });

  test.each([
    ['no headers', {}],
    ['no signature', { 'x-slack-request-timestamp': '1' }],
    ['headers that are none', undefined],
  ])('with %s is 401 and reads no secret at all', async (_, headers) => {
    expect(await handler({ ...request(body), headers } as unknown as APIGatewayProxyEventV2)).toMatchObject({
      statusCode: 401,
    });
    expect(secretsRead()).toEqual([]);
  });

  test('is answered by an error when the signing secret cannot be read or is empty', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: '  ' });
    await expect(handler(request(body, { secret: '' }))).rejects.toThrow(/is empty/);
    expect(knocked()).toEqual([]);
  });
});

describe('a request that Slack signed', () => {
  test.each([
    ['as text', {}],
    ['in base64', { base64: true }],
  ])('an approval %s knocks at decide with the very bytes, timestamp and signature', async (_, how) => {
    const rawBody = form(click(actionIds.approve));
    const event = request(rawBody, how);
    expect(await handler(event)).toEqual({ statusCode: 200, body: '' });
    const timestamp = event.headers['x-slack-request-timestamp'];
    expect(knocked()).toEqual([
      {
        FunctionName: 'countersign-decide',
        InvocationType: 'Event',
        Payload: { rawBody, timestamp, signature: event.headers['x-slack-signature'] },
      },
    ]);
    expect(secretsRead()).toEqual(['countersign/slack-signing-secret']);
    expect(opened).toEqual([]);
  });

  test('headers have no case', async () => {
    const event = request(form(click(actionIds.approve)));
    const headers = Object.fromEntries(
      Object.entries(event.headers).map(([name, value]) => [name.toUpperCase(), value]),
    );
    expect(await handler({ ...event, headers })).toMatchObject({ statusCode: 200 });
    expect(knocked()).toHaveLength(1);
  });

  test('a click on Reject opens the modal that asks why, and decides nothing', async () => {
    expect(await handler(request(form(click(actionIds.reject))))).toEqual({ statusCode: 200, body: '' });
    expect(opened).toMatchObject([
      { url: '/api/views.open', authorization: 'Bearer xoxb-of-the-test', trigger_id: '1.2.x' },
    ]);
    expect(JSON.parse(String(opened[0]?.view))).toMatchObject({
      private_metadata: reference,
      callback_id: rejectCallbackId,
    });
    expect(knocked()).toEqual([]);
  });

  test('a click on a card of the first release opens no modal: decide says what to do instead', async () => {
    expect(await handler(request(form(click(actionIds.reject, older))))).toEqual({ statusCode: 200, body: '' });
    expect([knocked().length, opened]).toEqual([1, []]);
  });

  test('the submitted reason knocks at decide', async () => {
    expect(await handler(request(form(submission)))).toEqual({ statusCode: 200, body: '' });
    expect(knocked()).toHaveLength(1);
  });

  test.each([
    ['no form', 'junk'],
    ['no JSON', 'payload=%7Bno'],
    ['two payloads', 'payload=%7B%7D&payload=%7B%7D'],
    ['our button with a strange value', form(click(actionIds.approve, 'inc-1.rm -rf'))],
    ['a rejection without a reason', form({ ...submission, view: { ...submission.view, state: { values: {} } } })],
  ])('%s is 400 with the reason, and nothing happens', async (_, rawBody) => {
    const answer = await handler(request(rawBody));
    expect(answer).toMatchObject({ statusCode: 400 });
    expect(String(answer.body).length).toBeGreaterThan(20);
    expect([knocked(), opened]).toEqual([[], []]);
  });

  test.each([
    ['somebody else’s button', { ...click('deploy.now') }],
    ['another modal', { ...submission, view: { ...submission.view, callback_id: 'other' } }],
    ['a kind that Slack may invent', { type: 'message_action' }],
  ])('%s is 200 and nothing happens', async (_, payload) => {
    expect(await handler(request(form(payload)))).toEqual({ statusCode: 200, body: '' });
    expect([knocked(), opened]).toEqual([[], []]);
  });

  test('an approval that could not be handed on is an error: Slack shows that the click failed', async () => {
    lambda.on(InvokeCommand).resolves({ StatusCode: 500 });
    await expect(handler(request(form(click(actionIds.approve))))).rejects.toThrow(/countersign-decide answered 500/);
  });
});
