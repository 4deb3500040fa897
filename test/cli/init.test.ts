/** `countersign init`: a team's repository from nothing, all of it or none, with answers that a deploy accepts. */
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { askAnswers, defaults } from '../../cli/init/answers.ts';
import { filesOf } from '../../cli/init/files.ts';
import { inTheWay, writeNew } from '../../cli/init/write-new.ts';
import { parsePolicy } from '../../core/policy/parse.ts';
import { release } from '../../core/release.ts';
import { root } from '../../package/assets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-init-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function init(...words: string[]) {
  const environment = { ...process.env, AWS_REGION: 'eu-central-1' };
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(root, 'cli/main.ts'), 'init', ...words], {
    cwd: folder,
    encoding: 'utf8',
    env: environment,
  });
  return { status, stdout, stderr };
}

const all = () => readdirSync(folder, { recursive: true, encoding: 'utf8' }).sort();
const names = [...filesOf('x', release, defaults).keys()];

test('--yes writes the repository, which asks for this very release', () => {
  const { status, stdout } = init('ops', '--yes');
  expect(status).toBe(0);
  for (const name of names) {
    expect(stdout).toContain(`ops/${name}`);
    expect(existsSync(join(folder, 'ops', name)), name).toBe(true);
  }
  const read = (name: string) => readFileSync(join(folder, 'ops', name), 'utf8');
  expect(JSON.parse(read('package.json'))).toMatchObject({ name: 'ops', dependencies: { countersign: release } });
  const shipped = parsePolicy(readFileSync(join(root, 'countersign.yaml'), 'utf8'), 'countersign.yaml');
  expect(parsePolicy(read('countersign.yaml'), 'countersign.yaml')).toEqual(shipped);
  const schema = /\$schema=node_modules\/countersign\/(\S+)/.exec(read('countersign.yaml'))?.[1] ?? 'none';
  expect(existsSync(join(root, schema)), schema).toBe(true);
  expect(read('.github/workflows/countersign.yml')).toContain('\n  AWS_REGION: eu-central-1\n');
});

test('without a terminal it says how to ask nothing, and writes nothing', () => {
  expect(init('ops')).toMatchObject({
    status: 1,
    stderr: expect.stringMatching(/^countersign: init asks on a terminal.*--yes/),
  });
  expect(all()).toEqual([]);
});

describe('what is there already', () => {
  test('is named whole, and nothing is written', () => {
    writeFileSync(join(folder, 'cdk.json'), 'mine');
    writeFileSync(join(folder, '.github'), 'a file where a folder has to be');
    const before = all();
    const { status, stderr } = init('--yes');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^countersign: init overwrites nothing, and in .* there is already: cdk\.json, \.github; /);
    expect(all()).toEqual(before);
    expect(readFileSync(join(folder, 'cdk.json'), 'utf8')).toBe('mine');
  });

  test('a package.json that depends on countersign is not in the way, and stays', () => {
    const text = '{ "dependencies": { "countersign": "file:../countersign.tgz" } }';
    writeFileSync(join(folder, 'package.json'), text);
    expect(init('--yes')).toMatchObject({ status: 0, stdout: expect.stringContaining('stays as it is') });
    expect(readFileSync(join(folder, 'package.json'), 'utf8')).toBe(text);
  });

  test.each(['{}', 'no JSON', '{ "dependencies": ["countersign"] }'])('a package.json of %s is in the way', (text) => {
    writeFileSync(join(folder, 'package.json'), text);
    expect(init('--yes')).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('there is already: package.json;'),
    });
    expect(all()).toEqual(['package.json']);
  });

  test('a dangling link is in the way: writing through it would make a file elsewhere', () => {
    symlinkSync(join(folder, 'nowhere'), join(folder, 'cdk.json'));
    expect(inTheWay(folder, names)).toEqual(['cdk.json']);
  });
});

describe('what cannot be written', () => {
  test('is named in one line', () => {
    const { status, stderr } = init('/proc/countersign', '--yes');
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^countersign: init could not write \/proc\/countersign \(E[A-Z]+\), and left nothing behind; .*\n$/,
    );
  });

  test('takes what was written before it away again, folders included', () => {
    const files = new Map([
      ['a/b/first.md', 'text'],
      [`${'x'.repeat(300)}.md`, 'a name that no file system takes'],
    ]);
    expect(() => writeNew(join(folder, 'new/ops'), files)).toThrow(/ENAMETOOLONG/);
    expect(all()).toEqual([]);
  });

  test('leaves what was there before', () => {
    mkdirSync(join(folder, 'a'));
    writeFileSync(join(folder, 'a/mine.md'), 'mine');
    const files = new Map([
      ['a/first.md', 'text'],
      ['a/mine.md', 'theirs'],
    ]);
    expect(() => writeNew(folder, files)).toThrow(/EEXIST/);
    expect(all()).toEqual(['a', 'a/mine.md']);
    expect(readFileSync(join(folder, 'a/mine.md'), 'utf8')).toBe('mine');
  });
});

describe('answers', () => {
  const written = (answers: Partial<typeof defaults>) =>
    filesOf('ops', release, { ...defaults, ...answers }).get('countersign.yaml') ?? '';

  test('are in the policy as it is read', () => {
    const approver = { name: "Zoë O'Neill - 1", slack: 'U0123456789' };
    const text = written({ channel: 'C0123456789', approver, account: '012345678901' });
    const policy = parsePolicy(text, 'countersign.yaml');
    expect(policy.safety.approval_channel).toBe('C0123456789');
    expect(policy.people).toEqual([{ ...approver, iam: [] }]);
    expect(policy.approvers).toEqual([approver.name]);
    expect(policy.environments.production?.accounts).toEqual(['012345678901']);
    expect(text).not.toContain('placeholders');
    expect(policy.mode).toBe('dry_run');
  });

  test('that the policy would refuse are asked again; empty ones take the default', async () => {
    const given = [
      'In Cidents',
      '',
      'Ana <b>',
      'Ana',
      'ana',
      'U0123456789',
      '12345',
      '123456789012',
      'Europe',
      'eu-west-1',
    ];
    const complaints: string[] = [];
    const answers = await askAnswers(
      async () => given.shift() ?? 'no answer was expected',
      (text) => complaints.push(text),
    );
    expect(answers).toEqual({
      channel: null,
      approver: { name: 'Ana', slack: 'U0123456789' },
      account: '123456789012',
      region: 'eu-west-1',
    });
    expect(complaints).toEqual([
      expect.stringContaining('"In Cidents" must be'),
      expect.stringContaining('"Ana <b>" must be'),
      expect.stringContaining('"ana" must be'),
      expect.stringContaining('"12345" must be'),
      expect.stringContaining('"Europe" must be'),
    ]);
  });
});

test('the workflow’s own command annotates a mistake at its file and line, and fails', () => {
  mkdirSync(join(folder, 'runbooks'));
  writeFileSync(join(folder, 'runbooks/bad.md'), '---\nid: bad\ncolour: red\n---\n# Bad\n');
  writeFileSync(join(folder, 'countersign.yaml'), 'mode: live\n');
  const workflow = filesOf('x', release, defaults).get('.github/workflows/countersign.yml') ?? '';
  const words = /run: npx countersign (validate.*)/.exec(workflow)?.[1]?.split(' ') ?? [];
  const command = [join(root, 'cli/main.ts'), ...words];
  const { status, stdout } = spawnSync(process.execPath, command, { cwd: folder, encoding: 'utf8' });
  expect(stdout).toMatch(/^::error file=runbooks\/bad\.md,line=3,/m);
  expect(status).toBe(1);
});

test('the hook refuses a commit of a runbook with errors, and only such a one', () => {
  expect(init('--yes').status).toBe(0);
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  // npx as npm brings it would look for node_modules, which is not there.
  writeFileSync(join(bin, 'npx'), `#!/bin/sh\nshift 2\nexec ${process.execPath} ${join(root, 'cli/main.ts')} "$@"\n`, {
    mode: 0o755,
  });
  const env = { ...process.env, PATH: `${bin}:${process.env.PATH}`, GIT_CONFIG_GLOBAL: '/dev/null' };
  const git = (...words: string[]) =>
    spawnSync('git', ['-c', 'user.name=t', '-c', 'user.email=t@example.com', ...words], {
      cwd: folder,
      env,
      encoding: 'utf8',
    });
  git('init', '--quiet');
  git('config', 'core.hooksPath', '.githooks');
  git('add', '-A');
  expect(git('commit', '-qm', 'Begin').status).toBe(0);
  writeFileSync(join(folder, 'runbooks/bad.md'), '---\nid: bad\ncolour: red\n---\n# Bad\n');
  git('add', '-A');
  const refused = git('commit', '-qm', 'Break');
  expect([refused.status, refused.stdout + refused.stderr]).toEqual([1, expect.stringContaining('runbooks/bad.md')]);
  git('reset', '--quiet', 'runbooks/bad.md');
  writeFileSync(join(folder, 'notes.txt'), 'nothing of it');
  git('add', 'notes.txt');
  expect(git('commit', '-qm', 'Note').status).toBe(0);
});

test('the workflow compares with a role that reads, and deploys with another', () => {
  const workflow = parse(filesOf('x', release, defaults).get('.github/workflows/countersign.yml') ?? '');
  expect(workflow.permissions).toEqual({ contents: 'read' });
  const { validate, diff, deploy } = workflow.jobs;
  expect([validate.permissions, diff.permissions['pull-requests'], deploy.permissions['pull-requests']]).toEqual([
    undefined,
    'write',
    undefined,
  ]);
  expect(JSON.stringify(diff.steps)).toContain('vars.COUNTERSIGN_READ_ROLE');
  expect(JSON.stringify([validate, diff])).not.toContain('vars.COUNTERSIGN_ROLE');
  expect(deploy.if).toContain("github.event_name == 'push'");
  expect(diff.if).toContain("github.event_name == 'pull_request'");
});

test('the Slack manifest is the shipped one, and the documentation names it', () => {
  const shipped = readFileSync(join(root, 'slack/manifest.yaml'), 'utf8');
  expect(filesOf('x', release, defaults).get('slack/manifest.yaml')).toBe(shipped);
  expect(readFileSync(join(root, 'docs/deploy.md'), 'utf8')).toContain('slack/manifest.yaml');
});
