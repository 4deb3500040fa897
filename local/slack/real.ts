/** A real workspace in place of the local one: the functions post there, and what people do there comes back by Socket Mode. */
import { slackStanding } from '../../adapters/slack/standing.ts';
import type { WorkspaceUser } from './emulated.ts';
import { openSocket } from './socket.ts';
import type { SlackWorkspace } from './workspace.ts';

/** What `--real-slack` takes from the environment. */
export interface RealSlackSettings {
  readonly botToken: string;
  readonly appToken: string;
  /** By name or id. */
  readonly channel: string;
  /** Member ids of those who may approve. */
  readonly approvers: readonly string[];
  readonly apiUrl: string;
}

const wanted = [
  ['SLACK_BOT_TOKEN', /^xoxb-[\w-]+$/, 'the Bot User OAuth Token, xoxb-…'],
  ['SLACK_APP_TOKEN', /^xapp-[\w-]+$/, 'an app-level token with the scope connections:write, xapp-…'],
  ['SLACK_CHANNEL', /^(#?[a-z0-9][a-z0-9_-]{0,79}|[CG][A-Z0-9]{2,30})$/, 'a channel in which the app is'],
  ['SLACK_APPROVERS', /^[UW][A-Z0-9]{2,30}(,[UW][A-Z0-9]{2,30})*$/, 'member ids of who may approve, with commas'],
] as const;

/** @throws naming each variable that is missing or wrong, what it must be, and how to get it; never its value. */
export function readRealSlack(environment: NodeJS.ProcessEnv): RealSlackSettings {
  const problems = wanted.flatMap(([name, shape, what]) => {
    const value = environment[name]?.trim() ?? '';
    if (shape.test(value)) return [];
    return [`  ${name} ${value === '' ? 'is not set' : 'is not of the form'}: ${what}`];
  });
  if (problems.length > 0)
    throw new Error(
      `--real-slack needs a Slack app of slack/manifest.yaml in which Socket Mode is on, and its tokens in the environment:\n${problems.join('\n')}`,
    );
  const value = (name: (typeof wanted)[number][0]) => environment[name]?.trim() ?? '';
  return {
    botToken: value('SLACK_BOT_TOKEN'),
    appToken: value('SLACK_APP_TOKEN'),
    channel: value('SLACK_CHANNEL'),
    approvers: value('SLACK_APPROVERS').split(','),
    apiUrl: 'https://slack.com/api/',
  };
}

/** Asks Slack who the bot is, and opens the socket. Throws when it takes one of the tokens not. */
export async function startRealSlack(settings: RealSlackSettings, signingSecret: string): Promise<SlackWorkspace> {
  const { botToken, appToken, apiUrl, channel, approvers } = settings;
  const bot = await slackStanding({ token: botToken, apiUrl }).bot();
  if ('refusal' in bot)
    throw new Error(`SLACK_BOT_TOKEN: Slack says ${bot.refusal}; install the app and copy its token.`);
  let target: string | undefined;
  const socket = await openSocket({ appToken, apiUrl, signingSecret, target: () => target });
  const users = approvers.map((id, index): WorkspaceUser => {
    const name = approvers.length === 1 ? 'you' : `approver ${index + 1}`;
    return { id, name, realName: name };
  });
  const byPeople = () => Promise.reject(new Error('in a real workspace people press'));
  return {
    apiUrl,
    pageUrl: `${bot.team} in Slack, channel ${channel}`,
    channelId: channel,
    users,
    setInteractivityUrl(url) {
      target = url;
    },
    press: byPeople,
    command: byPeople,
    // The bot may not read a channel's history.
    messages: async () => [],
    whispers: () => [],
    waitForCard: byPeople,
    failWith() {
      throw new Error('a real Slack is not told to fail');
    },
    requests: [],
    stop: () => socket.stop(),
  };
}
