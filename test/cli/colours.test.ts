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
  ['a pipe of somebody who says so in a word', { FORCE_COLOR: 'true' }, false, true],
  ['a terminal of somebody who forces none', { FORCE_COLOR: '0' }, true, false],
  ['a terminal of somebody who forces none in a word', { FORCE_COLOR: 'false' }, true, false],
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

// In a test nothing is a terminal; both streams are told apart by a terminal on one of them.
test.each([
  ['stdout alone is a terminal', { out: true, error: false }],
  ['stderr alone is a terminal', { out: false, error: true }],
])('%s: what goes to each has colours by its own', (_, { out, error }) => {
  const script = `
    process.stdout.isTTY = ${out};
    process.stderr.isTTY = ${error};
    const { colours, errorColours } = await import('./cli/colours.ts');
    console.log(JSON.stringify([colours.red('x'), errorColours.red('x')]));`;
  const { NO_COLOR: _no, FORCE_COLOR: _force, ...rest } = process.env;
  const { stdout } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
    cwd: root,
    env: { ...rest, TERM: 'xterm' },
    encoding: 'utf8',
  });
  const red = '\u001b[31mx\u001b[39m';
  expect(JSON.parse(stdout)).toEqual([out ? red : 'x', error ? red : 'x']);
});
