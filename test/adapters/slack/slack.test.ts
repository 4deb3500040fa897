/** The Slack adapter against an emulated Slack: what arrives there, and how it gives up. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { SlackUnavailable, slackAdapter } from '../../../adapters/slack/slack.ts';
import { approvalCard } from '../../../core/slack/card.ts';
import { modalFor } from '../../../core/slack/modals.ts';
import { ChannelBusy } from '../../../core/use-cases/ports.ts';
import { type SlackWorkspace, startSlackWorkspace } from '../../../local/slack/workspace.ts';
import { sampleCard, sampleOpening } from '../../core/slack/samples.ts';

const token = 'xoxb-local-token';
let workspace: SlackWorkspace;

beforeAll(async () => {
  const people = [{ name: 'ana', realName: 'Ana Oncall' }];
  workspace = await startSlackWorkspace({ people, channel: 'incidents', signingSecret: 's', botToken: token });
});
afterAll(() => workspace.stop());

const slack = () => slackAdapter({ token, apiUrl: workspace.apiUrl });

test('posts by the channel’s name, updates by id, and both arrive byte for byte', async () => {
  const message = approvalCard(sampleCard({ command: 'echo "ü *x* <!channel> &amp; :tada:"' }));
  const { channel, ts } = await slack().post('incidents', message);
  expect(channel).toBe(workspace.channelId);
  expect((await workspace.messages()).at(-1)).toMatchObject({ ts, blocks: message.blocks, edited: false });
  await slack().update(channel, ts, { text: 'x', blocks: [{ type: 'divider' }] });
  expect((await workspace.messages()).at(-1)).toMatchObject({ ts, blocks: [{ type: 'divider' }], edited: true });
});

test('puts a text file into the thread of a message, byte for byte', async () => {
  const { channel, ts } = await slack().post('incidents', approvalCard(sampleCard()));
  const text = 'größe 94 %\n\u{1f525}\n'.repeat(3000);
  await slack().attach(channel, ts, 'inc-1-outputs.txt', text);
  expect((await workspace.messages()).at(-1)).toMatchObject({
    ts,
    replies: [{ files: [{ name: 'inc-1-outputs.txt', content: { text } }] }],
  });
});

test('puts a picture into the thread of a message, byte for byte, with its words', async () => {
  const { channel, ts } = await slack().post('incidents', approvalCard(sampleCard()));
  const png = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, ...Array(256).keys());
  await slack().picture(channel, ts, { name: 'metric.png', png, words: 'disk_used_percent, 02:00 to 03:00 UTC' });
  const image = `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
  expect((await workspace.messages()).at(-1)).toMatchObject({
    ts,
    replies: [{ files: [{ title: 'disk_used_percent, 02:00 to 03:00 UTC', content: { image } }] }],
  });
});

test('an answer in a thread is shown in the channel as well, and says in whose thread it is', async () => {
  const first = await slack().post('incidents', approvalCard(sampleCard()));
  const answer = await slack().post('incidents', approvalCard(sampleCard()), first.ts);
  expect([first.threadTs, answer.threadTs]).toEqual([undefined, first.ts]);
  expect((await workspace.messages()).at(-1)).toMatchObject({ ts: answer.ts, threadTs: first.ts });
});

test('where Slack says no to the thread, the message stands in the channel alone', async () => {
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const chunk of request) body += String(chunk);
    bodies.push(body);
    const isAnswer = body.includes('thread_ts');
    response.setHeader('content-type', 'application/json');
    response.end(
      JSON.stringify(isAnswer ? { ok: false, error: 'thread_not_found' } : { ok: true, channel: 'C1', ts: '2.2' }),
    );
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  const posted = await slackAdapter({ token, apiUrl }).post('C1', approvalCard(sampleCard()), '1.1');
  expect(posted).toEqual({ channel: 'C1', ts: '2.2' });
  expect(bodies).toHaveLength(2);
  server.close();
});

test('a rate limit is a ChannelBusy: nothing was posted, also not without the thread', async () => {
  let calls = 0;
  const server = createServer((_, response) => {
    calls += 1;
    response.writeHead(429, { 'retry-after': '30' }).end('{"ok":false,"error":"ratelimited"}');
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
  const busy = slackAdapter({ token, apiUrl });
  await expect(busy.post('C1', approvalCard(sampleCard()), '1.1')).rejects.toBeInstanceOf(ChannelBusy);
  expect(calls).toBe(1);
  server.close();
});

test('words for which a click waits are not tried again: Slack waits 3 s', async () => {
  let calls = 0;
  const server = createServer((_, response) => {
    calls += 1;
    response.writeHead(500).end();
  });
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
  const away = slackAdapter({ token, apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/` });
  await expect(away.tellAtOnce('C1', 'U1', 'x')).rejects.toBeInstanceOf(SlackUnavailable);
  expect(calls).toBe(1);
  await expect(away.tellOnly('C1', 'U1', 'x')).rejects.toBeInstanceOf(SlackUnavailable);
  expect(calls).toBe(3);
  server.close();
});

test('a message that is not there is told from a Slack that is not there: trying again changes nothing', async () => {
  const message = approvalCard(sampleCard());
  const gone = slack().update(workspace.channelId, '1.1', message);
  await expect(gone).rejects.toMatchObject({
    name: 'MessageGone',
    message: expect.stringContaining('message_not_found'),
    cause: expect.any(SlackUnavailable),
  });
  const away = slackAdapter({ token, apiUrl: 'http://127.0.0.1:1/api/' }).update('C1', '1.1', message);
  await expect(away).rejects.toBeInstanceOf(SlackUnavailable);
});

describe('every other refusal is a SlackUnavailable with its cause', () => {
  test.each<[string, RegExp, () => Promise<unknown>]>([
    [
      'an unknown channel',
      /chat\.postMessage: .*channel_not_found/,
      () => slack().post('nowhere', approvalCard(sampleCard())),
    ],
    [
      'an unknown person',
      /chat\.postEphemeral: .*user_not_found/,
      () => slack().tellOnly(workspace.channelId, 'U404', 'x'),
    ],
    [
      'an old trigger',
      /views\.open: .*invalid_trigger_id/,
      () => slack().openModal('1.2.3', modalFor(sampleOpening())),
    ],
    [
      'another token',
      /chat\.postMessage: .*invalid_auth/,
      () => slackAdapter({ token: 'xoxb-other', apiUrl: workspace.apiUrl }).post('x', approvalCard(sampleCard())),
    ],
    [
      'no server',
      /chat\.postMessage: /,
      () => slackAdapter({ token, apiUrl: 'http://127.0.0.1:1/api/' }).post('x', approvalCard(sampleCard())),
    ],
  ])('%s', async (_, message, call) => {
    const error = await call().then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(SlackUnavailable);
    expect(error).toMatchObject({
      name: 'SlackUnavailable',
      message: expect.stringMatching(message),
      cause: expect.any(Error),
    });
    expect(String(error)).not.toContain(token);
  });
});

describe('it gives up early', () => {
  let calls = 0;
  let server: Server;
  let answer: 'limit' | 'never' | 'error' = 'limit';
  beforeAll(async () => {
    server = createServer((_, response) => {
      calls += 1;
      if (answer === 'limit') response.writeHead(429, { 'retry-after': '60' }).end();
      if (answer === 'error') response.writeHead(500).end();
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  test.each([
    ['limit', 1, 1_000],
    ['error', 2, 3_000],
    ['never', 2, 12_000],
  ] as const)('%s: %i calls, within %i ms', async (how, expected, limit) => {
    [answer, calls] = [how, 0];
    const started = Date.now();
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
    await expect(slackAdapter({ token, apiUrl }).post('x', approvalCard(sampleCard()))).rejects.toBeInstanceOf(
      how === 'limit' ? ChannelBusy : SlackUnavailable,
    );
    expect(calls).toBe(expected);
    expect(Date.now() - started).toBeLessThan(limit);
  });

  test('a modal: one call, within Slack’s 3 s', async () => {
    [answer, calls] = ['never', 0];
    const started = Date.now();
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
    await expect(slackAdapter({ token, apiUrl }).openModal('1.2.3', modalFor(sampleOpening()))).rejects.toBeInstanceOf(
      SlackUnavailable,
    );
    expect(calls).toBe(1);
    expect(Date.now() - started).toBeLessThan(3_000);
  });

  test('a file: no call of its three is tried again', async () => {
    [answer, calls] = ['error', 0];
    const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/`;
    await expect(slackAdapter({ token, apiUrl }).attach('C1', '1.1', 'x.txt', 'x')).rejects.toBeInstanceOf(
      SlackUnavailable,
    );
    expect(calls).toBe(1);
  });
});
