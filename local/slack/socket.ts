/** Socket Mode: what people do in a real workspace reaches this machine, which no request of Slack's can, and goes on as Slack would send it. */
import { LogLevel, SocketModeClient } from '@slack/socket-mode';
import { type Answer, sendForm, sendInteraction } from './clicks.ts';

export interface SocketOptions {
  /** `xapp-…`, with the scope `connections:write`. */
  readonly appToken: string;
  /** Ends in `/api/`. */
  readonly apiUrl: string;
  /** With which this machine's functions check what they get. */
  readonly signingSecret: string;
  /** Where it goes on; read for each, since a deploy may move it. */
  target(): string | undefined;
}

export interface Socket {
  stop(): Promise<void>;
}

/** Slack waits 3 s for an envelope's acknowledgement (docs.slack.dev, "Using Socket Mode"); the way there and back is part of it. */
const acknowledgeMs = 2_500;

interface Envelope {
  readonly type: string;
  readonly body: Readonly<Record<string, unknown>>;
  readonly accepts_response_payload?: boolean;
  ack(response?: Record<string, unknown>): Promise<void>;
}

/** Opens the connection, and keeps it. Throws when Slack does not take the token. */
export async function openSocket(options: SocketOptions): Promise<Socket> {
  const { appToken, apiUrl } = options;
  const client = new SocketModeClient({
    appToken,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: apiUrl, retryConfig: { retries: 1 } },
  });
  client.on('slack_event', (envelope: Envelope) => void received(options, envelope).catch(() => {}));
  await client.start().catch((cause: unknown) => {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new Error(
      `SLACK_APP_TOKEN: Slack opens no socket for it: ${why}. It must be an app-level token (xapp-…) with the scope connections:write, of an app in which Socket Mode is on.`,
      { cause },
    );
  });
  return { stop: () => client.disconnect() };
}

/**
 * Acknowledged with the app's answer if that comes in time, else without. What the app refused is not acknowledged, so that
 * the person sees in Slack that it did not work; nor is a modal whose answer is late: an empty answer would close it as done.
 */
async function received(options: SocketOptions, envelope: Envelope): Promise<void> {
  const answering = handOn(options, envelope);
  const answer = await Promise.race([answering, later(acknowledgeMs)]);
  if (answer === null) return envelope.body.type === 'view_submission' ? undefined : envelope.ack();
  if (answer.status !== 200) return;
  const said = envelope.accepts_response_payload ? objectOf(answer.body) : null;
  await (said ? envelope.ack(said) : envelope.ack());
}

async function handOn({ signingSecret, target }: SocketOptions, { type, body }: Envelope): Promise<Answer> {
  const url = target();
  if (url === undefined) return { status: 0, body: 'nothing is deployed yet' };
  if (type === 'interactive') return sendInteraction(url, body, signingSecret);
  if (type === 'slash_commands') return sendForm(url, textsOf(body), signingSecret);
  // Nothing else is subscribed to; it is only taken, or Slack sends it again.
  return { status: 200, body: '' };
}

/** A slash command is a form: its fields are texts. */
function textsOf(body: Envelope['body']): Record<string, string> {
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, String(value)]));
}

function objectOf(text: string): Record<string, unknown> | null {
  if (text === '') return null;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

function later(milliseconds: number): Promise<null> {
  return new Promise((resolve) => {
    setTimeout(() => resolve(null), milliseconds).unref();
  });
}
