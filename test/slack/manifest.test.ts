/** slack/manifest.yaml asks for what the code uses: scopes from the methods that the adapters call, the command that is parsed. */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { parse } from 'yaml';
import { commandWords, parseCommand } from '../../core/slack/command.ts';

const root = join(import.meta.dirname, '../..');
const manifest = parse(readFileSync(join(root, 'slack/manifest.yaml'), 'utf8'));

/**
 * What a bot token needs for a method: docs.slack.dev/reference/methods/<method>, "Required scopes". `optional`: only
 * `countersign doctor` calls it, and says that it cannot tell where the scope is missing.
 */
const needed: Readonly<Record<string, { scopes: readonly string[]; optional?: true }>> = {
  'chat.postMessage': { scopes: ['chat:write'] },
  'chat.update': { scopes: ['chat:write'] },
  'chat.postEphemeral': { scopes: ['chat:write'] },
  'views.open': { scopes: [] },
  filesUploadV2: { scopes: ['files:write'] },
  'auth.test': { scopes: [] },
  'conversations.info': { scopes: ['channels:read', 'groups:read'], optional: true },
  'conversations.list': { scopes: ['channels:read', 'groups:read'], optional: true },
  'users.info': { scopes: ['users:read'] },
  'usergroups.users.list': { scopes: ['usergroups:read'] },
};

/** Every method of Slack's API that an adapter calls. */
function calledMethods(): string[] {
  const sources = globSync('adapters/slack/*.ts', { cwd: root }).map((file) => readFileSync(join(root, file), 'utf8'));
  const calls = sources.flatMap((text) => [
    ...text.matchAll(/\b(?:web|files|waitedFor)\.((?:[a-z][A-Za-z]*\.)*[a-z][A-Za-z0-9]*)\(/g),
    ...text.matchAll(/\bpaginate\(\s*'([a-z.A-Z]+)'/g),
  ]);
  return [...new Set(calls.map(([, method = '']) => method))].filter((method) => method !== 'paginate').sort();
}

test('every method that is called is known here with its scopes', () => {
  const called = calledMethods();
  expect(called).toEqual(expect.arrayContaining(['chat.postMessage', 'chat.update', 'filesUploadV2', 'views.open']));
  expect(called.filter((method) => !Object.hasOwn(needed, method))).toEqual([]);
});

test('the scopes are exactly those that the functions need, and the slash command’s', () => {
  const scopes = calledMethods().flatMap((method) => (needed[method]?.optional ? [] : (needed[method]?.scopes ?? [])));
  expect(manifest.oauth_config.scopes.bot).toEqual([...new Set([...scopes, 'commands'])].sort());
});

test('the slash command is the one that is understood, and goes where clicks go', () => {
  const [command, ...others] = manifest.features.slash_commands;
  expect(others).toEqual([]);
  const typed = (text: string) =>
    parseCommand(
      new URLSearchParams({
        command: command.command,
        text,
        user_id: 'U1',
        channel_id: 'C1',
        trigger_id: 't',
        response_url: 'https://hooks.slack.com/x',
      }).toString(),
    );
  const hinted: string[] = command.usage_hint.split(' | ');
  expect(hinted.map((hint) => hint.split(' ')[0])).toEqual(commandWords);
  for (const hint of hinted) expect(typed(hint.replace('NAME', '<@U0BEN|ben>'))?.kind).toBe('command');
  // Without escaping Slack sends a mention as plain text.
  expect(command.should_escape).toBe(true);
  expect(command.url).toBe(manifest.settings.interactivity.request_url);
});

test('clicks arrive by a signed request, not by a socket, and nobody’s address is in it', () => {
  const { interactivity, socket_mode_enabled } = manifest.settings;
  expect([interactivity.is_enabled, socket_mode_enabled]).toEqual([true, false]);
  expect(new URL(interactivity.request_url)).toMatchObject({
    protocol: 'https:',
    hostname: expect.stringMatching(/\.invalid$/),
  });
});
