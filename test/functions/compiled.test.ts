/** compiled.json as a function reads it: of its own format, or not at all. */
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { compiledOf } from '../support/fixtures.ts';
import { deployed } from './environment.ts';

let folder: string;
const compiled = compiledOf();
beforeEach(() => {
  vi.resetModules();
  folder = deployed(compiled);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const load = async () => (await import('../../functions/wiring/compiled.ts')).loadCompiled();

test('is what synth made', async () => {
  expect(await load()).toEqual(JSON.parse(JSON.stringify(compiled)));
});

test.each([2, 0, '1', undefined, null])('of the format %s throws, and says what to do', async (format) => {
  writeFileSync(join(folder, 'compiled.json'), JSON.stringify({ ...compiled, format }));
  await expect(load).rejects.toThrow(/compiled\.json: its format is .*, and this code reads 1; deploy/);
});

test.each(['0.0.9', '99.0.0', undefined])('of the release %s throws, and names both', async (release) => {
  writeFileSync(join(folder, 'compiled.json'), JSON.stringify({ ...compiled, release }));
  await expect(load).rejects.toThrow(/countersign .* made it, and this code is of \d+\.\d+\.\d+; deploy/);
});

test('that is missing throws', async () => {
  rmSync(join(folder, 'compiled.json'));
  await expect(load).rejects.toThrow(/ENOENT/);
});
