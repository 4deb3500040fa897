/** Slack: who a bot token is and what it may, and whether it is in a channel. Nothing is posted. */
import { type SlackAccess, slackClient } from './client.ts';
import { attempt, refusalOf } from './slack.ts';

export interface Standing {
  bot(): Promise<{ bot: string; team: string; scopes: readonly string[] | null } | { refusal: string }>;
  /** `channel` is an id or a name; the bot needs `channels:read` or `groups:read`, else the refusal is `missing_scope`. */
  channel(channel: string): Promise<{ isMember: boolean; isArchived: boolean } | { refusal: string }>;
}

interface Channel {
  readonly id?: string;
  readonly name?: string;
  readonly is_member?: boolean;
  readonly is_archived?: boolean;
}

/** Milliseconds. */
const timeout = 5_000;

/** A method throws where Slack gives no answer; its own no is a `refusal`. */
export function slackStanding(access: SlackAccess): Standing {
  const web = slackClient(access, { timeout, retries: 1 });
  const find = async (channel: string): Promise<Channel | undefined> => {
    if (/^[CGD][A-Z0-9]{8,}$/.test(channel)) return (await web.conversations.info({ channel })).channel;
    for await (const page of web.paginate('conversations.list', {
      limit: 1000,
      types: 'public_channel,private_channel',
    })) {
      const { channels = [] } = page as { channels?: Channel[] };
      const found = channels.find(({ name }) => name === channel.replace(/^#/, ''));
      if (found) return found;
    }
    return undefined;
  };
  return {
    bot: () =>
      orRefusal('auth.test', async () => {
        const { user, team, response_metadata } = await web.auth.test();
        const { scopes = null } = (response_metadata ?? {}) as { scopes?: readonly string[] };
        return { bot: user ?? 'a bot', team: team ?? 'a workspace', scopes };
      }),
    channel: (channel) =>
      orRefusal('conversations', async () => {
        const found = await find(channel);
        if (!found) return { refusal: 'channel_not_found' };
        return { isMember: found.is_member === true, isArchived: found.is_archived === true };
      }),
  };
}

async function orRefusal<T>(method: string, call: () => Promise<T>): Promise<T | { refusal: string }> {
  try {
    return await attempt(method, call);
  } catch (error) {
    const refusal = refusalOf(error);
    if (refusal === null) throw error;
    return { refusal };
  }
}
