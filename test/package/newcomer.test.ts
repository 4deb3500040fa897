/** A newcomer's path outside this repository: the packed tarball, installed, a team's repository made, validated and synthesised. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
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
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { functionNames } from '../../core/functions.ts';
import { release } from '../../core/release.ts';
import { root } from '../../package/assets.ts';

const folder = mkdtempSync(join(tmpdir(), 'countersign-package-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const tarball = join(folder, `countersign-${release}.tgz`);
/** Of the team: it is not below this repository, so that nothing of it is found by accident. */
const team = join(folder, 'ops');
const installed = join(team, 'node_modules/countersign');

const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(
  readFileSync(join(root, 'package.json'), 'utf8'),
);

/** Under SOAK as people do, from the registry; else unpacked, beside links to what this repository has installed of the same versions. */
function install(): void {
  if (process.env.SOAK) {
    execFileSync('npm', ['install', '--prefer-offline', tarball], {
      cwd: team,
      stdio: 'pipe',
      env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
    });
    return;
  }
  mkdirSync(join(team, 'node_modules/.bin'), { recursive: true });
  execFileSync('tar', ['-xzf', tarball, '-C', join(team, 'node_modules')]);
  cpSync(join(team, 'node_modules/package'), installed, { recursive: true });
  rmSync(join(team, 'node_modules/package'), { recursive: true });
  for (const name of Object.keys(dependencies))
    symlinkSync(join(root, 'node_modules', name), join(team, 'node_modules', name));
  symlinkSync('../countersign/dist/countersign.js', join(team, 'node_modules/.bin/countersign'));
  symlinkSync('../aws-cdk/bin/cdk', join(team, 'node_modules/.bin/cdk'));
  writeFileSync(join(team, 'package.json'), JSON.stringify({ dependencies: { countersign: `file:${tarball}` } }));
}

beforeAll(() => {
  execFileSync('npm', ['pack', '--pack-destination', folder], {
    cwd: root,
    stdio: 'pipe',
    env: { ...process.env, NODE_DISABLE_COMPILE_CACHE: '1' },
  });
  mkdirSync(team);
  install();
});

/** Tools of the team's keep nothing among the machine's temporary files. */
const env = {
  PATH: process.env.PATH,
  HOME: folder,
  CDK_DISABLE_VERSION_CHECK: '1',
  NODE_DISABLE_COMPILE_CACHE: '1',
  NO_COLOR: '1',
};

function node(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: team, env, encoding: 'utf8' });
  return { status, stdout, stderr };
}

/** Runs a command of the team's `node_modules/.bin` in its repository. */
const run = (command: string, ...words: string[]) => node(join(team, 'node_modules/.bin', command), ...words);

/** The one line that the app of cdk.json says when it does not synthesise. */
function refusal(): string {
  const { app } = JSON.parse(readFileSync(join(team, 'cdk.json'), 'utf8'));
  const { status, stdout, stderr } = node(...app.split(' ').slice(1));
  expect(status).toBe(1);
  expect(stdout).toBe('');
  expect(stderr).toMatch(/^countersign: .*\n$/);
  return stderr.trimEnd();
}

/** What a file says for the length of one act. */
function changed(file: string, text: string, act: () => void): void {
  const before = readFileSync(file, 'utf8');
  writeFileSync(file, text);
  try {
    act();
  } finally {
    writeFileSync(file, before);
  }
}

describe('the tarball', () => {
  const paths = () =>
    execFileSync('tar', ['-tzf', tarball], { encoding: 'utf8' })
      .split('\n')
      .filter(Boolean)
      .map((path) => path.replace(/^package\//, ''));

  test('holds what users need, and nothing else', () => {
    const expected =
      /^(package\.json|README\.md|LICENSE|CHANGELOG\.md|SECURITY\.md|countersign\.yaml|cdk\.json|statemachines\/incident\.asl\.json|runbooks\/[\w-]+\.md|slack\/manifest\.yaml|schemas\/[\w.-]+\.json|package\/template\/[\w.-]+|local\/(incidents\/[\w-]+\.json|requirements\.txt|slack\/page(-client\.js|\.css))|dist\/(THIRD-PARTY-LICENSES\.txt|sbom\.cdx\.json|blocks\.css|fonts\/[\w-]+\.(woff2|ico)|[\w-]+\.(js|wasm)|node_modules\/.+\.js|functions\/.+\.(js|json|wasm)))$/;
    expect(paths().filter((path) => !expected.test(path))).toEqual([]);
    for (const name of functionNames) expect(paths()).toContain(`dist/functions/${name}/index.js`);
    for (const name of readdirSync(join(root, 'runbooks'))) expect(paths()).toContain(`runbooks/${name}`);
  });

  test('says what of other people is inside, each with a licence', () => {
    const { components } = JSON.parse(readFileSync(join(installed, 'dist/sbom.cdx.json'), 'utf8'));
    const names = components.map(({ name }: { name: string }) => name);
    expect(names).toEqual(
      expect.arrayContaining(['zod', 'unbash', 'tree-sitter-bash', '@aws-sdk/client-ssm', 'commander']),
    );
    const licences = readFileSync(join(installed, 'dist/THIRD-PARTY-LICENSES.txt'), 'utf8');
    for (const { name, version, licenses } of components) {
      expect(licences).toContain(`${name} ${version} (`);
      expect(licenses[0].expression, name).toMatch(/^[\w().+ -]+$/);
    }
  });

  test('says so where Node is too old to read it', () => {
    const old = spawnSync(
      process.execPath,
      [
        '--import',
        "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'20.18.9'}})",
        join(installed, 'dist/countersign.js'),
        '--help',
      ],
      { encoding: 'utf8' },
    );
    expect(old.status).toBe(1);
    expect(old.stderr).toMatch(/^countersign: this is Node 20\.18\.9, and it needs 20\.19 or newer; .*\n$/);
  });
});

describe('a team’s repository', () => {
  beforeAll(() => {
    expect(run('countersign', 'init', '--yes')).toMatchObject({ status: 0, stderr: '' });
  });

  test('has a command that knows its release and judges as here, the SQL in it included', () => {
    expect(run('countersign', '--version')).toMatchObject({ status: 0, stdout: `${release}\n` });
    expect(run('countersign', '--help').stdout).toContain('validate');
    expect(run('countersign', 'classify', "mysql -e 'SELECT 1'").stdout).toMatch(/^read_only/);
    expect(run('countersign', 'classify', "mysql -e 'DROP TABLE x'").stdout).toMatch(/^destructive/);
  });

  test('has the commands that load what is built apart: an assistant’s server, the doctor, completion', () => {
    const doctor = run('countersign', 'doctor');
    expect(doctor.stdout).toMatch(/^✗ credentials {2}no region is set|^✗ credentials {2}there are no credentials/);
    expect(doctor.status).toBe(1);
    expect(run('countersign', 'completion', 'bash').stdout).toContain('countersign');
    const hello = {
      jsonrpc: '2.0',
      id: 1,
      method: 'initialize',
      params: { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 't', version: '1' } },
    };
    const served = spawnSync(process.execPath, [join(team, 'node_modules/.bin/countersign'), 'mcp'], {
      cwd: team,
      env,
      encoding: 'utf8',
      input: `${JSON.stringify(hello)}\n`,
      timeout: 60_000,
    });
    expect(JSON.parse(served.stdout).result.serverInfo).toMatchObject({ name: 'countersign', version: release });
  });

  test('says what the demo needs where it is not there, one line each, and leaves nothing', () => {
    const refused = (...words: string[]) => run('countersign', 'demo', '--yes', ...words);
    expect(refused('--runbooks', 'none')).toMatchObject({ status: 1, stderr: expect.stringMatching(/^✖ none: .*\n$/) });
    expect(refused('--runbook', 'nope')).toMatchObject({ status: 1, stderr: expect.stringContaining('disk-full') });
    const old =
      "data:text/javascript,Object.defineProperty(process,'versions',{value:{...process.versions,node:'22.1.0'}})";
    const { status, stderr } = node('--import', old, join(installed, 'dist/countersign.js'), 'demo');
    expect({ status, stderr }).toEqual({
      status: 1,
      stderr: expect.stringMatching(
        /^countersign: the demo .* needs Node 24 or newer, and this is 22\.1\.0; npm .*\n$/,
      ),
    });
    expect(existsSync(join(folder, '.cache'))).toBe(false);
  });

  test('has all of the demo’s own: its runbooks are judged, a virtual host boots, Slack is drawn, a guard guards', () => {
    const nowhere = { ...env, AWS_ENDPOINT_URL: 'http://127.0.0.1:9' };
    const words = [join(team, 'node_modules/.bin/countersign'), 'demo', '--yes'];
    const begun = spawnSync(process.execPath, words, { cwd: team, env: nowhere, encoding: 'utf8' });
    expect(begun.stderr).toContain('✔ disk-full will answer: ');
    expect(begun.stderr).toContain('AWS_ENDPOINT_URL is http://127.0.0.1:9, where nothing answers');
    expect(begun.status).toBe(1);
    const machine = { hostname: 'web-1', instanceId: 'i-1', role: 'web', region: 'us-east-1', account: '000000000000' };
    const host = `const { Worker } = await import('node:worker_threads');
      const worker = new Worker(${JSON.stringify(join(installed, 'dist/worker.js'))}, { workerData: ${JSON.stringify(machine)} });
      worker.on('message', (message) => { console.log(JSON.stringify(message)); process.exit(); });
      worker.postMessage({ id: 1, request: { kind: 'run', script: 'df -h | tail -1', milliseconds: 10000 } });`;
    writeFileSync(join(folder, 'host.mjs'), host);
    const { stdout } = node(join(folder, 'host.mjs'));
    expect(JSON.parse(stdout)).toMatchObject({ id: 1, value: { exitCode: 0, stdout: expect.stringContaining('%') } });
    const guarded = spawnSync(process.execPath, [join(installed, 'dist/guard.js'), 'null'], { encoding: 'utf8' });
    expect(existsSync(JSON.parse(guarded.stdout).folder)).toBe(false);
  });

  test.runIf(process.env.SOAK)('runs the demo whole, with a runbook of its own and an emulator that it fetches', () => {
    const file = join(team, 'runbooks/disk-full.md');
    changed(file, readFileSync(file, 'utf8').replace(/^id: disk-full$/m, 'id: our-disk'), () => {
      const own = { ...process.env, XDG_CACHE_HOME: join(folder, 'cache'), NO_COLOR: '1' };
      const words = [join(team, 'node_modules/.bin/countersign'), 'demo', '--yes', '--json'];
      const { status, stdout, stderr } = spawnSync(process.execPath, words, { cwd: team, env: own, encoding: 'utf8' });
      expect(status, stderr).toBe(0);
      const result = JSON.parse(stdout.trimEnd().split('\n').at(-1) ?? '');
      expect(result).toMatchObject({ status: 'resolved', runbook: 'our-disk', approvals: 1, bundleVerdict: 'clean' });
      expect(result.bundle).toMatch(new RegExp(`^${join(folder, 'cache/countersign')}/`));
    });
  });

  test('is valid, and synthesises its own runbooks and policy into every function', () => {
    expect(run('countersign', 'validate')).toMatchObject({ status: 0 });
    const plan = run('countersign', 'plan', 'disk-full', '--param', 'mount=/var', '--json');
    expect(plan, plan.stderr).toMatchObject({ status: 0 });
    const runbook = readFileSync(join(team, 'runbooks/disk-full.md'), 'utf8');
    writeFileSync(join(team, 'runbooks/ours.md'), runbook.replace(/^id: disk-full$/m, 'id: ours'));
    const answer = run('cdk', 'synth', '--quiet');
    expect(answer, answer.stderr).toMatchObject({ status: 0 });
    const assets = readdirSync(join(team, 'cdk.out')).filter((name) =>
      existsSync(join(team, 'cdk.out', name, 'compiled.json')),
    );
    expect(assets).toHaveLength(functionNames.length);
    for (const asset of assets) {
      const compiled = JSON.parse(readFileSync(join(team, 'cdk.out', asset, 'compiled.json'), 'utf8'));
      expect(compiled.runbooks.map(({ id }: { id: string }) => id)).toEqual(['disk-full', 'ours']);
      expect(compiled.release).toBe(release);
    }
  });

  test('with a mistake in it is refused with the line', () => {
    changed(join(team, 'countersign.yaml'), 'mode: sometimes\n', () =>
      expect(refusal()).toMatch(/^countersign: countersign\.yaml:1:7: mode: "sometimes"/),
    );
  });

  test('of a newer release is refused by an older one', () => {
    const file = join(team, 'cdk.json');
    changed(file, readFileSync(file, 'utf8').replace('"countersign:layout": 1', '"countersign:layout": 2'), () =>
      expect(refusal()).toMatch(/cdk\.json: context: countersign:layout is 2: a newer countersign .* npm install/),
    );
  });

  test('that asks for another release than is installed is told to install it', () => {
    changed(join(team, 'package.json'), '{ "dependencies": { "countersign": "99.0.0" } }', () =>
      expect(refusal()).toBe(
        `countersign: package.json asks for countersign 99.0.0, and node_modules has ${release}; run npm install`,
      ),
    );
  });

  test('with functions of another release, or without some, is refused by name', () => {
    const file = join(installed, 'dist/functions/release.json');
    changed(file, '{"release":"0.0.9"}', () =>
      expect(refusal()).toContain(`holds functions of countersign 0.0.9, and this is ${release}; install it again`),
    );
    rmSync(join(installed, 'dist/functions/gate'), { recursive: true });
    expect(refusal()).toContain('lacks the built functions gate: countersign');
  });
});
