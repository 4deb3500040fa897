/** `countersign demo` before anything starts: what is wrong with either ends it, with words. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { readOwn } from '../../local/demo/own-runbooks.ts';
import { root } from '../docs/pages.ts';

let folder = '';
const at = (name: string) => join(folder, name);

const runbook = (severity: string, command = 'df -h') =>
  `---\nid: ours\ntitle: Ours\nowner: us\nseverity: ${severity}\nmatch: { alarms: ['ours-*'] }\n---\n\n1. Do it\n\n   \`\`\`bash\n   ${command}\n   \`\`\`\n`;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'demo-own-'));
  for (const name of ['good', 'bad', 'unsafe', 'empty']) mkdirSync(at(name));
  writeFileSync(at('good/ours.md'), runbook('low'));
  writeFileSync(at('bad/a.md'), runbook('urgent'));
  writeFileSync(at('bad/b.md'), runbook('low', 'df {{ mount }}').replace('id: ours', 'id: other'));
  writeFileSync(at('unsafe/ours.md'), runbook('low', 'rm -rf /'));
  writeFileSync(
    at('alarm.json'),
    JSON.stringify({ name: 'ours-1', dimensions: { InstanceId: 'i-0123456789abcdef0' } }),
  );
  writeFileSync(at('other.json'), JSON.stringify({ name: 'theirs-1' }));
  writeFileSync(at('own.json'), JSON.stringify({ name: 'countersign-stuck' }));
  writeFileSync(at('broken.json'), '{ "name": ');
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

const demo = (...words: string[]) => demoIn(root, ...words);

function demoIn(cwd: string, ...words: string[]): Promise<{ code: number; text: string }> {
  const env = { ...process.env, NO_COLOR: '1' };
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [join(root, 'cli/main.ts'), 'demo', ...words, '--yes'],
      { cwd, env },
      (error, stdout, stderr) => resolve({ code: error ? Number(error.code) : 0, text: stdout + stderr }),
    );
  });
}

test('problems of every runbook are printed as validate prints them, exit 1, and nothing is started', async () => {
  const { code, text } = await demo('--runbooks', at('bad'), '--alarm', at('alarm.json'));
  expect(text).toMatch(
    /✖ .*a\.md:5(?::\d+)?: severity is "urgent"[\s\S]*✖ .*b\.md:12(?::\d+)?: {{ mount }} is not declared/,
  );
  expect(code).toBe(1);
  expect(text).not.toContain('starting the local AWS');
});

test.each([
  ['a script that never runs', 'unsafe', 'alarm.json', /ours\.md:\d+(?::\d+)?: this script is forbidden/],
  ['a folder without runbooks', 'empty', 'alarm.json', /empty: the folder has no runbooks/],
  ['no folder', 'none', 'alarm.json', /none: there is no such file or folder/],
  [
    'a file for a folder',
    'good/ours.md',
    'alarm.json',
    /ours\.md is a file; name the folder that has it: --runbooks DIR/,
  ],
  ['no alarm', 'good', 'none.json', /cannot read .*none\.json: there is no such file/],
  ['a broken alarm', 'good', 'broken.json', /broken\.json: it is no JSON/],
  [
    'an alarm of our own',
    'good',
    'own.json',
    /own\.json: the alarm countersign-stuck is one of Countersign's own; give it another name/,
  ],
])('%s is refused', async (_what, runbooks, alarm, words) => {
  await expect(readOwn({ runbooks: at(runbooks), asked: { alarmFile: at(alarm) } })).rejects.toThrow(words);
});

test('which runbook will answer is known before anything starts', async () => {
  const answering = (file: string) => readOwn({ runbooks: at('good'), asked: { alarmFile: at(file) } });
  expect((await answering('alarm.json')).answering?.id).toBe('ours');
  const none = await answering('other.json');
  expect(none).toMatchObject({ answering: null, why: expect.stringMatching(/\w/) });
});

test('without an alarm the first is raised that can break here and that a runbook answers', async () => {
  const ours = await readOwn({ runbooks: 'runbooks', asked: null });
  expect(ours.answering?.id).toBe('disk-full');
  expect(ours.raised).toMatchObject({ fault: 'stale-logs', alarm: { AlarmName: 'disk-full-web-1' } });
  mkdirSync(at('one'));
  cpSync(join(root, 'runbooks/queue-backlog.md'), at('one/queue.md'));
  const one = await readOwn({ runbooks: at('one'), asked: null });
  expect(one.answering?.id).toBe('queue-backlog');
  expect(one.raised.alarm.AlarmName).toMatch(/^queue-backlog/);
  await expect(readOwn({ runbooks: at('good'), asked: null })).rejects.toThrow(
    /none of the 1 runbooks of .*good answers an alarm that can break here \(disk-full, .*\); .* --alarm FILE/,
  );
});

test('what the policy beside the folder says of commands counts, and a wrong policy ends it', async () => {
  const team = at('team');
  mkdirSync(join(team, 'runbooks'), { recursive: true });
  writeFileSync(join(team, 'runbooks/ours.md'), runbook('low', 'deployctl status'));
  writeFileSync(at('team/alarm.json'), JSON.stringify({ name: 'ours-1' }));
  const rule = { match: { command: 'deployctl', more: true }, forbid: true, owner: 'us', reason: 'never' };
  const policy = (more: string) => writeFileSync(at('team/countersign.yaml'), `${more}\n`);
  policy(`commands: ${JSON.stringify([rule])}`);
  const refused = await demoIn(team, '--alarm', 'alarm.json');
  expect(refused.text).toMatch(/ours\.md:\d+(?::\d+)?: this script is forbidden/);
  policy('mode: sometimes');
  const wrong = await demoIn(team, '--alarm', 'alarm.json');
  expect(wrong.text).toMatch(/✖ countersign\.yaml:1(?::\d+)?: mode: "sometimes"/);
  expect([refused.code, wrong.code]).toEqual([1, 1]);
  expect(refused.text + wrong.text).not.toContain('starting the local AWS');
});

test('a shipped incident that no runbook answers is raised where it was asked for', async () => {
  const none = await readOwn({ runbooks: at('good'), asked: { incident: 'disk-full' } });
  expect(none).toMatchObject({ answering: null, raised: { fault: 'stale-logs' } });
});

test.each([
  [['--runbooks', 'x'], /x: there is no such file or folder/],
  [['--runbook', 'disk-full', '--alarm', 'x'], /cannot be used with option '--runbook <id>'/],
  [['--runbook', 'nope'], /no incident nope; there are cache-down, .*disk-full/],
] as const)('%j is exit 1', async (words, message) => {
  const { code, text } = await demo(...words);
  expect(text).toMatch(message);
  expect(code).toBe(1);
});
