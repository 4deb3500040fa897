/** Who somebody is in Slack, as its Web API says at this moment: nothing is remembered but the workspace in which the bot is. */
import * as z from 'zod';
import type { Member } from '../../core/approval/member.ts';
import type { Members } from '../../core/use-cases/membership.ts';
import { type SlackAccess, slackClient } from './client.ts';
import { attempt, SlackUnavailable } from './slack.ts';

/** docs.slack.dev, "User object": of a guest Slack says so, of others it may leave the words out. */
const User = z.lazy(() =>
  z.looseObject({
    id: z.string(),
    team_id: z.string(),
    deleted: z.boolean(),
    is_bot: z.boolean(),
    is_restricted: z.boolean().default(false),
    is_ultra_restricted: z.boolean().default(false),
    /** In an organisation of several workspaces. */
    enterprise_user: z.looseObject({ teams: z.array(z.string()).default([]) }).optional(),
  }),
);

/** A person waits for it: 3 s a call, and one more try. */
const timeout = 3_000;

/** Needs the bot scopes `users:read`, and `usergroups:read` where a group is asked about. */
export function slackMembers(access: SlackAccess): Members {
  const web = slackClient(access, { timeout, retries: 1 });
  return {
    async team() {
      const { team_id } = await attempt('auth.test', () => web.auth.test());
      return parsed('auth.test', z.string(), team_id);
    },
    async member(user) {
      const answer = await attempt('users.info', () => web.users.info({ user }));
      return memberOf(parsed('users.info', User, answer.user));
    },
    async group(usergroup) {
      const { users } = await attempt('usergroups.users.list', () => web.usergroups.users.list({ usergroup }));
      return parsed('usergroups.users.list', z.array(z.string()), users);
    },
  };
}

function memberOf({ id, team_id, enterprise_user, ...user }: z.infer<typeof User>): Member {
  return {
    id,
    teams: [team_id, ...(enterprise_user?.teams ?? [])],
    isBot: user.is_bot,
    isGuest: user.is_restricted || user.is_ultra_restricted,
    isDeactivated: user.deleted,
  };
}

function parsed<T>(method: string, schema: z.ZodType<T>, value: unknown): T {
  const { data, error } = schema.safeParse(value);
  if (data !== undefined) return data;
  throw new SlackUnavailable(`Slack's answer to ${method} cannot be read: ${error?.issues[0]?.message}`);
}
