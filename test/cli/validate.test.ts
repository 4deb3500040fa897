/** `countersign validate`: what a pull request sees. */
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { registerValidate } from '../../cli/validate.ts';
import { good } from '../core/runbook/example.ts';

let folder = '';
let printed = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-validate-'));
  printed = '';
  const print = (text: string) => {
    printed += `${text.replace(/\u001b\[\d+m/g, '')}\n`;
  };
  vi.spyOn(console, 'log').mockImplementation(print);
  vi.spyOn(console, 'error').mockImplementation(print);
});

afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
  vi.restoreAllMocks();
  process.exitCode = 0;
});

async function validate(
  runbooks: Record<string, string | Buffer>,
  policy = 'countersign.yaml',
  more: readonly string[] = [],
): Promise<typeof process.exitCode> {
  for (const [name, text] of Object.entries(runbooks)) write(name, text);
  return run(folder, '--policy', policy, ...more);
}

function write(name: string, text: string | Buffer): void {
  mkdirSync(dirname(join(folder, name)), { recursive: true });
  writeFileSync(join(folder, name), text);
}

async function run(...words: string[]): Promise<typeof process.exitCode> {
  printed = '';
  const program = new Command('countersign');
  registerValidate(program);
  await program.parseAsync(['validate', ...words], { from: 'user' });
  return process.exitCode;
}

interface Report {
  files: {
    file: string;
    problems: { line: number; column: number; severity: string; rule: string; message: string; fix: string }[];
  }[];
}

async function reported(...words: string[]): Promise<Report['files']> {
  await run(...words, '--format', 'json');
  return (JSON.parse(printed) as Report).files;
}

const small = (command: string, more = '') =>
  `---\nid: small\ntitle: Small\nowner: me\nseverity: low\nmatch:\n  alarms: [small]\n---\n\n1. Do it\n\n   \`\`\`bash\n   ${command}\n   \`\`\`\n${more}`;

test('good runbooks are listed with the floor of each step', async () => {
  expect(
    await validate({ 'a.md': small('systemctl restart nginx', '\n2. Tell somebody\n'), 'README.md': 'not one' }),
  ).toBe(0);
  expect(printed).toMatch(
    /✓ .*a\.md: small, Small \(sha256 [0-9a-f]{12}\)\n +1\. Do it: modifying: starts or restarts units\n +2\. Tell somebody: manual/,
  );
});

test('every problem of every file has its place, and the exit code is 1', async () => {
  const broken = { 'a.md': small('true').replace('severity: low', 'severity: urgent'), 'b.md': small('echo {{ x }}') };
  expect(await validate(broken)).toBe(1);
  expect(printed).toMatch(/✗ .*a\.md:5:11: severity is "urgent": must be one of/);
  expect(printed).toMatch(/✗ .*b\.md:13:9: {{ x }} is not declared/);
});

test('what could never run is a problem although it parses', async () => {
  const companion = '   ```bash observe\n   rm -f /srv/x\n   ```\n';
  expect(await validate({ 'a.md': small('true', companion) })).toBe(1);
  expect(printed).toMatch(
    /a\.md:15:4: the observe script must be read_only, and it is destructive: .*; make it a step of its own/,
  );
});

test('a plan that cannot fit into an incident is a problem', async () => {
  const step = (n: number) =>
    `${n}. Step\n\n${['', ' dry-run', ' observe', ' rollback', ' verify'].map((word) => `    \`\`\`bash${word}\n    true\n    \`\`\`\n`).join('')}\n`;
  const steps = Array.from({ length: 17 }, (_, index) => step(index + 1)).join('');
  expect(await validate({ 'a.md': small('true').replace(/1\. Do it[\s\S]*/, () => steps) })).toBe(1);
  expect(printed).toMatch(/the runbook may need 102 dispatches; at most 100 fit into one incident; split it/);
});

test('a broken policy is a problem with its place', async () => {
  writeFileSync(join(folder, 'policy.yaml'), 'mode: yolo\n');
  expect(await validate({ 'a.md': small('true') }, join(folder, 'policy.yaml'))).toBe(1);
  expect(printed).toMatch(/✗ .*policy\.yaml:1:.*mode.*yolo/);
});

test("a rule of the organisation's that matches nothing is a warning", async () => {
  const rule =
    '{ match: { command: deployctl, arguments: [status] }, level: read_only, owner: me, reason: only reads }';
  writeFileSync(join(folder, 'policy.yaml'), `commands:\n  - ${rule}\n`);
  const outcome = await validate({ 'a.md': small('true') }, join(folder, 'policy.yaml'));
  expect(printed).toMatch(/! .*policy\.yaml: commands: "deployctl status" matches no command of any runbook/);
  expect(outcome).toBe(0);
});

test('a folder without runbooks, or none at all, is said so, and nothing can be told', async () => {
  expect(await validate({})).toBe(2);
  expect(printed).toMatch(/the folder has no runbooks/);
  rmSync(folder, { recursive: true });
  expect(await run(folder)).toBe(2);
  expect(printed).toMatch(/there is no such file or folder/);
});

test('the example of the parser tests is as good here', async () => {
  await validate({ 'a.md': good });
  expect(printed).toMatch(/queue-stuck, Unstick the queue/);
});

test.each([
  ['no-break', '\u00a0', 'U+00A0'],
  ['em', '\u2003', 'U+2003'],
  ['ideographic', '\u3000', 'U+3000'],
  ['narrow no-break', '\u202f', 'U+202F'],
])('white space that is none to a shell is named with its line: %s', async (_name, space, name) => {
  expect(await validate({ 'a.md': small(`echo ok\n   [ -e /etc/keep${space}] || df -h`) })).toBe(0);
  const what = `the script contains ${name}, which looks like a space, and which a shell takes for a letter`;
  expect(printed).toContain(`a.md:14:18: ${what}; write a plain space`);
});

test('a zero-width character in a script is an error that names it', async () => {
  expect(await validate({ 'a.md': small('df\u200b -h') })).toBe(1);
  expect(printed).toMatch(/✗ .*a\.md:13:6: .*U\+200B/);
});

describe('paths', () => {
  const good = small('df -h');
  const other = good.replace('id: small', 'id: other').replace('[small]', '[other]');

  test('files and folders, recursive, each under the name by which it was given, good ones too', async () => {
    write('a.md', good);
    write('below/deep/b.md', other);
    write('below/README.md', 'not one');
    write('below/.hidden/c.md', 'not one');
    write('bad.md', 'hello');
    const files = await reported(join(folder, 'a.md'), `${folder}/below`);
    expect(files).toEqual([
      { file: join(folder, 'a.md'), problems: [] },
      { file: `${folder}/below/deep/b.md`, problems: [] },
    ]);
    const near = relative(process.cwd(), folder);
    expect((await reported(near)).map(({ file, problems }) => [file, problems.length > 0])).toEqual([
      [`${near}/a.md`, false],
      [`${near}/bad.md`, true],
      [`${near}/below/deep/b.md`, false],
    ]);
  });

  test('a file that is named is read, whatever its name', async () => {
    write('README.md', good);
    write('notes.txt', good.replace('low', 'urgent'));
    const files = await reported(join(folder, 'README.md'), join(folder, 'notes.txt'));
    expect(files.map(({ problems }) => problems.map(({ rule }) => rule))).toEqual([[], ['shared-id', 'invalid-value']]);
  });

  test('what is passed over is named, and so is a folder that is named like a runbook', async () => {
    write('a.md', good);
    write('b.MD', '');
    write('c.markdown', '');
    write('d.md.bak', '');
    write('x.md/inside.txt', '');
    write('picture.png', '');
    const files = await reported(folder);
    expect(files.map(({ file, problems }) => [file.slice(folder.length + 1), problems[0]?.rule])).toEqual([
      ['a.md', undefined],
      ['b.MD', 'ignored-file'],
      ['c.markdown', 'ignored-file'],
      ['d.md.bak', 'ignored-file'],
      ['x.md', 'folder-not-file'],
    ]);
    expect(files[4]?.problems[0]).toMatchObject({ line: 0, column: 0, severity: 'error' });
  });

  test('a path that is not there is listed, and beside errors they count', async () => {
    write('a.md', good);
    expect(await run(join(folder, 'gone.md'), join(folder, 'a.md'))).toBe(2);
    write('b.md', 'hello');
    expect(await run(join(folder, 'gone.md'), join(folder, 'b.md'))).toBe(1);
    expect(await run(join(folder, 'a.md'), '--policy', join(folder, 'gone.yaml'))).toBe(2);
  });

  test('links are followed, and one that leads nowhere is an error of its own', async () => {
    write('a.md', good);
    symlinkSync(join(folder, 'gone'), join(folder, 'b.md'));
    mkdirSync(join(folder, 'sub'));
    symlinkSync(join(folder, 'a.md'), join(folder, 'sub/c.md'));
    const files = await reported(join(folder, 'b.md'), join(folder, 'sub'));
    expect(files.map(({ problems }) => problems.map(({ rule }) => rule))).toEqual([['unreadable-file'], []]);
  });

  test.skipIf(process.getuid?.() === 0)('a file without permission does not hide the others', async () => {
    write('a.md', good);
    write('b.md', other);
    chmodSync(join(folder, 'a.md'), 0);
    expect((await reported(folder)).map(({ problems }) => problems.length)).toEqual([1, 0]);
  });
});

describe('bytes', () => {
  const text = small('df -h').replace('Do it', 'Arrêter');

  test.each<[string, Buffer, string, number, number]>([
    ['Latin-1', Buffer.from(text, 'latin1'), 'not-utf8', 10, 7],
    ['UTF-16 with a mark', Buffer.from(`\ufeff${text}`, 'utf16le'), 'not-utf8', 1, 1],
    ['UTF-16 without', Buffer.from(text.repeat(3), 'utf16le'), 'binary-file', 1, 2],
    ['a PDF', Buffer.from('%PDF-1.7\n\u00e2\u00e3', 'latin1'), 'binary-file', 1, 1],
    ['an archive', Buffer.from('PK\u0003\u0004abc', 'latin1'), 'binary-file', 1, 1],
    ['5 MB', Buffer.alloc(5_000_000, 'a'), 'file-too-large', 1, 1],
    ['a little too large', Buffer.from(text + 'word\n'.repeat(14_000)), 'file-too-large', 1, 1],
    ['a truncated character', Buffer.concat([Buffer.from(text), Buffer.from([0xe2, 0x82])]), 'not-utf8', 15, 1],
    ['nothing', Buffer.alloc(0), 'no-front-matter', 1, 1],
  ])('%s is one clear problem', async (_what, bytes, rule, line, column) => {
    write('a.md', bytes);
    const [report] = await reported(join(folder, 'a.md'));
    const [first, ...more] = report?.problems ?? [];
    expect(first).toMatchObject({ rule, line, column, severity: 'error' });
    expect(more.map((problem) => problem.rule)).toEqual(rule === 'no-front-matter' ? ['no-steps'] : []);
  });

  test('a YAML bomb, 400 steps and the same faults a thousand times are told in time', async () => {
    const bomb = `x-a: &a [x, x, x, x, x, x, x, x, x]\n${Array.from({ length: 9 }, (_, n) => `x-${n}: &${'bcdefghijk'[n]} [${`*${'abcdefghij'[n]}, `.repeat(9)}]`).join('\n')}\n`;
    write('a.md', small('df -h').replace('---\n\n', `${bomb}---\n\n`));
    const [report] = await reported(join(folder, 'a.md'));
    expect(new Set(report?.problems.map(({ rule }) => rule))).toEqual(new Set(['yaml-alias']));
    expect(report?.problems).toHaveLength(81);
    write('b.md', small('df -h') + Array.from({ length: 399 }, (_, n) => `${n + 2}. $ wait\n`).join(''));
    const [many] = await reported(join(folder, 'b.md'));
    expect(many?.problems.map(({ rule }) => rule)).toEqual(['too-many-dispatches', 'too-many-steps']);
  });
});

describe('formats', () => {
  const faulty = {
    'a, b.md': small('$ df -h%'),
    'good.md': small('df -h').replace('id: small', 'id: good').replace('[small]', '[good]'),
  };

  test('json: every file, and each problem with six fields', async () => {
    expect(await validate(faulty, 'countersign.yaml', ['--format', 'json'])).toBe(1);
    expect(JSON.parse(printed)).toEqual({
      files: [
        {
          file: `${folder}/a, b.md`,
          problems: [
            {
              line: 13,
              column: 4,
              severity: 'error',
              rule: 'prompt',
              message: expect.stringContaining('is a prompt'),
              fix: 'remove it',
            },
          ],
        },
        { file: `${folder}/good.md`, problems: [] },
      ],
    });
  });

  test('github: workflow commands, escaped', async () => {
    await validate(faulty, 'countersign.yaml', ['--format', 'github']);
    const path = `${folder}/a%2C b.md`;
    expect(printed).toBe(
      `::error file=${path},line=13,col=4,title=prompt::"$" is a prompt, not part of the command; remove it (docs/validate.md#prompt)\n`,
    );
  });

  test('sarif: every rule, and each result with its region', async () => {
    await validate(faulty, 'countersign.yaml', ['--format', 'sarif']);
    const log = JSON.parse(printed);
    expect(log).toMatchObject({
      version: '2.1.0',
      runs: [{ columnKind: 'utf16CodeUnits', results: [{ ruleId: 'prompt', level: 'error' }] }],
    });
    const [run0] = log.runs;
    expect(run0.tool.driver.rules[run0.results[0].ruleIndex].id).toBe('prompt');
    expect(run0.results[0].locations[0].physicalLocation).toEqual({
      artifactLocation: { uri: `file://${folder}/a,%20b.md` },
      region: { startLine: 13, startColumn: 4 },
    });
  });

  test('text: the rule is linked, the level has its reasons, and the end counts', async () => {
    await validate({ 'a.md': small('systemctl restart nginx\n   df -h') });
    expect(printed).toMatch(/1\. Do it: modifying: starts or restarts units/);
    expect(printed).toMatch(/! .*a\.md:13:4: if this command fails, .* \(docs\/validate\.md#masked-failure\)/);
    expect(printed).toMatch(/0 errors, 1 warning in 1 file\n$/);
  });

  test('a warning fails only under --strict', async () => {
    const warned = { 'a.md': small('top') };
    expect(await validate(warned)).toBe(0);
    process.exitCode = 0;
    expect(await validate(warned, 'countersign.yaml', ['--strict', '--format', 'json'])).toBe(1);
    expect(JSON.parse(printed).files[0].problems[0]).toMatchObject({ rule: 'endless-command', severity: 'error' });
  });

  test('the library of this repository is silent under --strict', async () => {
    expect(await run('--strict', '--format', 'json')).toBe(0);
    const { files } = JSON.parse(printed) as Report;
    expect(files.length).toBeGreaterThan(12);
    expect(files.flatMap(({ problems }) => problems)).toEqual([]);
  });
});
