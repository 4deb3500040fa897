/** `--help` of every command: it has examples that can be typed, exit codes, and is quick because it loads nothing else. */
import { execFile, execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { cliPage, commandsOf } from '../../cli/help/explain.ts';
import { pages } from '../../cli/help/pages.ts';
import { program } from '../../cli/main.ts';
import { repositorySources } from '../../scripts/conventions.ts';

const root = join(import.meta.dirname, '../..');
const commands = commandsOf(program);
const examples = Object.values(pages).flatMap((page) => page.examples.map(([line]) => line));

test('every command has a page of examples and exit codes, and every page a command', () => {
  expect(Object.keys(pages).sort()).toEqual(commands.map(({ name }) => name).sort());
});

test.each(commands)('the examples of $name are calls of it, with options that it has', ({ name, command }) => {
  const own = new Set(command.options.flatMap(({ long }) => long ?? []));
  for (const [line] of pages[name]?.examples ?? []) {
    expect(line).toMatch(new RegExp(`(^|<\\()countersign ${name}( |\\)|$)`));
    for (const [flag] of line.matchAll(/--[a-z]+/g)) expect(own, line).toContain(flag);
  }
});

test('docs/cli.md is made from the commands: node scripts/cli-page.ts', () => {
  expect(readFileSync(join(root, 'docs/cli.md'), 'utf8')).toBe(cliPage(program));
});

describe('the examples that need no account', () => {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-help-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  beforeAll(() => {
    mkdirSync(join(folder, 'runbooks'));
    cpSync(join(root, 'runbooks/disk-full.md'), join(folder, 'runbooks/disk-full.md'));
    cpSync(join(root, 'countersign.yaml'), join(folder, 'countersign.yaml'));
    mkdirSync(join(folder, 'bin'));
    writeFileSync(
      join(folder, 'bin/countersign'),
      `#!/bin/sh\nexec ${process.execPath} ${join(root, 'cli/main.ts')} "$@"\n`,
      { mode: 0o755 },
    );
    writeFileSync(join(folder, 'commands.txt'), 'df -h\nrm -rf /srv\n');
    writeFileSync(join(folder, 'output.txt'), 'password=hunter2hunter2\n');
    writeFileSync(join(folder, 'wiki.md'), '# Restart\n\n1. Restart it\n\n```bash\nsystemctl restart web\n```\n');
    writeFileSync(join(folder, 'alarms.jsonl'), '{"name":"disk-full-web-1"}\n');
  });
  const offline = examples.filter((line) =>
    /countersign (?:init|validate|plan|classify|import|redact|match|completion bash)/.test(line),
  );

  test('are most of the kinds that there are', () => {
    expect(offline.length).toBeGreaterThan(12);
  });

  test.each(offline)('%s', async (line) => {
    // A folder for what it writes; the same files for what it reads.
    const own = mkdtempSync(join(folder, 'run-'));
    if (!line.includes('init'))
      for (const name of ['runbooks', 'countersign.yaml', 'commands.txt', 'output.txt', 'wiki.md', 'alarms.jsonl'])
        cpSync(join(folder, name), join(own, name), { recursive: true });
    const typed = line === 'countersign init ops' ? `${line} --yes` : line;
    const env = { PATH: `${join(folder, 'bin')}:${process.env.PATH}`, NO_COLOR: '1' };
    const { code, text } = await new Promise<{ code: number; text: string }>((resolve) => {
      execFile('bash', ['-c', typed], { cwd: own, env }, (error, stdout, stderr) =>
        resolve({ code: error ? Number(error.code) : 0, text: stdout + stderr }),
      );
    });
    expect(code, text).toBe(0);
  });
});

describe('completion', () => {
  const complete = (...words: string[]) =>
    execFileSync(process.execPath, [join(root, 'cli/main.ts'), 'complete', '--', ...words], { encoding: 'utf8' })
      .split('\n')
      .map((line) => line.split('\t')[0] ?? '');

  test('knows every command, sub-command, option and choice', () => {
    const top = new Set(commands.map(({ name }) => name.split(' ')[0] ?? ''));
    expect(complete('')).toEqual(expect.arrayContaining([...top]));
    expect(complete('audit', '')).toEqual(expect.arrayContaining(['verify', 'export', 'show']));
    expect(complete('doctor', '--')).toEqual(expect.arrayContaining(['--stack', '--json']));
    expect(complete('validate', '--format', '')).toEqual(expect.arrayContaining(['github', 'sarif']));
  });

  test.each(['bash', 'zsh', 'fish'])('prints a script for %s', (shell) => {
    const script = execFileSync(process.execPath, [join(root, 'cli/main.ts'), 'completion', shell], {
      encoding: 'utf8',
    });
    expect(script).toContain('countersign');
    if (shell === 'bash') execFileSync('bash', ['-n', '-c', script]);
  });

  test('of a shell that it does not know names those that it does', () => {
    expect(() =>
      execFileSync(process.execPath, [join(root, 'cli/main.ts'), 'completion', 'csh'], { stdio: 'pipe' }),
    ).toThrow(/zsh, bash, fish/);
  });
});

test('the help loads what registers commands, and nothing that does their work', () => {
  const sources = repositorySources();
  const seen = new Set<string>();
  const packages = new Set<string>();
  const open = ['cli/main.ts'];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (seen.has(file)) continue;
    seen.add(file);
    // Types are gone when it runs, and `import()` waits until it is asked.
    for (const [, clause = '', spec = ''] of (sources.get(file) ?? '').matchAll(
      /^import (?!type)([^;]*?)from '([^']+)';$/gms,
    )) {
      if (/^\{\s*(?:type [^,]+,?\s*)+\}\s*$/.test(clause)) continue;
      if (spec.startsWith('.')) open.push(join(file, '..', spec));
      else packages.add(spec);
    }
  }
  expect([...packages].filter((name) => !name.startsWith('node:')).sort()).toEqual(['commander']);
  expect([...seen].filter((file) => !file.startsWith('cli/')).sort()).toEqual(['core/release.ts', 'core/visible.ts']);
});
