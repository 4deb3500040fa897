/** What somebody reads whose Node cannot run TypeScript: one sentence from npm's scripts, and no stack trace. */
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

test('a Node without TypeScript is named with what to do', () => {
  const env = { ...process.env, NODE_OPTIONS: '--no-experimental-strip-types', NODE_DISABLE_COMPILE_CACHE: '1' };
  const { status, stderr } = spawnSync('npm', ['run', '--silent', 'countersign', '--', '--help'], {
    cwd: root,
    env,
    encoding: 'utf8',
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(/^This needs Node 24, and \S+ is v\d+\.\d+\.\d+\. /);
  expect(stderr).not.toContain('ERR_UNKNOWN_FILE_EXTENSION');
});

test('every script looks at the version first', () => {
  const { scripts }: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  for (const [name, script] of Object.entries(scripts))
    expect(script, name).toMatch(/^(node scripts\/node-version\.js && |npm run check && )/);
});
