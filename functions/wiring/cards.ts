/** Wiring of Slack, for those who post or redraw cards. */
import { logger } from '../../adapters/powertools/log.ts';
import { readSecret } from '../../adapters/secretsmanager/secrets.ts';
import { slackAdapter } from '../../adapters/slack/slack.ts';
import type { CardPlace } from '../../core/approval/record.ts';
import { minuteBucket } from '../../core/pace.ts';
import { slackMessage } from '../../core/slack/message.ts';
import { paced, slackBucket } from '../../core/use-cases/paced.ts';
import type { Cards } from '../../core/use-cases/ports.ts';
import { loadCompiled } from './compiled.ts';
import { setting } from './environment.ts';
import { namesOf } from './invocation.ts';
import { pace } from './tables.ts';

/** Slack with the bot's token, which is at most a minute old: a rotated one counts then; at the pace that the policy gives. */
export function cards(): Cards {
  const most = loadCompiled().policy.slack.messages_per_minute;
  return paced(unpaced(), (urgency) => {
    // Whoever finds room says something at once: the token is read meanwhile, and its error met then.
    botToken().catch(() => {});
    return pace()(minuteBucket(slackBucket, most, urgency)).catch((error: unknown) => {
      // The message goes out all the same, which nobody would see.
      logger.warn('the pace of messages could not be kept', { error: namesOf(error) });
      throw error;
    });
  });
}

const botToken = (): Promise<string> => readSecret(setting('SLACK_BOT_TOKEN_SECRET'));

function unpaced(): Omit<Cards, 'room'> {
  const slack = async () => {
    return slackAdapter({ token: await botToken(), apiUrl: loadCompiled().policy.slack.api_url });
  };
  return {
    async post(channel, message, below) {
      const { message: drawn, rest } = slackMessage(message);
      const { channel: id, ts, ...more } = await (await slack()).post(channel, drawn, below?.messageTs);
      return { place: { channel: id, messageTs: ts, ...more }, rest };
    },
    update: async ({ channel, messageTs }, message) =>
      (await slack()).update(channel, messageTs, slackMessage(message).message),
    reply: async (place, message) =>
      void (await (await slack()).post(place.channel, slackMessage(message).message, threadOf(place))),
    attach: async (place, name, text) => (await slack()).attach(place.channel, threadOf(place), name, text),
    picture: async (place, name, png, words) =>
      (await slack()).picture(place.channel, threadOf(place), { name, png, words }),
    tell: async (channel, user, text) => (await slack()).tellOnly(channel, user, text),
  };
}

/** Slack takes answers below the first message of a thread only. */
function threadOf({ messageTs, threadTs }: CardPlace): string {
  return threadTs ?? messageTs;
}
