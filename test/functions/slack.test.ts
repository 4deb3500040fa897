/** The public URL: nothing happens without Slack's signature, and with it only what a button or modal of ours asks for. */
import { rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import type { APIGatewayProxyEventV2 } from 'aws-lambda';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { formatReference } from '../../core/reference.ts';
import { actionIds, callbackId, reasonInput } from '../../core/slack/controls.ts';
import { maximumBodyBytes, slackSignature } from '../../core/slack/signature.ts';
import { share } from '../soak.ts';
import { commandBody } from '../support/commands.ts';
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
  vi.useRealTimers();
  api.close();
  rmSync(folder, { recursive: true });
});
beforeEach(() => {
  // Only the date: what a test before has kept for a minute is forgotten.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.now() + 61_000 });
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
    callback_id: callbackId('reject'),
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

const bothSecrets = ['countersign/slack-bot-token', 'countersign/slack-signing-secret'];
const unsigned = { statusCode: 401, body: 'not signed by Slack' };
type Event = APIGatewayProxyEventV2;

describe('a request that Slack did not sign', () => {
  const body = form(click(actionIds.approve));
  const forged: [string, () => Event][] = [
    ['signed with another secret', () => request(body, { secret: 'guess' })],
    [
      'with the signature of another body',
      () => ({ ...request(body), body: form(click(actionIds.approve, `${reference}0`)) }),
    ],
    ['junk that is not signed', () => request('junk', { secret: 'guess' })],
    ['without a body', () => ({ ...request(body), body: undefined }) as unknown as Event],
  ];
  test.each(forged)('%s is 401: nothing is invoked', async (_, event) => {
    expect(await handler(event())).toEqual(unsigned);
    expect(secretsRead().sort()).toEqual(bothSecrets);
    expect([knocked(), opened]).toEqual([[], []]);
  });

  const right = `v0=${'0a'.repeat(32)}`;
  const hopeless: [string, () => unknown][] = [
    ['no headers', () => ({})],
    ['headers that are none', () => undefined],
    ['no signature', () => ({ 'x-slack-request-timestamp': now() })],
    ['no timestamp', () => ({ 'x-slack-signature': right })],
    ['a timestamp that is no number', () => ({ 'x-slack-request-timestamp': 'garbage', 'x-slack-signature': right })],
    ['a timestamp ten minutes old', () => headersAt(-600)],
    ['a timestamp from the future', () => headersAt(301)],
    ['a signature of another form', () => ({ ...headersAt(0), 'x-slack-signature': 'v0=abc' })],
    ['a signature in capitals', () => ({ ...headersAt(0), 'x-slack-signature': right.toUpperCase() })],
  ];
  function headersAt(distance: number) {
    return { 'x-slack-request-timestamp': String(Number(now()) + distance), 'x-slack-signature': right };
  }
  test.each(hopeless)('with %s is 401, and AWS is asked nothing', async (_, headers) => {
    expect(await handler({ ...request(body), headers: headers() } as unknown as Event)).toEqual(unsigned);
    expect([secretsRead(), knocked(), opened]).toEqual([[], [], []]);
  });

  test('a flood without a form that could be Slack’s asks AWS nothing at all', async () => {
    for (let index = 0; index < share(20_000, 200); index += 1) {
      const headers = hopeless[index % hopeless.length]?.[1]();
      expect(await handler({ ...request(body), headers } as unknown as Event)).toEqual(unsigned);
    }
    expect([secretsRead(), knocked(), opened]).toEqual([[], [], []]);
  });

  test('a flood of the right form reads each secret once a minute, however many come at once', async () => {
    const flood = () => Promise.all(Array.from({ length: 200 }, () => handler(request(body, { secret: 'guess' }))));
    for (const answer of await flood()) expect(answer).toEqual(unsigned);
    expect(secretsRead().sort()).toEqual(bothSecrets);
    vi.setSystemTime(Date.now() + 59_000);
    await flood();
    expect(secretsRead()).toHaveLength(2);
    vi.setSystemTime(Date.now() + 2_000);
    await flood();
    expect(secretsRead()).toHaveLength(4);
    expect([knocked(), opened]).toEqual([[], []]);
  });

  test.each([
    ['as text', { body: 'x'.repeat(maximumBodyBytes + 1), isBase64Encoded: false }],
    ['of characters that are more bytes', { body: 'é'.repeat(maximumBodyBytes / 2 + 1), isBase64Encoded: false }],
    ['in base64', { body: Buffer.alloc(maximumBodyBytes + 4).toString('base64'), isBase64Encoded: true }],
    ['of six megabytes', { body: 'x'.repeat(6 * 1024 * 1024), isBase64Encoded: false }],
  ])('a body that is too long, %s, is 413: it is not hashed, and AWS is asked nothing', async (_, content) => {
    expect(await handler({ ...request(body), ...content })).toEqual({
      statusCode: 413,
      body: 'at most 262144 bytes are read',
    });
    expect([secretsRead(), knocked(), opened]).toEqual([[], [], []]);
  });

  test('is answered by an error when the signing secret cannot be read or is empty, and the next one asks again', async () => {
    secrets.on(GetSecretValueCommand).resolves({ SecretString: '  ' });
    await expect(handler(request(body, { secret: '' }))).rejects.toThrow(/is empty/);
    await expect(handler(request(body, { secret: '' }))).rejects.toThrow(/is empty/);
    expect(secretsRead()).toHaveLength(4);
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
    expect(secretsRead().sort()).toEqual(bothSecrets);
    expect(opened).toEqual([]);
  });

  test('as an HTTP API hands it on: base64, lower-case headers, and byte for byte what Slack signed', async () => {
    // API Gateway hands on what is no text by its type in base64; a form is none.
    const words = form({ ...click(actionIds.approve), note: 'ü + %2B &amp; 日本' });
    const event = request(words, { base64: true });
    const asGateway = {
      ...event,
      version: '2.0',
      routeKey: 'POST /',
      rawPath: '/',
      requestContext: { http: { method: 'POST' } },
    };
    expect(await handler(asGateway as unknown as Event)).toEqual({ statusCode: 200, body: '' });
    expect(knocked().map(({ Payload }) => Payload.rawBody)).toEqual([words]);
    const other = Buffer.from(words.replace('note', 'Note')).toString('base64');
    expect(await handler({ ...asGateway, body: other } as unknown as Event)).toEqual(unsigned);
  });

  test('a body of the longest length is read, as text and in base64', async () => {
    const start = `${form(click(actionIds.approve))}&rest=`;
    const rawBody = start + 'x'.repeat(maximumBodyBytes - start.length);
    for (const base64 of [false, true])
      expect(await handler(request(rawBody, { base64 }))).toEqual({ statusCode: 200, body: '' });
    expect(knocked()).toHaveLength(2);
  });

  test('an approval needs no bot token: what only the modal needs stops only the modal', async () => {
    secrets
      .on(GetSecretValueCommand, { SecretId: 'countersign/slack-bot-token' })
      .rejects(new Error('AccessDeniedException'));
    expect(await handler(request(form(click(actionIds.approve))))).toEqual({ statusCode: 200, body: '' });
    expect(knocked()).toHaveLength(1);
    await expect(handler(request(form(click(actionIds.reject))))).rejects.toThrow('AccessDeniedException');
    expect(opened).toEqual([]);
  });

  test('a slash command is handed on byte for byte, and answered at once with no more than is known', async () => {
    const rawBody = commandBody(user.id, 'stop --abort wrong cluster');
    const { statusCode, headers, body } = await handler(request(rawBody));
    expect([statusCode, headers]).toEqual([200, { 'content-type': 'application/json' }]);
    const answer = JSON.parse(String(body));
    expect(answer).toEqual({ response_type: 'ephemeral', text: expect.stringMatching(/^On its way/) });
    expect(answer.text).not.toMatch(/^Stopped|is sent any more/);
    expect(knocked()).toMatchObject([{ FunctionName: 'countersign-decide', Payload: { rawBody } }]);
    expect(opened).toEqual([]);
  });

  test('a slash command that says nothing is answered with what can be said, and nobody is knocked at', async () => {
    const { body } = await handler(request(commandBody(user.id, 'stopp')));
    expect(JSON.parse(String(body)).text).toContain('stop [--abort]');
    expect(knocked()).toEqual([]);
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
      private_metadata: JSON.stringify({ reference, displayed: null, channel: 'C1', messageTs: '1.0', runbook: null }),
      callback_id: callbackId('reject'),
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

  test('a blank reason keeps the modal open and says what it wants, as Slack asks for it', async () => {
    const values = { [reasonInput.blockId]: { [reasonInput.actionId]: { value: '  ' } } };
    const answer = await handler(request(form({ ...submission, view: { ...submission.view, state: { values } } })));
    expect(answer).toMatchObject({ statusCode: 200, headers: { 'content-type': 'application/json' } });
    expect(JSON.parse(String(answer.body))).toEqual({
      response_action: 'errors',
      errors: { [reasonInput.blockId]: expect.stringContaining('Say why') },
    });
    expect([knocked(), opened]).toEqual([[], []]);
  });

  test.each([
    ['U0000000002', 'The policy does not name you as an approver.'],
    ['U0000000009', 'The policy does not name you.'],
  ])('Reject clicked by %s, who may not decide, opens no modal: "%s"', async (id, why) => {
    await handler(request(form({ ...click(actionIds.reject), user: { id, name: 'x' } })));
    expect(opened).toEqual([expect.objectContaining({ url: '/api/chat.postEphemeral', user: id, text: why })]);
    expect(knocked()).toEqual([]);
  });

  test.each([
    ['no form', 'junk'],
    ['no JSON', 'payload=%7Bno'],
    ['two payloads', 'payload=%7B%7D&payload=%7B%7D'],
    ['our button with a strange value', form(click(actionIds.approve, 'inc-1.rm -rf'))],
    ['a rejection of nothing', form({ ...submission, view: { ...submission.view, private_metadata: '{}' } })],
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
