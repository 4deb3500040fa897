/** Colours are for a terminal: a log of CI has none, since nobody looks at one there. */
import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { isColourful } from '../../cli/colours.ts';
import { root } from '../../package/assets.ts';

test.each<[string, Record<string, string>, boolean, boolean]>([
  ['a terminal', {}, true, true],
  ['a pipe', {}, false, false],
  ['a log of CI', { CI: 'true' }, false, false],
  ['a dumb terminal', { TERM: 'dumb' }, true, false],
  ['a terminal of somebody who wants none', { NO_COLOR: '1' }, true, false],
  ['a pipe of somebody who wants them', { FORCE_COLOR: '1' }, false, true],
])('%s', (_, environment, isTerminal, expected) => {
  expect(isColourful(environment, isTerminal)).toBe(expected);
});

test('what a command prints into a pipe where CI is set has none', () => {
  const words = ['cli/main.ts', 'plan', 'runbooks/disk-full.md'];
  const { NO_COLOR: _, FORCE_COLOR: __, ...environment } = process.env;
  const { stdout, status } = spawnSync(process.execPath, words, {
    cwd: root,
    env: { ...environment, CI: 'true' },
    encoding: 'utf8',
  });
  expect([status, stdout.includes('disk-full'), stdout.includes('\u001b')]).toEqual([0, true, false]);
});
