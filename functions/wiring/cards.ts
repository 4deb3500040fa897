/** Wiring of Slack, for those who post or redraw cards. */
import { readSecret } from '../../adapters/secretsmanager/secrets.ts';
import { slackAdapter } from '../../adapters/slack/slack.ts';
import type { Cards } from '../../core/use-cases/ports.ts';
import { loadCompiled } from './compiled.ts';
import { setting } from './environment.ts';

/** Slack with the bot's token, which is at most a minute old: a rotated one counts then. */
export function cards(): Cards {
  const slack = async () => {
    const token = await readSecret(setting('SLACK_BOT_TOKEN_SECRET'));
    return slackAdapter({ token, apiUrl: loadCompiled().policy.slack.api_url });
  };
  return {
    async post(channel, message) {
      const place = await (await slack()).post(channel, message);
      return { channel: place.channel, messageTs: place.ts };
    },
    update: async ({ channel, messageTs }, message) => (await slack()).update(channel, messageTs, message),
    reply: async ({ channel, messageTs }, message) => void (await (await slack()).post(channel, message, messageTs)),
    attach: async ({ channel, messageTs }, name, text) => (await slack()).attach(channel, messageTs, name, text),
    tell: async (channel, user, text) => (await slack()).tellOnly(channel, user, text),
  };
}
