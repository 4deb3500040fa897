/** Slack's word on its members against an emulated Slack, and against answers that it would rather not give. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { slackMembers } from '../../../adapters/slack/members.ts';
import { SlackUnavailable } from '../../../adapters/slack/slack.ts';
import { type SlackWorkspace, startSlackWorkspace } from '../../../local/slack/workspace.ts';

const token = 'xoxb-local-token';
let workspace: SlackWorkspace;
/** What this Slack answers, by method. */
let answers: Record<string, { status?: number; body: object }> = {};
const asked: string[] = [];
const server = createServer((request, response) => {
  const method = (request.url ?? '').replace('/api/', '');
  let body = '';
  request.on('data', (chunk) => {
    body += chunk;
  });
  request.on('end', () => {
    asked.push(`${method} ${body}`);
    const answer = answers[method] ?? { body: { ok: false, error: 'unknown_method' } };
    response.writeHead(answer.status ?? 200, { 'content-type': 'application/json' }).end(JSON.stringify(answer.body));
  });
});

beforeAll(async () => {
  const people = [{ name: 'ana', realName: 'Ana Oncall' }];
  workspace = await startSlackWorkspace({ people, channel: 'incidents', signingSecret: 's', botToken: token });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
});
afterAll(async () => {
  await workspace.stop();
  server.close();
});

const emulated = () => slackMembers({ token, apiUrl: workspace.apiUrl });
const elsewhere = () =>
  slackMembers({ token, apiUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}/api/` });
const user = { id: 'U1', team_id: 'T1', deleted: false, is_bot: false };

test('a person of the workspace is a full member of it', async () => {
  const [ana] = workspace.users;
  const member = await emulated().member(ana?.id ?? '');
  expect(member).toEqual({
    id: ana?.id,
    teams: [await emulated().team()],
    isBot: false,
    isGuest: false,
    isDeactivated: false,
  });
});

test.each<[string, object, object]>([
  ['a guest of several channels', { is_restricted: true }, { isGuest: true }],
  ['a guest of one channel', { is_ultra_restricted: true }, { isGuest: true }],
  ['a bot', { is_bot: true }, { isBot: true }],
  ['somebody who has left', { deleted: true }, { isDeactivated: true }],
  ['a member of several workspaces', { enterprise_user: { teams: ['T2', 'T3'] } }, { teams: ['T1', 'T2', 'T3'] }],
])('%s is told as such', async (_, said, expected) => {
  answers = { 'users.info': { body: { ok: true, user: { ...user, ...said } } } };
  expect(await elsewhere().member('U1')).toMatchObject(expected);
});

test('the members of a group are those whom Slack lists', async () => {
  answers = { 'usergroups.users.list': { body: { ok: true, users: ['U1', 'U2'] } } };
  asked.length = 0;
  expect(await elsewhere().group('S1')).toEqual(['U1', 'U2']);
  expect(asked).toEqual(['usergroups.users.list usergroup=S1']);
});

test.each<[string, { status?: number; body: object }]>([
  ['says no', { body: { ok: false, error: 'user_not_found' } }],
  ['lacks a scope', { body: { ok: false, error: 'missing_scope', needed: 'users:read' } }],
  ['is down', { status: 500, body: {} }],
  ['says nothing of the user', { body: { ok: true } }],
  ['does not say whether it is a bot', { body: { ok: true, user: { ...user, is_bot: undefined } } }],
])('a Slack that %s is an error, not an answer', async (_, answer) => {
  answers = { 'users.info': answer };
  await expect(elsewhere().member('U1')).rejects.toThrow(SlackUnavailable);
});
