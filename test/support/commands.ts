/** What a person types behind `/countersign`, signed as Slack signs it, and what a click on a button of the kill switch sends. */
import { actionIds } from '../../core/slack/controls.ts';
import { slackSignature } from '../../core/slack/signature.ts';
import { signingSecret, type World } from './world.ts';

export const responseUrl = 'https://hooks.slack.com/commands/T000000001/1/abc';

let triggers = 0;

/** The form as Slack sends it; a repeated delivery has the same trigger. */
export function commandBody(userId: string, text: string, changes: Record<string, string> = {}): string {
  triggers += 1;
  return new URLSearchParams({
    token: 'deprecated',
    team_id: 'T000000001',
    channel_id: 'C1',
    user_id: userId,
    user_name: 'whoever',
    command: '/countersign',
    text,
    response_url: responseUrl,
    trigger_id: `13.37.${triggers}`,
    api_app_id: 'A1',
    ...changes,
  }).toString();
}

export function deliver(world: World, rawBody: string): Promise<void> {
  return deliverable(world, rawBody)();
}

/** A request that Slack signs now, and that arrives whenever, and as often as, this is called. */
export function deliverable(world: World, rawBody: string): () => Promise<void> {
  const timestamp = String(Math.floor(world.now / 1000));
  const raw = { rawBody, timestamp, signature: slackSignature(rawBody, timestamp, signingSecret) };
  return () => world.decide(raw);
}

/** Says it, and answers with what this person was told last. */
export async function command(world: World, user: { id: string }, text: string): Promise<string> {
  await deliver(world, commandBody(user.id, text));
  return world.responses.at(-1)?.text ?? '';
}

/** Presses `Stop everything` on an incident's first message, or `Resume` under a stop. */
export function pressSwitch(world: World, user: { id: string }, button: 'stop' | 'resume', value: string) {
  triggers += 1;
  const payload = {
    type: 'block_actions',
    user,
    trigger_id: `13.38.${triggers}`,
    channel: { id: 'C1' },
    message: { ts: '1.0' },
    actions: [{ action_id: actionIds[button], value }],
  };
  return deliver(world, `payload=${encodeURIComponent(JSON.stringify(payload))}`);
}
