/** Slack's Web API: posting and changing cards, telling one person something, opening a modal. */
import { type ChatPostMessageArguments, type ChatPostMessageResponse, ErrorCode } from '@slack/web-api';
import type { SlackMessage, SlackView } from '../../core/slack/blocks.ts';
import { ChannelBusy, MessageGone } from '../../core/use-cases/ports.ts';
import { type SlackAccess, slackClient } from './client.ts';

/** Slack did not do what it was asked, for whatever reason; `cause` is the client's error. */
export class SlackUnavailable extends Error {
  override readonly name = 'SlackUnavailable';
}

export interface Posted {
  readonly channel: string;
  /** Slack's id of the message within the channel. */
  readonly ts: string;
  /** The message in whose thread it is; absent when it is in none. */
  readonly threadTs?: string;
  /** The app that posted it and its workspace, as far as Slack says. */
  readonly appId?: string;
  readonly team?: string;
}

export interface Slack {
  /**
   * `channel` is an id or a name. With `threadTs` it is an answer to that message, shown in the channel as well; and stands
   * in the channel alone where Slack says no to that, as when somebody deleted the message.
   */
  post(channel: string, message: SlackMessage, threadTs?: string): Promise<Posted>;
  /** Throws MessageGone where Slack says that it is not there, or is to stay as it is. */
  update(channel: string, ts: string, message: SlackMessage): Promise<void>;
  /** Puts a text file into the thread of a message; the bot needs `files:write`. */
  attach(channel: string, threadTs: string, filename: string, text: string): Promise<void>;
  /** Puts an image (PNG) into the thread of a message; `words` say what it shows to those who cannot see it. */
  picture(
    channel: string,
    threadTs: string,
    image: { readonly name: string; readonly png: Uint8Array; readonly words: string },
  ): Promise<void>;
  /** Shows a text to one member of the channel only; gone when they reload. `text` is mrkdwn: escape what is foreign. */
  tellOnly(channel: string, user: string, text: string): Promise<void>;
  /** The same while a click waits for its answer: as early as a modal gives up. */
  tellAtOnce(channel: string, user: string, text: string): Promise<void>;
  /** Opens a modal for the person whose click brought `triggerId`, within 3 s of it and once. */
  openModal(triggerId: string, view: SlackView): Promise<void>;
}

/** The longest one call may take, in milliseconds: functions that call Slack run for 20 s or less. */
const timeout = 5_000;

/** A file is three calls, and only helps: together they take no longer than posting its message may. */
const fileTimeout = 2_500;

/** A modal must be open, or the person told why not, within 3 s of the click, which then also has to be acknowledged. */
const modalTimeout = 2_000;

/**
 * A Slack client that gives up early: 5 s a call and one retry after 0.3 s, for what a click waits for 2 s and for a file 2.5 s and none,
 * and no waiting for a rate limit. Every method throws SlackUnavailable, and ChannelBusy for a rate limit.
 */
export function slackAdapter(access: SlackAccess): Slack {
  const web = slackClient(access, { timeout, retries: 1 });
  const files = slackClient(access, { timeout: fileTimeout, allowAbsoluteUrls: true });
  const waitedFor = slackClient(access, { timeout: modalTimeout });
  return {
    async post(channel, message, threadTs) {
      const say = (below: object) =>
        attempt('chat.postMessage', () =>
          web.chat.postMessage({ channel, ...content(message), ...silent, ...below } as ChatPostMessageArguments),
        );
      const answer =
        threadTs === undefined
          ? await say({})
          : await say({ thread_ts: threadTs, reply_broadcast: true }).catch((error: unknown) => {
              if (isRefusal(error)) return say({});
              throw error;
            });
      if (!answer.channel || !answer.ts)
        throw new SlackUnavailable(
          'Slack took the message but did not say where it is (chat.postMessage: no channel or ts).',
        );
      return { channel: answer.channel, ts: answer.ts, ...originOf(answer.message ?? {}) };
    },
    async update(channel, ts, message) {
      await attempt('chat.update', () => web.chat.update({ channel, ts, ...content(message) })).catch(
        (error: unknown) => {
          const why = refusalOf(error);
          if (why === null || !gone.has(why)) throw error;
          throw new MessageGone(`Slack changes no such message: ${why}`, { cause: error });
        },
      );
    },
    async attach(channel_id, thread_ts, filename, content) {
      await attempt('files.uploadV2', () => files.filesUploadV2({ channel_id, thread_ts, filename, content }));
    },
    async picture(channel_id, thread_ts, { name, png, words }) {
      const image = { file: Buffer.from(png), filename: name, title: words, alt_text: words };
      await attempt('files.uploadV2', () => files.filesUploadV2({ channel_id, thread_ts, ...image }));
    },
    async tellOnly(channel, user, text) {
      await attempt('chat.postEphemeral', () => web.chat.postEphemeral({ channel, user, text }));
    },
    async tellAtOnce(channel, user, text) {
      await attempt('chat.postEphemeral', () => waitedFor.chat.postEphemeral({ channel, user, text }));
    },
    async openModal(trigger_id, view) {
      await attempt('views.open', () => waitedFor.views.open({ trigger_id, view }));
    },
  };
}

type Message = NonNullable<ChatPostMessageResponse['message']>;

/** What Slack says of a message beside its place; what it does not say is left out. */
function originOf({ thread_ts, app_id, team, bot_profile }: Message): Pick<Posted, 'threadTs' | 'appId' | 'team'> {
  const [appId, workspace] = [app_id ?? bot_profile?.app_id, team ?? bot_profile?.team_id];
  return {
    ...(thread_ts === undefined ? {} : { threadTs: thread_ts }),
    ...(appId === undefined ? {} : { appId }),
    ...(workspace === undefined ? {} : { team: workspace }),
  };
}

/** Nothing in a message of ours is worth a preview, and fetching one would tell a stranger that we looked. */
const silent = { unfurl_links: false, unfurl_media: false };

function content({ text, blocks }: SlackMessage) {
  return { text, blocks };
}

/** Errors of chat.update that stay (docs.slack.dev, "chat.update", "Errors"). */
const gone: ReadonlySet<string> = new Set([
  'message_not_found',
  'cant_update_message',
  'edit_window_closed',
  'channel_not_found',
  'is_inactive',
]);

/** Slack answered no, so that nothing was posted: no time-out, no outage, no rate limit. */
function isRefusal(error: unknown): boolean {
  return refusalOf(error) !== null;
}

/** Slack's own word for its no, such as `channel_not_found`; null where it gave no answer. `error` is what a method here threw. */
export function refusalOf(error: unknown): string | null {
  if (!(error instanceof SlackUnavailable) || codeOf(error.cause) !== ErrorCode.PlatformError) return null;
  const { data } = error.cause as { data?: { error?: unknown } };
  return String(data?.error ?? 'unknown');
}

function codeOf(cause: unknown): unknown {
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}

/** Calls, and throws SlackUnavailable, or ChannelBusy for a rate limit. */
export async function attempt<T>(method: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    // Slack takes about one message a second in a channel (docs.slack.dev, "Rate limits"), and says when it wants more.
    if (codeOf(cause) === ErrorCode.RateLimitedError)
      throw new ChannelBusy(`Slack takes no more calls of ${method} now: ${why}`, { cause });
    throw new SlackUnavailable(`Slack did not answer ${method}: ${why}`, { cause });
  }
}
