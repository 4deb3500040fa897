/** Socket Mode: what people do in a real workspace goes on to the app, signed, and Slack gets its acknowledgement in time. */
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { verifySlackSignature } from '../../../core/slack/signature.ts';
import { readRealSlack, startRealSlack } from '../../../local/slack/real.ts';
import type { SlackWorkspace } from '../../../local/slack/workspace.ts';
import { type FakeSocketMode, startFakeSocketMode } from './fake-socket-mode.ts';

const signingSecret = 'the signing secret of this machine';
const tokens = { appToken: 'xapp-1-A1-2-abc', botToken: 'xoxb-1-2-abc' };
const settings = { ...tokens, channel: 'incidents', approvers: ['U0ANA'] };

let slack: FakeSocketMode;
let app: Server;
let workspace: SlackWorkspace | null;
/** What the app got, and whether it was signed. */
let got: { rawBody: string; signed: boolean }[];
let answers: (rawBody: string) => { status?: number; body?: string; afterMs?: number };

beforeEach(async () => {
  slack = await startFakeSocketMode(tokens);
  got = [];
  answers = () => ({});
  workspace = null;
  app = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request
      .on('data', (chunk: Buffer) => chunks.push(chunk))
      .on('end', () => {
        const rawBody = Buffer.concat(chunks).toString('utf8');
        const header = (name: string) => String(request.headers[name]);
        const now = Math.floor(Date.now() / 1000);
        const [timestamp, signature] = [header('x-slack-request-timestamp'), header('x-slack-signature')];
        got.push({ rawBody, signed: verifySlackSignature({ rawBody, timestamp, signature, signingSecret, now }).ok });
        const { status = 200, body = '', afterMs = 0 } = answers(rawBody);
        setTimeout(() => response.writeHead(status).end(body), afterMs);
      });
  });
  await new Promise<void>((resolve) => app.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  await workspace?.stop();
  await slack.stop();
  app.closeAllConnections();
  await new Promise((resolve) => app.close(resolve));
});

async function connected(): Promise<void> {
  workspace = await startRealSlack({ ...settings, apiUrl: slack.apiUrl }, signingSecret);
  workspace.setInteractivityUrl(`http://127.0.0.1:${(app.address() as AddressInfo).port}/`);
}
const click = {
  type: 'block_actions',
  user: { id: 'U0ANA' },
  actions: [{ action_id: 'countersign.approve', value: 'ü & +' }],
};

describe('what people do', () => {
  test('a click goes on to the app, signed, and is acknowledged within three seconds', async () => {
    await connected();
    const acknowledged = await slack.send('interactive', click);
    expect(acknowledged).not.toBeNull();
    expect(got).toEqual([{ rawBody: expect.any(String), signed: true }]);
    expect(JSON.parse(new URLSearchParams(got[0]?.rawBody).get('payload') ?? '')).toEqual(click);
  });

  test('a submitted modal gets the app’s own answer', async () => {
    await connected();
    const errors = { response_action: 'errors', errors: { reason: 'Say why.' } };
    answers = () => ({ body: JSON.stringify(errors) });
    expect(await slack.send('interactive', { type: 'view_submission' })).toMatchObject({ payload: errors });
  });

  test('a slash command is a form, as the function knows it', async () => {
    await connected();
    answers = () => ({ body: '{"response_type":"ephemeral","text":"On its way"}' });
    const body = {
      command: '/countersign',
      text: 'stop it & that',
      user_id: 'U0ANA',
      channel_id: 'C1',
      is_enterprise_install: false,
    };
    expect(await slack.send('slash_commands', body)).toMatchObject({ payload: { text: 'On its way' } });
    expect(Object.fromEntries(new URLSearchParams(got[0]?.rawBody))).toMatchObject({
      ...body,
      is_enterprise_install: 'false',
    });
    expect(got[0]?.signed).toBe(true);
  });

  test('an app that takes longer than Slack waits: it is acknowledged all the same, and hears of it once', async () => {
    await connected();
    answers = () => ({ afterMs: 4_000 });
    expect(await slack.send('interactive', click)).toMatchObject({ payload: {} });
    expect(got).toHaveLength(1);
  });

  test('a submitted modal whose answer comes late is not acknowledged: Slack has told the person that it did not work', async () => {
    await connected();
    answers = () => ({ afterMs: 4_000 });
    expect(await slack.send('interactive', { type: 'view_submission' })).toBeNull();
    expect(got).toHaveLength(1);
  });

  test('what the app refuses is not acknowledged, so that the person sees that it did not work', async () => {
    await connected();
    answers = () => ({ status: 500 });
    expect(await slack.send('interactive', click)).toBeNull();
  });

  test('a connection that Slack recycles is opened again', async () => {
    await connected();
    slack.recycle();
    await expect.poll(slack.opened, { timeout: 20_000 }).toBe(2);
    expect(await slack.send('interactive', click)).not.toBeNull();
  });
});

describe('tokens', () => {
  test('names every variable that is missing, and no value', () => {
    expect(() => readRealSlack({})).toThrow(
      /SLACK_BOT_TOKEN is not set[\s\S]*SLACK_APP_TOKEN is not set[\s\S]*SLACK_CHANNEL is not set[\s\S]*SLACK_APPROVERS is not set/,
    );
    const wrong = {
      SLACK_BOT_TOKEN: 'xapp-mixed-up',
      SLACK_APP_TOKEN: tokens.appToken,
      SLACK_CHANNEL: 'incidents',
      SLACK_APPROVERS: 'U0ANA,U0BEN',
    };
    const refusal = () => readRealSlack(wrong);
    expect(refusal).toThrow(/SLACK_BOT_TOKEN is not of the form: the Bot User OAuth Token/);
    expect(refusal).not.toThrow(/mixed-up|SLACK_APP_TOKEN/);
    expect(readRealSlack({ ...wrong, SLACK_BOT_TOKEN: ` ${tokens.botToken}\n` })).toEqual({
      ...settings,
      approvers: ['U0ANA', 'U0BEN'],
      apiUrl: 'https://slack.com/api/',
    });
  });

  test.each([
    ['bot', { botToken: 'xoxb-old' }, /SLACK_BOT_TOKEN: Slack says invalid_auth/],
    ['app', { appToken: 'xapp-old' }, /SLACK_APP_TOKEN: Slack opens no socket for it.*scope connections:write/],
  ])('a %s token that Slack does not take is an error that says which', async (_, other, words) => {
    await expect(startRealSlack({ ...settings, ...other, apiUrl: slack.apiUrl }, signingSecret)).rejects.toThrow(words);
  });
});

test('people press in a real workspace, and no script does', async () => {
  await connected();
  await expect(workspace?.press({ user: 'you', button: 'approve' })).rejects.toThrow('people press');
  expect([workspace?.users, await workspace?.messages()]).toEqual([
    [{ id: 'U0ANA', name: 'you', realName: 'you' }],
    [],
  ]);
});
