/** `npm run demo` as a newcomer runs it: what it prints and exits with, and that nothing of it is left however it ends. */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { afterEach, describe, expect, test } from 'vitest';
import { scriptOn } from '../support/python-verifier.ts';

interface Run {
  readonly child: ChildProcess;
  /** The run's own temporary folder: whatever it leaves is in here, or names it. */
  readonly folder: string;
  readonly ended: Promise<number | null>;
  stdout: string;
  stderr: string;
}

const runs: Run[] = [];
afterEach(() => {
  for (const { child, folder } of runs.splice(0)) {
    if (child.exitCode === null && child.signalCode === null && child.pid) process.kill(-child.pid, 'SIGKILL');
    rmSync(folder, { recursive: true, force: true });
  }
});

/** Starts the demo in a process group of its own, as a terminal does. */
function demo(...flags: string[]): Run {
  const folder = mkdtempSync(join(tmpdir(), 'demo-test-'));
  const child = spawn('npm', ['run', '--silent', 'demo', '--', ...flags], {
    detached: true,
    // Words are looked for: where CI is set, they would be coloured.
    env: { ...process.env, TMPDIR: folder, NO_COLOR: '1' },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  const run: Run = { child, folder, ended, stdout: '', stderr: '' };
  child.stdout?.on('data', (chunk) => {
    run.stdout += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    run.stderr += chunk;
  });
  runs.push(run);
  return run;
}

async function until(run: Run, what: string, condition: () => boolean, seconds: number): Promise<void> {
  for (let waited = 0; !condition(); waited += 0.1) {
    if (waited > seconds)
      throw new Error(`${what} did not happen within ${seconds} s; the demo said last:\n${run.stderr.slice(-3000)}`);
    await delay(100);
  }
}

/** Processes, not counting ended ones that nobody collected, whose command line or environment names the folder. */
function processesOf(folder: string): string[] {
  return readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    try {
      const text = readFileSync(`/proc/${pid}/cmdline`, 'utf8') + readFileSync(`/proc/${pid}/environ`, 'utf8');
      return text.includes(folder);
    } catch {
      return false;
    }
  });
}

async function expectNothingLeft(run: Run): Promise<void> {
  const { folder } = run;
  await until(run, 'the end of every process', () => processesOf(folder).length === 0, 15);
  await until(run, 'the removal of every folder', () => ownFolders(folder).length === 0, 15);
}

/** Node's compile cache is npm's own, in whatever folder for temporary files it is given. */
const ownFolders = (folder: string) => readdirSync(folder).filter((name) => name !== 'node-compile-cache');

const isLinux = process.platform === 'linux';

describe('npm run demo', () => {
  test('--yes --json resolves the incident, verifies the audit and leaves nothing', async () => {
    const run = demo('--yes', '--json');
    expect(await run.ended, run.stderr).toBe(0);
    const result = JSON.parse(run.stdout.trimEnd().split('\n').at(-1) ?? '');
    expect(result).toMatchObject({
      status: 'resolved',
      mode: 'live',
      runbook: 'disk-full',
      approvals: 1,
      mutatingCommandsSent: 1,
      auditVerified: true,
    });
    expect(result.steps.at(-1)).toEqual({ n: 4, risk: 'destructive', decision: 'ask', outcome: 'succeeded' });
    const stages = ['start', 'deploy', 'alarm', 'plan', 'approve', 'execute', 'recover', 'verify'];
    expect(Object.keys(result.stages)).toEqual(stages);
    // The run is over, and its account gone.
    expect(result.bundleVerdict).toBe('clean');
    const { code, said } = await scriptOn(result.bundle);
    expect([code, said]).toEqual([0, expect.stringContaining('clean: integrity whole, completeness whole')]);
    rmSync(result.bundle);
    expect(run.stderr).toContain('Timeline');
    const begun = [...run.stderr.matchAll(/^- (.*)$/gm)].map(([, text]) => text);
    expect(begun.length).toBeGreaterThan(3);
    for (const text of begun) expect(run.stderr.split('\n')).not.toContain(`✔ ${text}`);
    if (isLinux) await expectNothingLeft(run);
  }, 240_000);

  test.runIf(isLinux)(
    'Ctrl-C while a card waits leaves nothing',
    async () => {
      const run = demo();
      await until(run, 'the card', () => run.stderr.includes('approval card'), 180);
      expect(processesOf(run.folder).length).toBeGreaterThan(3);
      process.kill(-(run.child.pid ?? 0), 'SIGINT');
      expect(await run.ended).not.toBe(0);
      await expectNothingLeft(run);
    },
    240_000,
  );

  test('--keep: Enter after a rejection, with the alarm still on, is a new incident', async () => {
    const run = demo('--keep', '--reject');
    const incidents = () => [...run.stderr.matchAll(/is in ALARM → incident (inc-[0-9a-f]+)/g)].map(([, id]) => id);
    const results = () => run.stderr.split('Result    rejected; ').slice(1);
    await until(run, 'the first rejection', () => run.stderr.includes('It keeps running'), 180);
    run.child.stdin?.write('\n');
    await until(run, 'the second', () => results().length === 2, 120);
    expect(new Set(incidents()).size).toBe(2);
    for (const result of results())
      expect(result).toMatch(/^[1-9]\d* commands sent, 0 of them above read_only, 1 signed rejection;/);
    process.kill(-(run.child.pid ?? 0), 'SIGINT');
    await run.ended;
    if (isLinux) await expectNothingLeft(run);
  }, 360_000);

  test.runIf(isLinux)(
    'SIGKILL of the demo’s own process during the deploy leaves nothing',
    async () => {
      const run = demo('--yes');
      await until(run, 'the deploy', () => run.stderr.includes('bootstrapping'), 60);
      const own = processesOf(run.folder).find((pid) =>
        readFileSync(`/proc/${pid}/cmdline`, 'utf8').startsWith('node\0cli/main.ts\0demo'),
      );
      expect(own).toBeDefined();
      process.kill(Number(own), 'SIGKILL');
      expect(await run.ended).not.toBe(0);
      await expectNothingLeft(run);
    },
    120_000,
  );

  test('an unknown flag and contradicting operators are refused with the allowed ones', async () => {
    const unknown = demo('--approve-everything');
    expect(await unknown.ended).not.toBe(0);
    expect(unknown.stderr).toContain("unknown option '--approve-everything'");
    const both = demo('--yes', '--reject');
    expect(await both.ended).not.toBe(0);
    expect(both.stderr).toMatch(/cannot be used with/);
  });
});
