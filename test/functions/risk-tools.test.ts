/** The second shell parser as a function loads it: there, or missing, which is said. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { classify } from '../../core/risk/classify.ts';
import { compiledOf } from '../support/fixtures.ts';
import { deployed } from './environment.ts';

let folder: string;
beforeEach(() => {
  vi.resetModules();
  folder = deployed(compiledOf());
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true, force: true });
});

test('that cannot be loaded makes nothing read_only, is told in the log and on the verdict, and is tried again', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const { loadTools } = await import('../../functions/wiring/risk-tools.ts');
  const { level, reasons } = classify('df -h', await loadTools());
  expect(level).toBe('destructive');
  expect(reasons).toContainEqual(expect.objectContaining({ text: 'no second parser confirms the syntax' }));
  const error = 'the second shell parser could not be loaded';
  expect(said).toHaveBeenCalledWith({ error, cause: expect.stringContaining('ENOENT') });
  process.env.LAMBDA_TASK_ROOT = join(import.meta.dirname, '../../node_modules');
  expect(classify('df -h', await loadTools()).level).toBe('read_only');
});
