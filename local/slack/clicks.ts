/** What Slack sends when a person clicks or submits: the payload, signed, to the app's interactivity address. */

import type { SlackView } from '../../core/slack/blocks.ts';
import { slackSignature } from '../../core/slack/signature.ts';
import type { StoredMessage, WorkspaceUser } from './emulated.ts';

export interface Place {
  readonly appId: string;
  readonly channel: { readonly id: string; readonly name: string };
}

/** A modal as Slack keeps it. */
export type OpenView = SlackView & { readonly id: string };

export interface Answer {
  /** 0 = no answer at all. */
  readonly status: number;
  readonly body: string;
}

const team = { id: 'T000000001', domain: 'emulate' };

/** The `block_actions` payload of a click on a button of a message. Throws when the message has no such button. */
export function clickPayload(
  place: Place,
  user: WorkspaceUser,
  message: StoredMessage,
  actionId: string,
  triggerId: string,
) {
  const block = message.blocks.find(
    (candidate) => candidate.type === 'actions' && candidate.elements.some((button) => button.action_id === actionId),
  );
  const button =
    block?.type === 'actions' ? block.elements.find((candidate) => candidate.action_id === actionId) : undefined;
  if (block === undefined || button === undefined)
    throw new Error(`Message ${message.ts} has no button ${actionId}; it was decided or never had one.`);
  return {
    type: 'block_actions',
    user: { id: user.id, username: user.name, name: user.name, team_id: team.id },
    api_app_id: place.appId,
    token: 'deprecated',
    container: { type: 'message', message_ts: message.ts, channel_id: place.channel.id, is_ephemeral: false },
    trigger_id: triggerId,
    team,
    enterprise: null,
    is_enterprise_install: false,
    channel: place.channel,
    message: {
      type: 'message',
      ts: message.ts,
      text: message.text,
      blocks: allEscaped(message.blocks),
      app_id: place.appId,
    },
    state: { values: {} },
    actions: [{ ...button, block_id: block.block_id ?? '', action_ts: message.ts }],
  };
}

/** Slack hands a message's texts back with `&`, `<` and `>` as entities (slackapi/bolt-python #513). */
function allEscaped(value: unknown): unknown {
  if (typeof value === 'string') return escaped(value);
  if (Array.isArray(value)) return value.map(allEscaped);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, element]) => [name, allEscaped(element)]));
}

/** As Slack writes a text that it hands on, of a message or behind a slash command. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** What a person left in a modal: block id → action id → the text, or the values that are chosen. */
export type Typed = Record<string, Record<string, string | string[]>>;

/** The `view_submission` payload of a modal. */
export function submissionPayload(place: Place, user: WorkspaceUser, view: OpenView, values: Typed) {
  const typed = Object.entries(values).map(([block, inputs]) => [
    block,
    Object.fromEntries(Object.entries(inputs).map(([action, value]) => [action, stateOf(view, block, value)])),
  ]);
  return {
    type: 'view_submission',
    team,
    user: { id: user.id, username: user.name, name: user.name, team_id: team.id },
    api_app_id: place.appId,
    token: 'deprecated',
    trigger_id: `${view.id}.submitted`,
    view: { ...view, team_id: team.id, app_id: place.appId, state: { values: Object.fromEntries(typed) } },
    response_urls: [],
    is_enterprise_install: false,
    enterprise: null,
  };
}

/** An empty text is null; what is chosen comes as whole options (docs.slack.dev, "view_submission", "state.values"). */
function stateOf(view: OpenView, blockId: string, value: string | string[]) {
  if (typeof value === 'string') return { type: 'plain_text_input', value: value === '' ? null : value };
  const block = view.blocks.find((candidate) => candidate.block_id === blockId);
  const options = block?.type === 'input' && block.element.type === 'multi_static_select' ? block.element.options : [];
  return { type: 'multi_static_select', selected_options: options.filter((option) => value.includes(option.value)) };
}

/** The headers with which Slack signs a body. `now` in epoch seconds. */
export function signSlackRequest(rawBody: string, signingSecret: string, now: number): Record<string, string> {
  const timestamp = String(now);
  return {
    'content-type': 'application/x-www-form-urlencoded',
    'x-slack-request-timestamp': timestamp,
    'x-slack-signature': slackSignature(rawBody, timestamp, signingSecret),
  };
}

/** Sends a payload as Slack does. Slack itself waits 3 s; a busy laptop gets 10. Never throws. */
export async function sendInteraction(url: string, payload: unknown, signingSecret: string): Promise<Answer> {
  return sendForm(url, { payload: JSON.stringify(payload) }, signingSecret);
}

/** The same of any form. */
export async function sendForm(url: string, fields: Record<string, string>, signingSecret: string): Promise<Answer> {
  const body = new URLSearchParams(fields).toString();
  const headers = signSlackRequest(body, signingSecret, Math.floor(Date.now() / 1000));
  try {
    const response = await fetch(url, { method: 'POST', headers, body, signal: AbortSignal.timeout(10_000) });
    return { status: response.status, body: await response.text() };
  } catch (error) {
    return { status: 0, body: error instanceof Error ? error.message : String(error) };
  }
}
