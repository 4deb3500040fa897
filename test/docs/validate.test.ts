/** docs/validate.md: every rule has its section, the section's example triggers exactly that rule, and its cure nothing. */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { Command } from 'commander';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { registerValidate } from '../../cli/validate.ts';
import { rules } from '../../core/runbook/rules.ts';
import { fence, parametersOf } from '../core/lint/frame.ts';
import { root } from './pages.ts';

const page = readFileSync(join(root, 'docs/validate.md'), 'utf8');

interface Section {
  readonly name: string;
  /** The example, and the cure where there is one. */
  readonly shown: readonly { readonly language: string; readonly text: string }[];
}

const sections: readonly Section[] = page
  .split(/^### /m)
  .slice(1)
  .map((text) => ({
    name: text.slice(0, text.indexOf('\n')),
    shown: [...text.matchAll(/^(`{3,4})(markdown|yaml|json)\n([\s\S]*?)^\1$/gm)].map(
      ([, , language = '', body = '']) => ({ language, text: body }),
    ),
  }));

const folder = mkdtempSync(join(tmpdir(), 'countersign-rules-'));
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
  process.exitCode = 0;
});

const base: Readonly<Record<string, string>> = {
  id: 'id: example',
  title: 'title: An example',
  owner: 'owner: platform',
  severity: 'severity: low',
  match: "match:\n  alarms: ['example-*']",
};

/** A whole runbook around what a section shows. */
function runbook(language: string, text: string): string {
  const own = language === 'yaml' ? text.trimEnd() : '';
  const given = [...own.matchAll(/^([\w-]+):/gm)].map(([, key = '']) => key);
  const near = given.includes('sevrity') ? [...given, 'severity'] : given;
  const kept = Object.entries(base)
    .filter(([key]) => !near.includes(key))
    .map(([, line]) => line);
  const body =
    language === 'yaml'
      ? fence(given.includes('parameters') && text.includes('dir:') ? 'ls {{ dir }}' : 'df -h')
      : text;
  const front = [
    ...kept,
    own.replace(/^[\w-]+: null$\n?/gm, ''),
    parametersOf(own === '' ? body : '').trimEnd(),
  ].filter(Boolean);
  return `---\n${front.join('\n')}\n---\n\n${body}`;
}

/** Writes what a section shows; returns the paths to validate. */
function write(language: string, text: string): string[] {
  const put = (path: string, content: string | Buffer) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), content);
  };
  if (language !== 'json') put('example.md', runbook(language, text));
  const data: unknown = language === 'json' ? JSON.parse(text) : null;
  if (typeof data === 'string') put('example.md', data.startsWith('\u00ff') ? Buffer.from(data, 'latin1') : data);
  const files = typeof data === 'object' && data !== null ? Object.entries(data) : [];
  let missing: string[] = [];
  for (const [path, content] of files)
    if (path.endsWith('/')) mkdirSync(join(folder, path), { recursive: true });
    else if (content === null) missing = [join(folder, path)];
    else
      put(
        path,
        typeof content === 'string'
          ? content
          : content > 0
            ? 'x\n'.repeat(content / 2)
            : `${runbook('markdown', fence('df -h'))}\n${'x'.repeat(-content)}\n`,
      );
  mkdirSync(folder, { recursive: true });
  return missing.length > 0 ? missing : [folder];
}

async function rulesOf({ language, text }: Section['shown'][number]): Promise<string[]> {
  rmSync(folder, { recursive: true, force: true });
  const paths = write(language, text);
  let printed = '';
  vi.spyOn(console, 'log').mockImplementation((line: string) => {
    printed += line;
  });
  const policy = text.includes('countersign.yaml')
    ? ['--policy', join(folder, 'countersign.yaml')]
    : ['--policy', join(root, 'countersign.yaml')];
  const program = new Command('countersign');
  registerValidate(program);
  await program.parseAsync(['validate', ...paths, ...policy, '--format', 'json'], { from: 'user' });
  const { files } = JSON.parse(printed) as { files: { problems: { rule: string }[] }[] };
  return [...new Set(files.flatMap(({ problems }) => problems.map(({ rule }) => rule)))];
}

test('every rule has a section, and every section a rule', () => {
  expect(sections.map(({ name }) => name).sort()).toEqual(Object.keys(rules).sort());
});

describe.each(sections)('$name', ({ name, shown }) => {
  const [example, cure] = shown;

  test('its example triggers exactly it', async () => {
    const others = name === 'policy' ? ['no-runbooks'] : [];
    expect((await rulesOf(example ?? { language: '', text: '' })).filter((rule) => !others.includes(rule))).toEqual([
      name,
    ]);
  });

  test.runIf(cure !== undefined)('its cure is silent', async () => {
    expect(await rulesOf(cure ?? { language: '', text: '' })).toEqual([]);
  });
});
