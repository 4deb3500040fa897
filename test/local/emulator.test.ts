/** The local AWS starts on 127.0.0.1 with IAM enforced, and however its run ends, nothing of it is left. */
import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { createServer } from 'node:http';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { afterEach, expect, test, vi } from 'vitest';
import { credentials, region, startEmulator } from '../../local/emulator.ts';

interface Run {
  readonly endpoint: string;
  readonly folder: string;
  readonly child: number;
  readonly pid: number;
}

const script = `${import.meta.dirname}/run-emulator.ts`;
const started: ChildProcess[] = [];
afterEach(() => {
  for (const child of started.splice(0)) child.kill('SIGKILL');
});

async function startRun(
  command: string,
  arguments_: readonly string[],
  environment = {},
): Promise<[ChildProcess, Run]> {
  const child = spawn(command, arguments_, {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, ...environment },
  });
  started.push(child);
  for await (const line of createInterface({ input: child.stdout })) return [child, JSON.parse(line)];
  throw new Error('the run ended before it said where it is');
}

/** Processes whose command line, working folder or environment names the run's folder or port. */
function processesOf(run: Run): string[] {
  const port = new URL(run.endpoint).port;
  const all = execFileSync('ps', ['-eo', 'pid=,args=', 'e'], { encoding: 'utf8', maxBuffer: 2 ** 26 }).split('\n');
  return all.filter((line) => line.includes(run.folder) || line.includes(`GATEWAY_PORT=${port}`));
}

async function isGone(run: Run): Promise<boolean> {
  const answers = await fetch(`${run.endpoint}/_ministack/health`).then(
    () => true,
    () => false,
  );
  return !answers && !existsSync(run.folder) && processesOf(run).length === 0;
}

async function expectGone(run: Run, withinMs: number): Promise<void> {
  for (const end = Date.now() + withinMs; Date.now() < end && !(await isGone(run)); ) await delay(50);
  expect({ processes: processesOf(run), folder: existsSync(run.folder), gone: await isGone(run) }).toEqual({
    processes: [],
    folder: false,
    gone: true,
  });
}

test('starts on 127.0.0.1 with IAM enforced, and stop leaves nothing', async () => {
  const emulator = await startEmulator({ onProgress: () => {} });
  const run = { ...emulator, child: 0, pid: 0 };
  expect(new URL(emulator.endpoint).hostname).toBe('127.0.0.1');
  const client = (accessKeyId: string) =>
    new STSClient({ endpoint: emulator.endpoint, region, credentials: { ...credentials, accessKeyId } });
  const identity = await client('test').send(new GetCallerIdentityCommand());
  expect(identity.Arn).toBe('arn:aws:iam::000000000000:root');
  await expect(client('AKIAUNKNOWN').send(new GetCallerIdentityCommand())).rejects.toThrow(
    /security token|InvalidClientTokenId/i,
  );
  expect(processesOf(run).length).toBeGreaterThan(0);
  await emulator.stop();
  await emulator.stop();
  await expectGone(run, 0);
});

test.skipIf(!existsSync('/proc/net/tcp'))('listens on no other address and no other port', async () => {
  const [, run] = await startRun(process.execPath, [script]);
  const ports = execFileSync('ss', ['-Hltnp'], { encoding: 'utf8' }).split('\n');
  const mine = processesOf(run).map((line) => `pid=${line.trim().split(' ')[0]},`);
  const addresses = ports.filter((line) => mine.some((pid) => line.includes(pid))).map((line) => line.split(/\s+/)[3]);
  expect(addresses).toEqual([new URL(run.endpoint).host]);
});

test.each(['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGKILL'] as const)('%s of the run leaves nothing', async (signal) => {
  const [child, run] = await startRun(process.execPath, [script]);
  expect(processesOf(run).length).toBeGreaterThanOrEqual(2);
  child.kill(signal);
  await expectGone(run, 5_000);
});

test('a killed parent (npm) leaves nothing', async () => {
  const [shell, run] = await startRun('sh', ['-c', `"${process.execPath}" "${script}"; true`]);
  shell.kill('SIGKILL');
  await expectGone(run, 5_000);
});

test('a killed guard leaves nothing', async () => {
  const [, run] = await startRun(process.execPath, [script]);
  const guard = execFileSync('pgrep', ['-P', String(run.pid), '-f', 'guard.ts'], { encoding: 'utf8' }).trim();
  process.kill(Number(guard), 'SIGKILL');
  await expectGone(run, 5_000);
});

test('AWS_ENDPOINT_URL starts nothing, and its run folder goes too', async () => {
  const other = createServer((_, response) => response.end()).listen(0, '127.0.0.1');
  await once(other, 'listening');
  const address = other.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}`;
  const [child, run] = await startRun(process.execPath, [script], { AWS_ENDPOINT_URL: endpoint });
  expect(run.endpoint).toBe(endpoint);
  expect(readdirSync(run.folder)).toEqual([]);
  expect(processesOf(run).some((line) => line.includes('ministack'))).toBe(false);
  other.close();
  child.kill('SIGKILL');
  await expectGone(run, 5_000);
});

test('AWS_ENDPOINT_URL with nothing behind it says so', async () => {
  vi.stubEnv('AWS_ENDPOINT_URL', 'http://127.0.0.1:9');
  await expect(startEmulator({ onProgress: () => {} })).rejects.toThrow(
    'AWS_ENDPOINT_URL is http://127.0.0.1:9, where nothing answers. Start your emulator there, or unset the variable',
  );
  vi.unstubAllEnvs();
});

test('what a command leaves running ends with the command', async () => {
  const emulator = await startEmulator({ onProgress: () => {} });
  const command = emulator.spawn('sh', ['-c', 'sleep 600 & echo $!'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const [line] = await once(command.stdout ?? command, 'data');
  await once(command, 'close');
  // Gone, or a zombie where nobody collects orphans.
  expect(spawnSync('ps', ['-o', 'stat=', '-p', String(line).trim()]).stdout.toString()).toMatch(/^(Z|$)/);
  await emulator.stop();
});
