/** The emulator's Python environment: built once, whole or not at all, with a clear error otherwise. */
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { pythonEnvironment, removeEnvironment } from '../../local/python-environment.ts';

let folder: string;
let cache: string;
let commands: string;
const said: string[] = [];
const say = (text: string) => said.push(text);

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-test-'));
  cache = join(folder, 'cache');
  commands = join(folder, 'commands');
  mkdirSync(commands);
  said.length = 0;
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function command(name: string, script: string): void {
  writeFileSync(join(commands, name), `#!/bin/sh\nPATH=/usr/bin:/bin\n${script}\n`);
  chmodSync(join(commands, name), 0o755);
}

/** `uv` that takes a moment, counts its calls and makes an interpreter of sorts. */
function fakeTools(): void {
  command('python3', `printf '%s\\n' ${join(commands, 'python3')} 3 12`);
  command(
    'uv',
    `echo "$@" >>${folder}/calls; sleep 0.2
     [ "$1" = venv ] && for last; do :; done && mkdir -p "$last/bin" && echo made >"$last/bin/python"; exit 0`,
  );
}
const calls = () => readFileSync(join(folder, 'calls'), 'utf8').trim().split('\n');

test('is built on first use and reused afterwards', async () => {
  fakeTools();
  const first = await pythonEnvironment(say, cache, commands);
  const second = await pythonEnvironment(say, cache, commands);
  expect([first.fresh, second.fresh]).toEqual([true, false]);
  expect(second.python).toBe(first.python);
  expect(calls()[1]).toMatch(/^pip sync --quiet --require-hashes --python .* .*local\/requirements\.txt$/);
  expect(calls()).toHaveLength(2);
  expect(said).toHaveLength(2);
});

test('two starts at once leave one whole environment', async () => {
  fakeTools();
  const both = await Promise.all([pythonEnvironment(say, cache, commands), pythonEnvironment(say, cache, commands)]);
  expect(both[0].python).toBe(both[1].python);
  expect(existsSync(both[0].python)).toBe(true);
  expect(readdirSync(cache)).toHaveLength(1);
});

test('a half-made, interrupted or removed environment is built again', async () => {
  fakeTools();
  const { python } = await pythonEnvironment(say, cache, commands);
  rmSync(python);
  mkdirSync(join(cache, 'emulator-0123456789ab.999999999.abcd.building'));
  const again = await pythonEnvironment(say, cache, commands);
  expect(again).toEqual({ python, fresh: true });
  expect(readdirSync(cache)).toHaveLength(1);
  removeEnvironment(again);
  expect(readdirSync(cache)).toEqual([]);
});

test('without Python, or with one that is too old, the error names the fix', async () => {
  await expect(pythonEnvironment(say, cache, commands)).rejects.toThrow(
    /needs Python 3\.10 or newer; none of python3, .* is on PATH\. Install one .*AWS_ENDPOINT_URL/,
  );
  command('python3', 'printf "%s\\n" /usr/bin/python3 3 9');
  await expect(pythonEnvironment(say, cache, commands)).rejects.toThrow('/usr/bin/python3 is 3.9. Install one');
  expect(said).toEqual([]);
});

test('when nothing can install, the error shows every attempt and nothing is left', async () => {
  command(
    'python3',
    `case "$1" in -c) printf '%s\\n' ${join(commands, 'python3')} 3 12;; *) echo "No module named $2" >&2; exit 1;; esac`,
  );
  const failure = await pythonEnvironment(say, cache, commands).catch((error: Error) => error.message);
  expect(failure).toMatch(/Install uv .*\n {2}uv venv.*ENOENT\n {2}.*-m venv --without-pip .*No module named venv/);
  expect(readdirSync(cache)).toEqual([]);
});

test('the lock is hashed, pins the emulator and names no index', () => {
  const lock = readFileSync(join(import.meta.dirname, '../../local/requirements.txt'), 'utf8');
  expect(lock).toMatch(/^ministack==1\.5\.33 \\\n {4}--hash=sha256:/m);
  expect(lock).not.toMatch(/https?:|--index|--find-links|--extra-index/);
});
