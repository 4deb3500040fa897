/** Wiring of Slack's word on its members: the workspace is asked for once per warm function, everybody else each time. */
import { readSecret } from '../../adapters/secretsmanager/secrets.ts';
import { slackMembers } from '../../adapters/slack/members.ts';
import type { Members } from '../../core/use-cases/membership.ts';
import { loadCompiled } from './compiled.ts';
import { setting } from './environment.ts';

let workspace: Promise<string> | null = null;

export function members(): Members {
  const slack = async () => {
    const token = await readSecret(setting('SLACK_BOT_TOKEN_SECRET'));
    return slackMembers({ token, apiUrl: loadCompiled().policy.slack.api_url });
  };
  const team = async () => (await slack()).team();
  return {
    team() {
      workspace ??= team();
      workspace.catch(() => {
        workspace = null;
      });
      return workspace;
    },
    member: async (slackId) => (await slack()).member(slackId),
    group: async (id) => (await slack()).group(id),
  };
}
