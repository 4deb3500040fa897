/** What a demo leaves: the incident's bundle, exported by the command itself, and verified by it with nothing of the account in reach. */
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { BundleReport } from '../../core/audit/bundle-report.ts';
import { cache, command as countersign } from '../../package/assets.ts';
import type { Emulator } from '../emulator.ts';
import type { Laptop } from '../laptop.ts';

/** Where builds and downloads lie already, and git looks for nothing. */
const folder = join(cache, 'bundles');

/** Milliseconds for the stream to bring the last entry to the archive; it took under two seconds. */
const longest = 60_000;

export interface Left {
  readonly file: string;
  readonly verdict: BundleReport['verdict'];
  readonly checkpoints: number;
}

/**
 * Exports and verifies. A checkpoint is made each minute; nobody waits for that here, so it is made now, and once more
 * while the last entries are still on their way into the archive.
 */
export async function leaveBundle({ emulator, invoke }: Laptop, incidentId: string): Promise<Left> {
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${incidentId}.ndjson`);
  for (const began = Date.now(); ; await sleep(500)) {
    await invoke('countersign-checkpoint', {});
    rmSync(file, { force: true });
    await command(emulator, ['audit', 'export', file, '--incident', incidentId]);
    const { verdict, checkpoints }: BundleReport = JSON.parse(await offline(emulator, file));
    if (verdict !== 'cannot_tell' || Date.now() - began > longest) return { file, verdict, checkpoints };
  }
}

/** Without region and credentials, and with an address where nobody answers. */
function offline(emulator: Emulator, file: string): Promise<string> {
  const nothing = { AWS_ENDPOINT_URL: 'http://127.0.0.1:9', AWS_ACCESS_KEY_ID: '', AWS_SECRET_ACCESS_KEY: '' };
  return command(emulator, ['audit', 'verify', '--bundle', file, '--json'], nothing, [0, 1, 2]);
}

function command(
  emulator: Emulator,
  arguments_: readonly string[],
  env: NodeJS.ProcessEnv = {},
  good: readonly number[] = [0],
): Promise<string> {
  const child = emulator.spawn(process.execPath, [countersign, ...arguments_], {
    env,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout?.on('data', (chunk: Buffer) => {
    output += chunk;
  });
  child.stderr?.on('data', (chunk: Buffer) => {
    errors += chunk;
  });
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => {
      if (good.includes(code ?? -1)) resolve(output);
      else reject(new Error(`countersign ${arguments_.slice(0, 2).join(' ')} ended with ${code}: ${errors.trim()}`));
    });
  });
}
