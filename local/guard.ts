/**
 * The guard: a process of its own that owns everything a local run leaves on the machine (a folder, the emulator,
 * process groups reported to it) and ends it all when its standard input closes, whatever killed its parent.
 *
 * Started as `node guard.ts JSON` with a ServerCommand or null. Writes one JSON line, a GuardReport, when the
 * server is spawned, and a ServerExit should the server end by itself. Reads one process group id a line: `+123` is
 * to be ended with the run, `-123` has ended by itself.
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, openSync, realpathSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** `{port}` and `{folder}` in the environment's values are filled in. */
export interface ServerCommand {
  readonly command: string;
  readonly arguments: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

export interface GuardReport {
  readonly folder: string;
  readonly port: number;
  /** Also the id of the server's process group; null without a server. */
  readonly server: number | null;
}

export interface ServerExit {
  readonly exit: string;
}

await guard(JSON.parse(process.argv[2] ?? 'null'));

async function guard(server: ServerCommand | null): Promise<void> {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'countersign-')));
  const groups = new Set<number>();
  let child: ChildProcess | null = null;
  const end = () => endRun(folder, groups, child);
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => {});
  process.on('SIGTERM', end);
  process.stdout.on('error', end);
  createInterface({ input: process.stdin })
    .on('line', (line) =>
      line.startsWith('+') ? groups.add(Number(line.slice(1))) : groups.delete(Number(line.slice(1))),
    )
    .on('close', end);
  const port = await freePort();
  child = server === null ? null : startServer(server, folder, port);
  if (child?.pid) groups.add(child.pid);
  report({ folder, port, server: child?.pid ?? null });
}

function startServer(server: ServerCommand, folder: string, port: number): ChildProcess {
  const filled = Object.entries(server.environment).map(([name, value]) => [
    name,
    value.replaceAll('{port}', String(port)).replaceAll('{folder}', folder),
  ]);
  const log = openSync(join(folder, 'emulator.log'), 'a');
  const child = spawn(server.command, server.arguments, {
    cwd: folder,
    detached: true,
    env: Object.fromEntries(filled),
    stdio: ['ignore', log, log],
  });
  child.on('error', (error) => report({ exit: error.message }));
  child.on('exit', (code, signal) => report({ exit: `exit ${code ?? signal}` }));
  return child;
}

function report(message: GuardReport | ServerExit): void {
  process.stdout.write(`${JSON.stringify(message)}\n`);
}

/**
 * Killed, not asked: everything of a run lives in the folder that goes too, and a polite end takes 2 s. The server is
 * waited for, because nobody else would take note of its end.
 */
function endRun(folder: string, groups: ReadonlySet<number>, server: ChildProcess | null): void {
  for (const group of groups) killGroup(group);
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  const ended = server === null || server.exitCode !== null || server.signalCode !== null || server.pid === undefined;
  if (ended) process.exit(0);
  server.once('exit', () => process.exit(0));
}

function killGroup(group: number): void {
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It ended before.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer().on('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const address = probe.address();
      probe.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
    });
  });
}
