/** Who a bot token is: its scopes as Slack's header says, and Slack's own no as a word. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { slackStanding } from '../../../adapters/slack/standing.ts';

let server: Server;
let scopes: string | null = null;
let answers: Record<string, Record<string, unknown>[]> = {};
const asked: string[] = [];
beforeAll(async () => {
  server = createServer((request, response) => {
    const method = (request.url ?? '').replace('/api/', '');
    asked.push(method);
    const [first, ...rest] = answers[method] ?? [];
    answers = { ...answers, [method]: rest };
    request.resume();
    response.writeHead(200, {
      'content-type': 'application/json',
      ...(scopes === null ? {} : { 'x-oauth-scopes': scopes }),
    });
    response.end(JSON.stringify(first ?? { ok: false, error: 'unexpected_call' }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(() => {
  server.closeAllConnections();
  server.close();
});
const standing = () =>
  slackStanding({ token: 'xoxb-test', apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/` });

test('the bot, its workspace and its scopes', async () => {
  scopes = 'chat:write, files:write';
  answers = { 'auth.test': [{ ok: true, user: 'countersign', team: 'Example' }] };
  expect(await standing().bot()).toEqual({
    bot: 'countersign',
    team: 'Example',
    scopes: ['chat:write', 'files:write'],
  });
});

test('without the header no scope is known; a refusal is Slack’s word', async () => {
  scopes = null;
  answers = {
    'auth.test': [
      { ok: true, user: 'b', team: 't' },
      { ok: false, error: 'invalid_auth' },
    ],
  };
  expect(await standing().bot()).toEqual({ bot: 'b', team: 't', scopes: null });
  expect(await standing().bot()).toEqual({ refusal: 'invalid_auth' });
});

describe('the channel', () => {
  test('by id is asked for by itself', async () => {
    answers = {
      'conversations.info': [{ ok: true, channel: { id: 'C0123456789', is_member: true, is_archived: false } }],
    };
    expect(await standing().channel('C0123456789')).toEqual({ isMember: true, isArchived: false });
  });

  test('by name is looked for on every page', async () => {
    answers = {
      'conversations.list': [
        { ok: true, channels: [{ name: 'other', is_member: true }], response_metadata: { next_cursor: 'more' } },
        { ok: true, channels: [{ name: 'incidents', is_member: false, is_archived: true }] },
      ],
    };
    expect(await standing().channel('incidents')).toEqual({ isMember: false, isArchived: true });
  });

  test.each(['missing_scope', 'channel_not_found'])('%s is Slack’s word', async (error) => {
    answers = { 'conversations.info': [{ ok: false, error }] };
    expect(await standing().channel('C0123456789')).toEqual({ refusal: error });
  });

  test('that is on no page is not there', async () => {
    answers = { 'conversations.list': [{ ok: true, channels: [] }] };
    expect(await standing().channel('incidents')).toEqual({ refusal: 'channel_not_found' });
  });
});

test('nothing that was asked changes anything', () => {
  expect(new Set(asked)).toEqual(new Set(['auth.test', 'conversations.info', 'conversations.list']));
});
