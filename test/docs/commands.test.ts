/** Commands of the documentation: every script, sub-command and flag that a page names exists, and every flag of the demo is named. */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { exitCodeOf } from '../../local/demo/result.ts';
import { pages, root } from './pages.ts';

const packageFile: { scripts: Record<string, string> } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const readme = readFileSync(join(root, 'README.md'), 'utf8');

function helpOf(program: string, ...words: string[]): string {
  return execFileSync(process.execPath, [join(root, program), ...words, '--help'], { encoding: 'utf8' });
}

const flagsOf = (text: string) => new Set([...text.matchAll(/(?<![\w-])--?[a-z][a-z-]*/g)].map(([flag]) => flag));

describe.each(pages())('$path', ({ text }) => {
  test('names scripts of package.json only', () => {
    for (const [, name = ''] of text.matchAll(/npm run (?:--silent )?([a-z][\w:-]*)/g))
      expect(Object.keys(packageFile.scripts)).toContain(name);
  });
});

test('the README’s first two lines are those that continuous integration runs', () => {
  expect(readme).toContain('npm ci && npm run demo\n');
  expect(readme).toContain('\nnpm test\n');
  expect(readFileSync(join(root, '.ci/run'), 'utf8')).toMatch(/npm ci\nnpm test\n$/);
});

test('pages name sub-commands of countersign that exist', () => {
  const known = helpOf('cli/main.ts');
  const named = pages().flatMap(({ text }) =>
    [...text.matchAll(/countersign -- ([a-z]+)/g)].map(([, name = '']) => name),
  );
  expect(new Set(named).size).toBeGreaterThan(2);
  for (const name of named) expect(known).toMatch(new RegExp(`^  ${name}\\b`, 'm'));
});

describe('the demo', () => {
  const table = readme.match(/\| flag \|[\s\S]*?\n\n/)?.[0] ?? '';

  test('has the flags of the README’s table, and no others', () => {
    const rows = table.split('\n').map((row) => row.split('|')[1] ?? '');
    expect(flagsOf(rows.join(' '))).toEqual(flagsOf(helpOf('cli/main.ts', 'demo').split('Options:')[1] ?? ''));
  });

  test('ends with the README’s exit codes', () => {
    expect(readme).toContain(
      'Exit codes: 0 resolved, or `dry_run` under `--dry-run`; 2 rejected; 3 expired; 1 anything else',
    );
    const code = (status: 'resolved' | 'dry_run' | 'rejected' | 'expired' | 'halted', dryRun = false, whole = true) =>
      exitCodeOf({ status, auditVerified: whole, bundleVerdict: 'clean' }, dryRun);
    expect([code('resolved'), code('dry_run', true), code('rejected'), code('expired')]).toEqual([0, 0, 2, 3]);
    expect([code('halted'), code('dry_run'), code('resolved', true), code('resolved', false, false)]).toEqual([
      1, 1, 1, 1,
    ]);
  });
});
