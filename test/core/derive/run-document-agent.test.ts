/** The document under real shells as the agent runs it: 194, cancel, time-out, pipes, much output, repeats and reboots. */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { hostOutcome } from '../../../core/derive/outcome.ts';
import { keptBytes, runParameters } from '../../../core/derive/run-document.ts';
import { type AgentAnswer, agentRun, agentTimeout, documentText } from './agent.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-test-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const dispatchKey = 'inc-0123456789abcdef0123.2.run.1.1';
const now = () => Math.floor(Date.now() / 1000);
const outcome = ({ code, stderr }: AgentAnswer) => hostOutcome({ status: 'Failed', exitCode: code, stderr });

interface Sending {
  readonly seconds?: number;
  readonly shell?: string[];
  /** Seconds since the host booted. */
  readonly up?: number;
  readonly sentAt?: number;
  readonly wait?: number;
}

function begin(script: string, { seconds = 10, shell, up = 86_400, sentAt = now(), wait = 0 }: Sending = {}) {
  const parameters = runParameters({
    script,
    dispatchKey,
    notAfter: sentAt + 60,
    timeoutSeconds: seconds,
    waitSeconds: wait,
  });
  const uptime = join(folder, 'uptime');
  writeFileSync(uptime, `${up}.25 ${up * 2}.50\n`);
  return agentRun(documentText(folder, parameters, uptime), { seconds, ...(shell ? { shell } : {}) });
}

const run = (script: string, sending: Sending = {}) => begin(script, sending).ended;
const reboot = () => rmSync(join(folder, 'run'), { recursive: true, force: true });

/** Touches a file again and again, until it is killed. */
const beating = () => `while :; do touch ${join(folder, 'alive')}; sleep 0.05; done`;

async function beats(): Promise<boolean> {
  rmSync(join(folder, 'alive'), { force: true });
  await delay(500);
  return existsSync(join(folder, 'alive'));
}

async function begun(): Promise<void> {
  while (!existsSync(join(folder, 'alive'))) await delay(20);
}

describe.each(['dash', 'bash --posix'])('as sh: %s', (name) => {
  const shell = name.split(' ');
  /** What takes seconds is tried under one shell, and under all of them in soak. */
  const slowTest = test.skipIf(name !== 'dash' && !process.env.SOAK);

  test.each(['exit 194', 'df / >/dev/null; exit 450', "awk 'BEGIN { exit 194 }'"])(
    '%s does not reach the agent, which would reboot the host: it failed, and says so',
    async (script) => {
      const answer = await run(`echo out; echo err >&2; ${script}`, { shell });
      expect(answer.code).toBe(1);
      expect(answer.stdout).toBe('out\n');
      expect(answer.stderr).toMatch(/^countersign: the script exited with 194, at which .* handed on as 1\nerr\n/);
      expect(outcome(answer)).toBe('failed');
    },
  );

  test.each([
    ['a time-out of its own', 'echo out; timeout 0.1 sleep 5', 124],
    ['a child that the kernel killed', `echo out; bash -c 'kill -9 $$'; exit $?`, 137],
    ['the kernel itself killed', 'echo out; kill -9 $$', 137],
  ])('%s is no time-out of the run: it failed, and says so', async (_, script, code) => {
    const answer = await run(script, { shell });
    expect(answer).toMatchObject({ code, stdout: 'out\n' });
    expect(answer.stderr).toMatch(new RegExp(`^countersign: the script itself exited with ${code}\n`));
    expect(outcome(answer)).toBe('failed');
  });

  test.each(['rm -r "$(dirname "$0")"', 'rm -r "$(dirname "$(dirname "$0")")"'])(
    '%s costs the script its output, and not its exit code',
    async (remove) => {
      expect((await run(remove, { shell })).code).toBe(0);
      reboot();
      expect((await run(`${remove}; exit 5`, { shell })).code).toBe(5);
    },
  );

  /** Counts its runs in a file, and prints which one it is. */
  const counting = () => {
    const runs = join(folder, 'runs');
    return `echo . >>${runs}; n=$(wc -l <${runs}); echo "run $n"; echo "look $n" >&2`;
  };

  test('what is waited for and is so already runs once', async () => {
    const answer = await run(counting(), { shell, seconds: 30, wait: 20 });
    expect(answer).toMatchObject({ code: 0, stdout: 'run 1\n' });
    expect(answer.stderr).toMatch(/^countersign: runs until exit code 0: 1 in [01] s; .*\nlook 1\n$/);
  });

  slowTest('what is waited for is looked at again until it is so, and only its last words are kept', async () => {
    const answer = await run(`${counting()}; [ "$n" -eq 2 ]`, { shell, seconds: 30, wait: 20 });
    expect(answer).toMatchObject({ code: 0, stdout: 'run 2\n' });
    expect(answer.stderr).toMatch(/^countersign: runs until exit code 0: 2 in [5-7] s; .*\nlook 2\n$/);
  });

  slowTest('when the time to wait is over its last exit code is the run’s', async () => {
    const answer = await run(`${counting()}; exit 7`, { shell, seconds: 20, wait: 10 });
    expect(answer).toMatchObject({ code: 7, stdout: 'run 2\n' });
    expect(outcome(answer)).toBe('failed');
  });

  slowTest('a look that hangs while it is waited for ends with the time-out, and what it began too', async () => {
    const answer = await run(`${counting()}; (${beating()}) & ${beating()}`, { shell, seconds: 15, wait: 10 });
    expect(answer).toMatchObject({ code: 137 });
    expect(outcome(answer)).toBe('timed_out');
    expect(await beats()).toBe(false);
  });

  test('a cancel ends the waiting', async () => {
    const { ended, cancel } = begin(`touch ${join(folder, 'alive')}; exit 1`, { shell, seconds: 60, wait: 50 });
    await begun();
    await delay(300);
    cancel();
    expect((await ended).code).toBe(137);
  });

  test('what leaves something running is not run again', async () => {
    const answer = await run(`${counting()}; sleep 6 & exit 3`, { shell, seconds: 30, wait: 20 });
    expect(answer).toMatchObject({ code: 3, stdout: 'run 1\n' });
  });

  test('a cancel ends the script and what it began', async () => {
    const { ended, cancel } = begin(`(${beating()}) & ${beating()}`, { shell });
    await begun();
    cancel();
    expect((await ended).code).toBe(137);
    expect(await beats()).toBe(false);
  });

  slowTest('the least time-out ends the script and what it began, and what was printed is kept', async () => {
    const answer = await run(`echo before; (trap '' TERM; ${beating()}) & ${beating()}`, { seconds: 5, shell });
    expect(answer).toMatchObject({ code: 137, stdout: 'before\n' });
    expect(outcome(answer)).toBe('timed_out');
    expect(await beats()).toBe(false);
  });

  slowTest('what is left running in the background holds no pipe, does not block, and does not die of it', async () => {
    const child = `(sleep 2; seq 300000; seq 300000 >&2; echo $? >${join(folder, 'later')}) & echo begun`;
    const answer = await run(child, { shell });
    expect(answer).toMatchObject({ code: 0, stdout: 'begun\n' });
    expect(answer.stderr).toMatch(/^countersign: stdout may go on: .*\ncountersign: stderr may go on: .*\n$/);
    expect(existsSync(join(folder, 'later'))).toBe(false);
    while (!existsSync(join(folder, 'later'))) await delay(50);
    await delay(50);
    expect(readFileSync(join(folder, 'later'), 'utf8')).toBe('0\n');
  });

  test('3 MiB on each stream: the first MiB is kept, the rest is counted, and the script ends as it would', async () => {
    const size = 3 * keptBytes;
    const script = `head -c ${size} /dev/zero | tr '\\0' o; head -c ${size} /dev/zero | tr '\\0' e >&2; echo "$?" end; exit 5`;
    const { code, stdout, stderr } = await run(script, { shell });
    expect(code).toBe(5);
    expect(stdout).toBe('o'.repeat(keptBytes));
    const [first, second, ...rest] = stderr.split('\n');
    expect(first).toBe(`countersign: ${size + 6 - keptBytes} bytes of stdout were dropped: ${keptBytes} are kept`);
    expect(second).toBe(`countersign: ${size - keptBytes} bytes of stderr were dropped: ${keptBytes} are kept`);
    expect(rest.join('\n')).toBe(`${'e'.repeat(keptBytes)}failed to run commands: exit status 5`);
    for (const name of ['stdout', 'stderr']) expect(statSync(join(folder, 'run', dispatchKey, name)).size).toBe(0);
  });

  test('the files that the script writes itself have no such limit', async () => {
    const file = join(folder, 'large');
    expect(await run(`head -c ${3 * keptBytes} /dev/zero >${file}`, { shell })).toMatchObject({ code: 0, stderr: '' });
    expect(statSync(file).size).toBe(3 * keptBytes);
  });

  test('bytes that are no text come through', async () => {
    const bytes = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
    const escaped = [...bytes].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
    const answer = await run(`printf '${escaped}'; printf '${escaped}' >&2`, { shell });
    expect(answer).toEqual({ code: 0, stdout: bytes.toString(), stderr: bytes.toString() });
  });

  test('the same delivery twice runs once, and the second does not claim that nothing was run', async () => {
    const script = `echo ran >>${join(folder, 'effect')}`;
    expect((await run(script, { shell })).code).toBe(0);
    const again = await run(script, { shell });
    expect(again.code).toBe(93);
    expect(again.stderr).toMatch(
      /this dispatch has been here before; this delivery ran nothing, an earlier one may have/,
    );
    expect(outcome(again)).toBe('unknown');
    expect(readFileSync(join(folder, 'effect'), 'utf8')).toBe('ran\n');
  });

  test('the same delivery after a reboot runs nothing, and it is not known what the first one did', async () => {
    const script = `echo ran >>${join(folder, 'effect')}`;
    const sentAt = now() - 20;
    expect((await run(script, { shell, sentAt })).code).toBe(0);
    reboot();
    for (const late of [0, 300]) {
      const again = await run(script, { shell, sentAt: sentAt - late, up: 10 });
      expect(again.code).toBe(96);
      expect(again.stderr).toMatch(/booted after the send, .*; this delivery ran nothing, an earlier one may have/);
      expect(outcome(again)).toBe('unknown');
    }
    expect(readFileSync(join(folder, 'effect'), 'utf8')).toBe('ran\n');
  });
});

/** A file system of 256 KiB needs a mount, and so a namespace. */
const canMount = spawnSync('unshare', ['-m', 'true']).status === 0;

test.skipIf(!canMount)(
  'a /run that is full ends no script: what does not fit is dropped, and that is said',
  async () => {
    const text = documentText(
      folder,
      runParameters({ script: 'seq 200000; exit 3', dispatchKey, notAfter: now() + 60, timeoutSeconds: 10 }),
    );
    const mount = ['unshare', '-m', 'sh', '-c', `mount -t tmpfs -o size=256k t ${folder} && eval "$1"`, 'sh', text];
    const [program = '', ...rest] = mount;
    const { status, stdout, stderr } = spawnSync(program, rest, { encoding: 'utf8' });
    expect(status).toBe(3);
    expect(stdout).toMatch(/^1\n2\n3\n/);
    expect(stderr).toMatch(/^countersign: stdout may go on: .* is full; the rest is dropped\n/);
  },
);

describe('clocks', () => {
  test.each([
    ['up since 31 s before the send', 31, 0, 0],
    ['up since 29 s before it, which may be a clock that is behind', 29, 0, 96],
    ['up long, clock 25 s behind', 86_400, -25, 0],
    ['up long, clock 90 s behind', 86_400, -90, 96],
    ['up long, clock 55 s ahead', 86_400, 55, 0],
    ['up long, clock 90 s ahead', 86_400, 90, 92],
  ])('%s', async (_, up, ahead, code) => {
    expect((await run('true', { up: up + Math.max(0, ahead), sentAt: now() - ahead })).code).toBe(code);
  });

  test('a host that does not say how long it has been up', async () => {
    const parameters = runParameters({ script: 'true', dispatchKey, notAfter: now() + 60, timeoutSeconds: 5 });
    const answer = await agentRun(documentText(folder, parameters, join(folder, 'nothing'))).ended;
    expect(answer).toMatchObject({ code: 94, stderr: expect.stringContaining('/nothing; nothing was run') });
  });
});

test('the agent takes an hour for a time-out below 5 s, which is why the least is 5 s', () => {
  expect([1, 4, 5, 3600].map(agentTimeout)).toEqual([3600, 3600, 5, 3600]);
  expect(() => runParameters({ script: 'true', dispatchKey, notAfter: now(), timeoutSeconds: 4 })).toThrow('5 to 3600');
});

test.each([-1, 1.5, 6, 3600])('a wait of %d s within 10 s is refused', (waitSeconds) => {
  const of = { script: 'true', dispatchKey, notAfter: now(), timeoutSeconds: 10 };
  expect(() => runParameters({ ...of, waitSeconds })).toThrow('at least 5 less');
  expect(runParameters(of)).not.toHaveProperty('Wait');
  expect(runParameters({ ...of, waitSeconds: 5 }).Wait).toEqual(['5']);
});
