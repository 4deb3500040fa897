/** Killed means gone: whichever process of `npm run demo` is killed, npm itself first of all, nothing of the run is left. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, expect, test } from 'vitest';

/** Until everything of a killed run must be gone. */
const goneWithinMs = 8_000;
/** Until the run is as far as a test wants it; a loaded machine takes its time. */
const readyWithinMs = 120_000;

interface Run {
  readonly child: ChildProcess;
  /** The run's TMPDIR: in the environment of each of its processes, and around each file that it leaves. */
  readonly folder: string;
  readonly said: () => string;
}

const runs: Run[] = [];
afterEach(() => {
  for (const { child, folder } of runs.splice(0)) {
    child.kill('SIGKILL');
    for (const { pid } of processesIn(folder)) kill(pid);
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
});

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It ended before.
  }
}

const demo = ['npm', 'run', 'demo', '--', '--keep'];
/** A terminal of its own, as a person's: the shell that leads it stays when npm is killed. */
const pty = (command: readonly string[]) => [
  'python3',
  '-c',
  'import pty, sys; pty.spawn(sys.argv[1:])',
  'sh',
  '-c',
  `${command.join(' ')}; sleep 0`,
];

function start([command = '', ...arguments_]: readonly string[]): Run {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'killed-')));
  const child = spawn(command, arguments_, {
    env: { ...process.env, TMPDIR: folder },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream?.on('data', (chunk: Buffer) => {
      said += chunk;
    });
  const run = { child, folder, said: () => said };
  runs.push(run);
  return run;
}

function processesIn(folder: string): { readonly pid: number; readonly line: string }[] {
  const all = execFileSync('ps', ['-eo', 'pid=,args=', 'e', '-ww'], { encoding: 'utf8', maxBuffer: 2 ** 26 }).split(
    '\n',
  );
  const own = all.filter((line) => line.includes(folder)).map((line) => line.trim());
  return own.map((line) => ({ pid: Number.parseInt(line, 10), line: line.replace(/^\d+ /, '').slice(0, 120) }));
}

/** The processes of a run by what their command lines say. */
const parts = {
  npm: /^npm run demo/,
  demo: /^\S*node cli\/main\.ts demo/,
  guard: /local\/guard\.ts/,
  emulator: / -m ministack/,
} as const;

async function until<T>(look: () => T | undefined, withinMs: number, said: () => string): Promise<T> {
  for (const end = Date.now() + withinMs; Date.now() < end; await delay(50)) {
    const found = look();
    if (found !== undefined) return found;
  }
  throw new Error(`not there after ${withinMs} ms; the run said:\n${said().slice(-2000)}`);
}

/** The process id of a part, once the run says that it is as far as this. */
function running({ folder, said }: Run, part: keyof typeof parts, stage: RegExp): Promise<number> {
  const find = () => processesIn(folder).find(({ line }) => parts[part].test(line))?.pid;
  return until(() => (stage.test(said()) ? find() : undefined), readyWithinMs, said);
}

/** Node's compile cache is npm's own, in whatever folder for temporary files it is given. */
const ownFiles = (folder: string) => readdirSync(folder).filter((name) => name !== 'node-compile-cache');

async function expectGone({ folder }: Run): Promise<void> {
  const left = () => ({ processes: processesIn(folder).map(({ line }) => line), files: ownFiles(folder) });
  const isGone = () => left().processes.length === 0 && left().files.length === 0;
  for (const end = Date.now() + goneWithinMs; Date.now() < end && !isGone(); ) await delay(100);
  expect(left()).toEqual({ processes: [], files: [] });
}

test.each(['npm', 'demo', 'guard', 'emulator'] as const)(
  'SIGKILL of %s leaves nothing',
  async (part) => {
    const run = start(demo);
    process.kill(await running(run, part, /bootstrapping/), 'SIGKILL');
    await expectGone(run);
  },
  readyWithinMs * 2,
);

test.each(['npm', 'demo'] as const)(
  'SIGKILL of %s leaves nothing in a terminal',
  async (part) => {
    const run = start(pty(demo));
    process.kill(await running(run, part, /bootstrapping/), 'SIGKILL');
    await expectGone(run);
  },
  readyWithinMs * 2,
);

test.runIf(process.env.SOAK)('ten times of ten: SIGKILL of npm leaves nothing while a card waits', async () => {
  for (let round = 0; round < 10; round += 1) {
    const run = start(round % 2 === 0 ? demo : pty(demo));
    process.kill(await running(run, 'npm', /card for step \d+ posted/), 'SIGKILL');
    await expectGone(run);
  }
});
