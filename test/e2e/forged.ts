/** Clicks that nobody made: unsigned, stale, signed by another, replayed, by a person who may not, with a changed button. */
import { GetSecretValueCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import { expect, test } from 'vitest';
import { actionIds } from '../../core/slack/controls.ts';
import { credentials, region } from '../../local/emulator.ts';
import { clickPayload, signSlackRequest } from '../../local/slack/clicks.ts';
import type { StoredMessage } from '../../local/slack/emulated.ts';
import { eventually } from './eventually.ts';
import type { Incident, Stage } from './stage.ts';

/** Slack gives an app three seconds. */
const slackPatienceMs = 3_000;

interface Sent {
  readonly secret?: string;
  /** Seconds that the time stamp is off. */
  readonly late?: number;
  readonly without?: 'x-slack-signature' | 'x-slack-request-timestamp';
  readonly body?: string;
}

export function forged(on: () => Stage): void {
  test('an unsigned request is answered 401 within 3 s and touches nothing; a signed one with a changed button signs nothing', async () => {
    const stage = on();
    const incident = await stage.raise('forged');
    const card = await stage.card(incident);
    const send = await sender(stage);
    const body = approval(stage, card, 'ana');
    const before = await touched(stage, incident);
    const forgeries: [string, Sent][] = [
      ['unsigned', { without: 'x-slack-signature' }],
      ['without a time', { without: 'x-slack-request-timestamp' }],
      ['too old', { late: -301 }],
      ['from the future', { late: 330 }],
      ['signed by another', { secret: '0'.repeat(32) }],
      ['signed with nothing', { secret: '' }],
    ];
    const waited: number[] = [];
    for (const [what, how] of forgeries) {
      const { status, milliseconds } = await send(body, how);
      expect([what, status]).toEqual([what, 401]);
      waited.push(milliseconds);
    }
    expect(waited.toSorted((a, b) => a - b)[Math.floor(waited.length / 2)], 'median').toBeLessThan(slackPatienceMs);
    const signedElsewhere = await send(body, { body: body.replace('countersign.approve', 'countersign.approvE') });
    expect(signedElsewhere.status).toBe(401);
    expect(await touched(stage, incident)).toEqual(before);

    const { digest } = await stage.records.question(incident.id);
    const turned = (text: string) => body.replaceAll(digest, text);

    expect((await send(turned('rm -rf'))).status).toBe(400);
    expect((await send('payload=%7Bjunk')).status).toBe(400);
    expect((await send(turned(digest.replace(/^./, (digit: string) => (digit === '0' ? '1' : '0'))))).status).toBe(200);
    expect(await refusal(stage, incident, 'ana')).toContain('another version of the question');
    expect((await send(approval(stage, card, 'eve'))).status).toBe(200);
    expect(await refusal(stage, incident, 'eve')).toContain('The policy does not name you as an approver');
    await eventually('the whisper that says so', async () =>
      stage.laptop.slack.whispers('eve').find(({ text }) => text.includes('does not name you')),
    );
    expect(await stage.records.question(incident.id)).toMatchObject({ status: 'PENDING', votes: [] });
    expect(await stage.mutating(incident)).toBe(0);
    await stage.leave(incident);
  });

  test('a click that is replayed is one vote and one command', async () => {
    const stage = on();
    const incident = await stage.raise('replayed');
    const card = await stage.card(incident);
    const send = await sender(stage);
    const body = approval(stage, card, 'ben');
    const answers = await Promise.all([send(body), send(body)]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200]);
    await stage.event(incident, 'command_finished', ({ dispatch }) => dispatch.part === 'verify');
    await stage.setState(incident, 'OK');
    const entries = await stage.closed(incident);
    expect(entries.filter(({ kind }) => kind === 'vote_signed')).toHaveLength(1);
    expect(await stage.mutating(incident)).toBe(1);

    expect((await send(body)).status).toBe(200);
    await eventually('the whisper about the late click', async () =>
      stage.laptop.slack.whispers('ben').find(({ text }) => text.includes('counted already')),
    );
    expect((await stage.laptop.chain(incident.id)).length).toBe(entries.length);
    expect(await stage.mutating(incident)).toBe(1);
  });
}

/** The body of a person's click on Approve, as Slack sends it. */
function approval({ laptop: { slack } }: Stage, card: StoredMessage, name: string): string {
  const user = slack.users.find((candidate) => candidate.name === name);
  if (!user) throw new Error(`nobody is called ${name}`);
  const place = { appId: 'A0COUNTER1', channel: { id: slack.channelId, name: 'incidents' } };
  const payload = clickPayload(place, user, card, actionIds.approve, 'a-trigger');
  return new URLSearchParams({ payload: JSON.stringify(payload) }).toString();
}

async function sender({ laptop }: Stage) {
  const settings = { endpoint: laptop.emulator.endpoint, region, credentials };
  const { SecretString = '' } = await new SecretsManagerClient(settings).send(
    new GetSecretValueCommand({ SecretId: 'countersign/slack-signing-secret' }),
  );
  return async (signed: string, { secret = SecretString, late = 0, without, body = signed }: Sent = {}) => {
    const headers = signSlackRequest(signed, secret, Math.floor(Date.now() / 1000) + late);
    if (without) delete headers[without];
    const began = performance.now();
    const response = await fetch(laptop.interactivityUrl, { method: 'POST', headers, body });
    await response.text();
    return { status: response.status, milliseconds: performance.now() - began };
  };
}

/** What a click could touch. The token is renewed at every tick of waiting. */
async function touched({ laptop, records }: Stage, { id }: Incident) {
  const { token: _token, ...question } = await records.question(id);
  return { question, chain: await laptop.chain(id) };
}

async function refusal(stage: Stage, incident: Incident, name: string): Promise<string> {
  return (await stage.event(incident, 'vote_refused', ({ by }) => by.name === name)).why;
}
