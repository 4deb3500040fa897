/** Gives a whole test run a temporary folder of its own, and fails the run when a test leaves something there. */
import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';

/** Processes that a test started may need a moment to end and clean up; each look is 100 ms after the last one. */
const looks = 50;

export async function setup(): Promise<() => Promise<void>> {
  const given = process.env.TMPDIR;
  const folder = mkdtempSync(join(tmpdir(), 'countersign-tests-'));
  process.env.TMPDIR = folder;
  return async () => {
    if (given === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = given;
    const left = await leftIn(folder);
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
    if (left.length > 0)
      throw new Error(
        `tests left ${left.length} things in the temporary folder: ${left.slice(0, 20).join(', ')}; remove each in the test that makes it (afterEach, afterAll)`,
      );
  };
}

async function leftIn(folder: string): Promise<string[]> {
  for (let look = 0; look < looks && readdirSync(folder).length > 0; look += 1) await delay(100);
  return readdirSync(folder).sort();
}
