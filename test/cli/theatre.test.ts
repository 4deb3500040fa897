/** `countersign theatre`: counted over a bundle, first whether it may be believed, and named only where there is enough. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { registerTheatre } from '../../cli/theatre.ts';
import { theatreLines } from '../../cli/theatre-lines.ts';
import type { Tally } from '../../core/report/theatre.ts';
import { bundleOf, genuineExport } from '../core/audit/bundles.ts';
import { genuine } from '../core/audit/genuine.ts';

const shape = { reads: 1, changes: ['modifying', 'destructive'], standing: true, closed: true, late: false } as const;
const chains = await Promise.all([genuine('one', shape), genuine('two', shape)]);
const window = { since: '2026-11-21T00:00:00.000Z', until: '2026-11-22T00:00:00.000Z' };
const bundle = await bundleOf(chains.flatMap(genuineExport), window);

let folder = '';
let said: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-theatre-'));
  said = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => {
    said.push(text);
  });
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  rmSync(folder, { recursive: true });
});

async function theatre(text: string, ...options: string[]) {
  const file = join(folder, 'bundle.ndjson');
  writeFileSync(file, text);
  const program = new Command('countersign');
  registerTheatre(program);
  await program.parseAsync(['theatre', '--bundle', file, ...options], { from: 'user' });
  return process.exitCode;
}

test('counts each approver and all, and says that it is too few to tell, with the number and why', async () => {
  expect(await theatre(bundle)).toBe(0);
  expect(said[0]).toMatch(/^Counted over 2 chains\. Integrity: whole/);
  expect(said[0]).toMatch(/ana +4 +4 \(100 %\) +0 \(0 %\)/);
  expect(said[0]).toMatch(/Too few to tell: 6 decisions\. .* fewer than 299 decisions in more than one case of twenty/);
  expect(said[0]).toMatch(/100 % approved; the field aims at 70 % to 80 %/);
  expect(said[0]).not.toContain('CEREMONIAL');
});

test('says what it counted over was tampered with, and exits 1', async () => {
  expect(await theatre(bundle.replace('"actor":"settle"', '"actor":"nobody"'))).toBe(1);
  expect(said[0]).toContain('tampered with');
});

test('--json gives the same numbers for programs', async () => {
  expect(await theatre(bundle, '--json')).toBe(0);
  expect(JSON.parse(said[0] ?? '')).toMatchObject({
    selection: window,
    integrity: 'whole',
    overall: {
      decisions: 6,
      approvals: 6,
      rejections: 0,
      timeOuts: 0,
      escalations: 0,
      oversight: 'too_few',
      needed: 299,
    },
    people: [{ name: 'ana' }, { name: 'ben' }],
  });
});

test('a bundle is counted as it is', async () => {
  await expect(theatre(bundle, '--since', '30d')).rejects.toThrow(/give either that, or --since/);
});

test('ceremony is named, with over how many decisions', () => {
  const tally: Tally = {
    ...{ decisions: 473, approvals: 472, rejections: 1, skips: 0, modifications: 0, medianSeconds: 4, slowSeconds: 9 },
    ...{ timeOuts: 2, escalations: 1, oversight: 'ceremonial', needed: 473 },
  };
  const report = { verdict: 'ok', integrity: { verdict: 'ok' }, completeness: { verdict: 'ok' }, chains: 1 } as never;
  const lines = theatreLines({ overall: tally, people: [{ name: 'ana\u001b[31m', ...tally }] }, report).join('\n');
  expect(lines).toMatch(/ana.*: ceremonial\. Over 473 decisions the median answer came after .*1 of 473 was rejected/);
  expect(lines).toContain('Oversight as a whole: ceremonial');
  expect(lines).not.toContain('ana\u001b');
});
