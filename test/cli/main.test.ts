/** The `countersign` command itself: what it says of itself, and that what it does not understand is never exit 0. */
import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

const root = join(import.meta.dirname, '../..');

function countersign(...arguments_: string[]): Promise<{ code: number; text: string }> {
  const environment = { PATH: process.env.PATH ?? '', AWS_REGION: 'eu-central-1' };
  return new Promise((resolve) => {
    const options = { cwd: root, env: environment };
    execFile(process.execPath, ['cli/main.ts', ...arguments_], options, (error, stdout, stderr) =>
      resolve({ code: error ? Number(error.code) : 0, text: stdout + stderr }),
    );
  });
}

describe('countersign', () => {
  test.each([
    [['--help'], 0, /validate[\s\S]*classify[\s\S]*audit/],
    [['aprove'], 1, /unknown command 'aprove'/],
    [['audit', 'verify', 'inc-1', '--yes'], 1, /unknown option '--yes'/],
    [['validate', 'no-such-folder'], 2, /^✗ no-such-folder: there is no such file or folder/m],
  ] as const)('%j is exit %i', { concurrent: true }, async (arguments_, code, words) => {
    const answer = await countersign(...arguments_);
    expect(answer.text).toMatch(words);
    expect(answer.code).toBe(code);
    expect(answer.text).not.toMatch(/\n +at .*\.ts:\d+/);
  });
});
