/** A laptop's AWS: starts MiniStack on 127.0.0.1 with IAM enforced, and leaves nothing behind however the run ends. */
import { type ChildProcess, type SpawnOptions, spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { guard as guardFile } from '../package/assets.ts';
import { endForLoss } from './end-of-run.ts';
import type { GuardReport, ServerCommand, ServerExit } from './guard.ts';
import { pythonEnvironment, removeEnvironment } from './python-environment.ts';

/** The emulator's account and the keys of its root user; never a real account's, wherever AWS_ENDPOINT_URL points. */
export const account = '000000000000';
export const region = 'us-east-1';
export const credentials = { accessKeyId: 'test', secretAccessKey: 'test' } as const;

/** For child processes and SDK clients that read the environment. */
export const credentialsEnvironment = {
  AWS_ACCESS_KEY_ID: credentials.accessKeyId,
  AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
  AWS_REGION: region,
  AWS_DEFAULT_REGION: region,
} as const;

export interface Emulator {
  /** `http://127.0.0.1:PORT`, or what AWS_ENDPOINT_URL says. */
  readonly endpoint: string;
  /** The run's own folder; removed at the end of the run. */
  readonly folder: string;
  /** Starts a command with this AWS in its environment; what it starts in turn ends with it, and it with the run. */
  spawn(command: string, arguments_: readonly string[], options?: SpawnOptions): ChildProcess;
  /** Ends everything of the run and resolves when it is gone. May be called twice. */
  stop(): Promise<void>;
}

export interface EmulatorOptions {
  readonly onProgress: (text: string) => void;
  /** For tests: where the Python environment lives. */
  readonly cache?: string;
}

/** How long the emulator may take to answer its health check (measured: 0.3 s warm). */
const startTimeoutMs = 60_000;
/** How long the guard may take to end a run (measured: 0.1 s) before its group is killed. */
const stopTimeoutMs = 5_000;

/**
 * Starts the emulator, or none when AWS_ENDPOINT_URL names one. Throws with the fix when Python is missing or too
 * old, when packages cannot be installed, when the emulator does not become healthy, or nothing answers at AWS_ENDPOINT_URL.
 */
export async function startEmulator(options: EmulatorOptions): Promise<Emulator> {
  const given = process.env.AWS_ENDPOINT_URL;
  if (given) return runningEmulator(given);
  const environment = await pythonEnvironment(options.onProgress, options.cache);
  try {
    return await startServer(environment.python);
  } catch (error) {
    if (environment.fresh) throw error;
    options.onProgress(`The AWS emulator did not start (${messageOf(error)}); installing it anew.`);
    removeEnvironment(environment);
    return startServer((await pythonEnvironment(options.onProgress, options.cache)).python);
  }
}

/** Any HTTP answer will do: what runs there is the person's choice. */
async function runningEmulator(endpoint: string): Promise<Emulator> {
  const answer = await fetch(endpoint).catch(() => null);
  if (answer !== null) {
    const guard = await startGuard(null);
    guard.watch();
    return emulator(endpoint, guard);
  }
  throw new Error(
    `AWS_ENDPOINT_URL is ${endpoint}, where nothing answers. Start your emulator there, or unset the variable: ` +
      'then one is started for you.',
  );
}

/** The process environment for commands that talk to this AWS: none of the user's own AWS settings reach them. */
export function awsEnvironment(endpoint: string, folder: string): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(([name]) => !name.startsWith('AWS_'));
  const path = [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter);
  return {
    ...Object.fromEntries(inherited),
    ...credentialsEnvironment,
    AWS_ENDPOINT_URL: endpoint,
    AWS_CONFIG_FILE: '/dev/null',
    AWS_SHARED_CREDENTIALS_FILE: '/dev/null',
    AWS_EC2_METADATA_DISABLED: 'true',
    PATH: path,
    TMPDIR: folder,
  };
}

interface Guard {
  readonly process: ChildProcess;
  readonly report: GuardReport;
  /** The process groups of the run, as the guard knows them. */
  readonly groups: Set<number>;
  /** Why the server ended by itself; null while it runs. */
  serverExit(): string | null;
  /** From now on the end of the guard or its server is the end of the run, until `expectEnd`. */
  watch(): void;
  expectEnd(): void;
}

async function startServer(python: string): Promise<Emulator> {
  const guard = await startGuard(serverCommand(python));
  const started = emulator(`http://127.0.0.1:${guard.report.port}`, guard);
  try {
    await healthy(started.endpoint, guard);
    guard.watch();
    return started;
  } catch (error) {
    await started.stop();
    throw error;
  }
}

/** A short environment of its own: Lambda functions inherit it, and none of the user's keys may reach them. */
function serverCommand(python: string): ServerCommand {
  return {
    command: python,
    arguments: ['-m', 'ministack'],
    environment: {
      PATH: [dirname(process.execPath), process.env.PATH ?? ''].join(delimiter),
      HOME: '{folder}',
      TMPDIR: '{folder}',
      STATE_DIR: join('{folder}', 'state'),
      LANG: 'C.UTF-8',
      BIND_HOST: '127.0.0.1',
      MINISTACK_HOST: '127.0.0.1',
      GATEWAY_PORT: '{port}',
      AUTH: 'true',
      IOT_MTLS_ENABLED: 'false',
      SFTP_ENABLED: '0',
    },
  };
}

/** In a process group of its own, so that Ctrl-C does not reach it; its standard input is the life line. */
async function startGuard(server: ServerCommand | null): Promise<Guard> {
  const child = spawn(process.execPath, [guardFile, JSON.stringify(server)], {
    detached: true,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => {});
  let exit: string | null = null;
  let isWatched = false;
  const lost = (what: string) => isWatched && endForLoss(what);
  const report = await new Promise<GuardReport>((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => reject(new Error(`the guard process ended with ${code ?? signal}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      const message: GuardReport | ServerExit = JSON.parse(line);
      if ('exit' in message) {
        exit = message.exit;
        lost(`The local AWS ended by itself (${exit})`);
      } else resolve(message);
    });
  });
  const groups = new Set(report.server === null ? [] : [report.server]);
  child.on('exit', (code, signal) => {
    endForGuard(report.folder, groups);
    lost(`The guard of the local AWS ended (${code ?? signal})`);
  });
  const watch = () => {
    isWatched = true;
  };
  const expectEnd = () => {
    isWatched = false;
  };
  return { process: child, report, groups, serverExit: () => exit, watch, expectEnd };
}

/** Does nothing after a proper end; after a killed guard it does the guard's work. */
function endForGuard(folder: string, groups: ReadonlySet<number>): void {
  for (const group of groups) killGroup(group);
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
}

function emulator(endpoint: string, guard: Guard): Emulator {
  const { folder } = guard.report;
  const gone = new Promise<void>((resolve) => guard.process.once('close', () => resolve()));
  return {
    endpoint,
    folder,
    spawn(command, arguments_, options = {}) {
      const env = { ...awsEnvironment(endpoint, folder), ...options.env };
      const child = spawn(command, arguments_, { ...options, env, detached: true });
      const group = child.pid;
      if (group === undefined) return child;
      tell(guard, `+${group}`);
      guard.groups.add(group);
      child.once('exit', () => {
        killGroup(group);
        guard.groups.delete(group);
        tell(guard, `-${group}`);
      });
      return child;
    },
    async stop() {
      guard.expectEnd();
      guard.process.stdin?.end();
      const late = setTimeout(() => killGroup(guard.process.pid ?? 0), stopTimeoutMs);
      await gone;
      clearTimeout(late);
    },
  };
}

/** A guard that is going away needs no more news. */
function tell({ process: { stdin } }: Guard, line: string): void {
  if (stdin?.writable) stdin.write(`${line}\n`);
}

async function healthy(endpoint: string, guard: Guard): Promise<void> {
  const attempts = startTimeoutMs / 25;
  for (let attempt = 0; attempt < attempts; attempt++) {
    const exit = guard.serverExit();
    if (exit !== null) throw new Error(`the emulator ended at once: ${exit}`);
    const answer = await fetch(`${endpoint}/_ministack/health`).catch(() => null);
    if (answer?.ok) return;
    await delay(25);
  }
  throw new Error(`the emulator at ${endpoint} did not answer its health check within ${startTimeoutMs / 1000} s`);
}

function killGroup(group: number): void {
  if (group <= 0) return;
  try {
    process.kill(-group, 'SIGKILL');
  } catch {
    // It ended before.
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
