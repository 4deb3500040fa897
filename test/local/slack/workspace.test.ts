/** The local workspace without a browser: the scripted operator, whispers, outages, and what it refuses. */

import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { respond } from '../../../adapters/slack/respond.ts';
import { type Slack, slackAdapter } from '../../../adapters/slack/slack.ts';
import { formatReference } from '../../../core/reference.ts';
import { shortCode } from '../../../core/short-code.ts';
import { approvalCard, decidedCard } from '../../../core/slack/card.ts';
import { isResponseUrl } from '../../../core/slack/command.ts';
import { displayedDigest } from '../../../core/slack/displayed.ts';
import { botScopes } from '../../../local/slack/web-api.ts';
import { type SlackWorkspace, startSlackWorkspace } from '../../../local/slack/workspace.ts';
import { sampleCard } from '../../core/slack/samples.ts';
import { botToken, type FakeApp, signingSecret, startFakeApp } from './app.ts';

let workspace: SlackWorkspace;
let app: FakeApp;
let slack: Slack;

beforeAll(async () => {
  const people = [
    { name: 'ana', realName: 'Ana Oncall' },
    { name: 'eve', realName: 'Eve <script>alert(1)</script>' },
  ];
  workspace = await startSlackWorkspace({ people, channel: 'incidents', signingSecret, botToken });
  app = await startFakeApp(workspace.apiUrl);
  workspace.setInteractivityUrl(app.url);
  slack = slackAdapter({ token: botToken, apiUrl: workspace.apiUrl });
});
afterAll(async () => {
  await app.stop();
  await workspace.stop();
});
beforeEach(() => {
  app.acts.length = 0;
  app.answer = 200;
});

const reference = formatReference(sampleCard().reference);

describe('a slash command', () => {
  const texts = (user: string) => workspace.whispers(user).map(({ text }) => text);

  test('is sent as Slack sends it, and its answers, at once and later, are whispered to who typed it', async () => {
    const answer = await workspace.command({ user: 'ana', text: '/countersign stop --abort wrong & cluster' });
    expect(answer.status).toBe(200);
    expect(app.refused).toEqual([]);
    const { id } = workspace.users.find(({ name }) => name === 'ana') ?? { id: '' };
    const [said] = app.commands;
    expect(said).toMatchObject({ word: 'stop', about: 'abort', reason: 'wrong & cluster', userId: id });
    expect(isResponseUrl(said?.responseUrl ?? '', workspace.apiUrl)).toBe(true);
    await respond(said?.responseUrl ?? '', 'Stopped.');
    expect(texts('ana').slice(-2)).toEqual(['On it.', 'Stopped.']);
    expect(texts('eve')).not.toContain('Stopped.');
  });

  test('takes five later answers, and none at an address that it never gave', async () => {
    await workspace.command({ user: 'ana', text: '/countersign status' });
    const url = app.commands.at(-1)?.responseUrl ?? '';
    for (let answers = 0; answers < 5; answers += 1) await respond(url, `answer ${answers}`);
    await expect(respond(url, 'one too many')).rejects.toThrow('HTTP 404');
    await expect(respond(`${url}x`, 'whoever')).rejects.toThrow('HTTP 404');
    expect(texts('ana')).not.toContain('one too many');
  });

  test('that the app does not take says so', async () => {
    app.answer = 500;
    await workspace.command({ user: 'ana', text: '/countersign status' });
    expect(texts('ana').at(-1)).toBe('/countersign failed: the app answered 500.');
  });
});

describe('press', () => {
  test('approves by the same signed request as the page', async () => {
    const waiting = workspace.waitForCard({ timeoutMs: 5_000 });
    const { ts } = await slack.post('incidents', approvalCard(sampleCard()));
    expect((await waiting).ts).toBe(ts);
    expect(await workspace.press({ user: 'ana', button: 'approve' })).toEqual({ status: 200, body: '' });
    const { id } = workspace.users.find(({ name }) => name === 'ana') ?? { id: '' };
    expect(app.acts).toMatchObject([
      {
        kind: 'opens',
        word: 'approve',
        about: { headline: expect.stringContaining('Deletes files'), command: expect.stringContaining('-delete') },
        reference,
        userId: id,
        channel: workspace.channelId,
        messageTs: ts,
      },
      {
        kind: 'answer',
        word: 'approve',
        code: shortCode(sampleCard().reference.incidentId),
        displayed: displayedDigest(approvalCard(sampleCard()).blocks),
        reference,
        userId: id,
        channel: workspace.channelId,
        messageTs: ts,
      },
    ]);
    expect(app.refused).toEqual([]);
  });

  test('rejects through the modal, with a reason', async () => {
    const { ts } = await slack.post(workspace.channelId, approvalCard(sampleCard()));
    await workspace.press({ user: 'eve', button: 'reject', messageTs: ts, reason: 'not & now + <b>' });
    expect(app.acts.map((act) => [act.kind, act.kind === 'answer' ? act.reason : null])).toEqual([
      ['opens', null],
      ['answer', 'not & now + <b>'],
    ]);
    expect(app.acts[1]?.reference).toBe(reference);
  });

  test('a decided card has no buttons to press', async () => {
    const card = sampleCard();
    const { channel, ts } = await slack.post('incidents', approvalCard(card));
    await slack.update(channel, ts, decidedCard(card, { status: 'EXPIRED', by: [], at: 1_795_404_421, reason: null }));
    expect((await workspace.messages()).find((message) => message.ts === ts)).toMatchObject({ edited: true });
    await expect(workspace.press({ user: 'ana', button: 'approve', messageTs: ts })).rejects.toThrow('has no button');
  });

  test('a stranger’s name and a missing app are errors one can read', async () => {
    await expect(workspace.press({ user: 'zoe', button: 'approve' })).rejects.toThrow('there are ana, eve');
    await slack.post('incidents', approvalCard(sampleCard()));
    workspace.setInteractivityUrl('http://127.0.0.1:1/');
    expect(await workspace.press({ user: 'ana', button: 'approve' })).toMatchObject({ status: 0 });
    workspace.setInteractivityUrl(app.url);
  });
});

test('another signing secret is refused by the app', async () => {
  const other = await startSlackWorkspace({
    people: [{ name: 'ana', realName: 'Ana' }],
    channel: 'x',
    signingSecret: 'other',
    botToken,
    interactivityUrl: app.url,
  });
  await slackAdapter({ token: botToken, apiUrl: other.apiUrl }).post('x', approvalCard(sampleCard()));
  expect(await other.press({ user: 'ana', button: 'approve' })).toEqual({ status: 401, body: 'no' });
  expect(app.acts).toEqual([]);
  await other.stop();
});

test('a whisper reaches one person only', async () => {
  const ana = workspace.users.find(({ name }) => name === 'ana')?.id ?? '';
  await slack.tellOnly(workspace.channelId, ana, 'you &lt;may&gt; not');
  expect(workspace.whispers('ana').at(-1)?.text).toBe('you &lt;may&gt; not');
  expect(workspace.whispers('eve')).toEqual([]);
  expect(await page('ana')).toContain('you &lt;may&gt; not');
  expect(await page('eve')).not.toContain('you &lt;may&gt; not');
});

test('the page escapes every text and shows every byte of a command', async () => {
  const command = 'echo "<img src=x onerror=alert(1)>" *bold* :tada: [x $(rm -rf /)]';
  await slack.post(
    'incidents',
    approvalCard(
      sampleCard({ command, alarm: { name: '*x* </h3><script>1</script>', reason: '# gone?', since: null } }),
    ),
  );
  const html = await page('eve');
  expect(html).toContain('echo &quot;&lt;img src=x onerror=alert(1)&gt;&quot; *bold* :tada: [x $(rm -rf /)]');
  expect(html).toContain('*x* &lt;/h3&gt;&lt;script&gt;1&lt;/script&gt;');
  expect(html).toContain('# gone?');
  expect(html).not.toMatch(/<script>|<img/);
  expect(html).not.toContain(reference);
});

test('what Slack would refuse is refused here too', async () => {
  const message = { text: 'x', blocks: Array.from({ length: 51 }, () => ({ type: 'divider' as const })) };
  await expect(slack.post('incidents', message)).rejects.toMatchObject({
    name: 'SlackUnavailable',
    message: expect.stringContaining('invalid_blocks'),
  });
});

test('a method for which the manifest gives the bot no scope is refused, with what it needs', async () => {
  const manifest = parse(readFileSync('slack/manifest.yaml', 'utf8')) as {
    oauth_config: { scopes: { bot: string[] } };
  };
  expect([...botScopes]).toEqual(manifest.oauth_config.scopes.bot);
  const call = (method: string) =>
    fetch(`${workspace.apiUrl}${method}`, { method: 'POST', headers: { authorization: `Bearer ${botToken}` } });
  expect(await (await call('conversations.list')).json()).toEqual({
    ok: false,
    error: 'missing_scope',
    needed: 'channels:read',
    provided: 'chat:write,commands,files:write,usergroups:read,users:read',
  });
  expect(await (await call('auth.test')).json()).toMatchObject({ ok: true });
});

test('what is typed behind a slash command comes with entities, as Slack sends it', async () => {
  await workspace.command({ user: 'ana', text: '/countersign stop a & <b>' });
  expect(app.bodies.at(-1)).toContain(`text=${encodeURIComponent('stop a &amp; &lt;b&gt;').replaceAll('%20', '+')}`);
  expect(app.commands.at(-1)?.reason).toBe('a & <b>');
});

describe('only this page may press', () => {
  const press = (headers: Record<string, string>) =>
    fetch(`${workspace.pageUrl}press`, {
      method: 'POST',
      headers,
      body: JSON.stringify({ as: 'ana', messageTs: '1', actionId: 'countersign.approve' }),
    });

  test.each([
    ['another site', { origin: 'https://evil.test' }],
    ['a cross-site request', { 'sec-fetch-site': 'cross-site' }],
  ])('%s gets 403', async (_, headers) => {
    expect((await press(headers)).status).toBe(403);
    expect(app.acts).toEqual([]);
  });

  test('malformed clicks and unknown paths change nothing', async () => {
    const malformed = await fetch(`${workspace.pageUrl}press`, { method: 'POST', body: '{"as":"ana"}' });
    expect(malformed.status).toBe(500);
    expect((await fetch(`${workspace.pageUrl}admin`)).status).toBe(404);
    expect(app.acts).toEqual([]);
  });
});

test('every request is logged, with its status', async () => {
  workspace.failWith('down');
  await expect(slack.post('incidents', approvalCard(sampleCard()))).rejects.toMatchObject({ name: 'SlackUnavailable' });
  workspace.failWith(null);
  expect(workspace.requests.filter(({ status }) => status === 503).map(({ what }) => what)).toEqual([
    'chat.postMessage',
    'chat.postMessage',
  ]);
  expect(workspace.requests.some(({ what, status }) => what === 'interaction' && status === 200)).toBe(true);
});

async function page(as: string): Promise<string> {
  return (await fetch(`${workspace.pageUrl}?as=${as}`)).text();
}
