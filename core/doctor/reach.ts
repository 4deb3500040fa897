/** Checks of what Countersign talks to: Slack, its own public URL, the model, and the instances. */
import type { Policy } from '../policy/schema.ts';
import { type Check, cannotTell, fail, type Look, ok, warn } from './check.ts';
import { nextFor } from './failure.ts';

/** Who the bot token is, as auth.test says; `refusal` is Slack's own word. */
export type SlackBot =
  | { readonly bot: string; readonly team: string; readonly scopes: readonly string[] | null }
  | { readonly refusal: string };

/** Without these no card can be posted; and what is cut otherwise. */
const neededScope = 'chat:write';
const usefulScope = 'files:write';

export function slackCheck(bot: Look<SlackBot>): Check {
  if ('failure' in bot) {
    const { failure } = bot;
    if (failure.kind === 'missing')
      return fail(
        'slack',
        `there is no token: ${failure.text}`,
        'make the secret countersign/slack-bot-token (docs/deploy.md)',
      );
    return cannotTell('slack', `the bot token could not be tried: ${failure.text}`, nextFor(failure));
  }
  if ('refusal' in bot.value)
    return fail(
      'slack',
      `Slack refuses the bot token: ${bot.value.refusal}`,
      'put the app’s Bot User OAuth Token (xoxb-…) into the secret countersign/slack-bot-token; it counts within a minute',
    );
  const { bot: name, team, scopes } = bot.value;
  const who = `${name} in ${team}`;
  if (scopes === null)
    return cannotTell(
      'slack',
      `${who}; Slack did not say which scopes its token has`,
      'look in the app, under OAuth & Permissions',
    );
  const seen = `${who}, with ${scopes.join(', ') || 'no scope'}`;
  if (!scopes.includes(neededScope))
    return fail('slack', `${seen}: it may post nothing`, `add the scope ${neededScope}, and install the app again`);
  if (!scopes.includes(usefulScope))
    return warn('slack', `${seen}: long outputs are cut`, `add the scope ${usefulScope}, and install the app again`);
  return ok('slack', seen);
}

/** Whether the bot is in the channel of the policy; `refusal` is Slack's own word, such as `missing_scope`. */
export type SlackChannelSeen =
  | { readonly isMember: boolean; readonly isArchived: boolean }
  | { readonly refusal: string };

export function channelCheck(channel: string, seen: Look<SlackChannelSeen>): Check {
  if ('failure' in seen)
    return cannotTell('channel', `Slack could not be asked: ${seen.failure.text}`, nextFor(seen.failure));
  const { value } = seen;
  if ('refusal' in value) {
    if (value.refusal === 'channel_not_found')
      return fail(
        'channel',
        `the bot sees no channel ${channel}`,
        'name it in the policy (safety.approval_channel), and invite the bot: /invite @Countersign',
      );
    if (value.refusal === 'missing_scope')
      return cannotTell(
        'channel',
        `the token may not look at ${channel}`,
        'see in Slack that the bot is a member; with the scopes channels:read and groups:read this command can tell',
      );
    return cannotTell('channel', `Slack says ${value.refusal} of ${channel}`, 'see in Slack that the bot is a member');
  }
  if (value.isArchived)
    return fail('channel', `${channel} is archived`, 'bring it back, or name another in the policy');
  if (!value.isMember) return fail('channel', `the bot is not in ${channel}`, 'invite it there: /invite @Countersign');
  return ok('channel', `the bot is in ${channel}`);
}

/** What the public URL answers to a request that nobody signed. */
export function urlCheck(url: string, status: Look<number>): Check {
  if ('failure' in status)
    return fail(
      'url',
      `${url} did not answer: ${status.failure.text}`,
      'no click arrives; check the function countersign-slack and the network in between',
    );
  if (status.value === 401) return ok('url', `${url} answers, and refuses what Slack did not sign`);
  if (status.value === 403)
    return fail(
      'url',
      `${url} is refused by AWS (403): no click arrives`,
      'an organisation’s policy may forbid public function URLs; ask who sets it',
    );
  return fail(
    'url',
    `${url} answers ${status.value} instead of 401`,
    'see the log of countersign-slack: countersign logs slack',
  );
}

/** Whether the model answers to the key: `no_key` = no secret, `refused` = the key is none, `unknown` = no such model. */
export type ModelSeen = 'there' | 'no_key' | 'refused' | 'unknown';

export function modelCheck({ enabled, id, base_url }: Policy['llm'], seen: Look<ModelSeen> | null): Check {
  if (!enabled || seen === null) return ok('model', 'switched off in the policy: planning is deterministic');
  const where = base_url ?? 'Anthropic';
  if ('failure' in seen)
    return cannotTell(
      'model',
      `${id} at ${where} could not be asked from here: ${seen.failure.text}`,
      nextFor(seen.failure),
    );
  switch (seen.value) {
    case 'there':
      return ok('model', `${id} at ${where} answers, from here`);
    case 'no_key':
      return warn(
        'model',
        'the policy wants a model, and there is no key: planning is deterministic',
        'make the secret countersign/anthropic-api-key, or say llm: { enabled: false }',
      );
    case 'refused':
      return fail('model', `${where} refuses the key`, 'put a valid one into the secret countersign/anthropic-api-key');
    case 'unknown':
      return fail('model', `${where} knows no model ${id}`, 'name another in the policy (llm.id), and deploy');
  }
}

export interface SeenInstance {
  readonly id: string;
  /** Its host name; null = SSM does not know it. */
  readonly name: string | null;
  /** As SSM says: `Online`, `ConnectionLost`, `Inactive`. */
  readonly ping: string;
  readonly agentVersion: string;
  readonly isLatest: boolean;
  /** `Linux`, `Windows`, `MacOS`. */
  readonly platform: string;
}

const most = 10;

function named(instances: readonly SeenInstance[]): string {
  const names = instances.slice(0, most).map(({ id, name }) => (name === null ? id : `${name} (${id})`));
  return `${names.join(', ')}${instances.length > most ? ` and ${instances.length - most} more` : ''}`;
}

export function instanceChecks(instances: Look<readonly SeenInstance[]>): Check[] {
  if ('failure' in instances)
    return [
      cannotTell(
        'instances',
        `Systems Manager could not be asked: ${instances.failure.text}`,
        nextFor(instances.failure),
      ),
    ];
  const all = instances.value;
  if (all.length === 0)
    return [
      warn(
        'instances',
        'no managed instance has the tag countersign=on: nothing can be sent anywhere',
        'tag those that runbooks may reach (docs/deploy.md, "After it")',
      ),
    ];
  const away = all.filter(({ ping }) => ping !== 'Online');
  const foreign = all.filter(({ platform }) => platform !== 'Linux');
  const checks: Check[] = [];
  if (away.length > 0)
    checks.push(
      (away.length === all.length ? fail : warn)(
        'instances',
        `${away.length} of ${all.length} tagged instances do not answer: ${named(away)}`,
        'see that the SSM agent runs, and that the instance reaches Systems Manager',
      ),
    );
  if (foreign.length > 0)
    checks.push(warn('instances', `no Linux, so no script runs there: ${named(foreign)}`, 'take the tag away'));
  if (checks.length === 0) checks.push(ok('instances', `${all.length} tagged, all online: ${named(all)}`));
  return [...checks, agentCheck(all)];
}

function agentCheck(all: readonly SeenInstance[]): Check {
  const old = all.filter(({ isLatest }) => !isLatest);
  const versions = [...new Set(all.map(({ agentVersion }) => agentVersion))].sort().join(', ');
  if (old.length === 0) return ok('agents', `all of the latest version: ${versions}`);
  return warn(
    'agents',
    `${old.length} of ${all.length} agents are not of the latest version (${versions}): ${named(old)}`,
    'update them: aws ssm send-command --document-name AWS-UpdateSSMAgent, or a State Manager association',
  );
}
