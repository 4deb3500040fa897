/** `countersign report`: what is counted over a bundle, and what it says of chains that nobody may believe. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { figuresOf } from '../../cli/report/figures.ts';
import { registerReport } from '../../cli/report.ts';
import { bundleOf, genuineExport, linesOf } from '../core/audit/bundles.ts';
import { genuine } from '../core/audit/genuine.ts';

const shape = { reads: 1, changes: ['modifying', 'destructive'], standing: true, closed: true, late: false } as const;
const chains = await Promise.all([
  genuine('one', shape),
  genuine('two', { ...shape, changes: ['destructive'], standing: false }),
  genuine('still | open', { ...shape, reads: 2, changes: [], standing: false, closed: false }),
]);
const window = { since: '2026-11-21T00:00:00.000Z', until: '2026-11-22T00:00:00.000Z' };
const bundle = await bundleOf(chains.flatMap(genuineExport), window);

let folder = '';
let said: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-report-'));
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

async function report(text: string, ...options: string[]) {
  const file = join(folder, 'bundle.ndjson');
  writeFileSync(file, text);
  const program = new Command('countersign');
  registerReport(program);
  await program.parseAsync(['report', '--bundle', file, ...options], { from: 'user' });
  return process.exitCode;
}

test('counts incidents, commands by risk, questions, words of people and standing approvals', () => {
  const figures = figuresOf(linesOf(bundle));
  expect(figures).toMatchObject({
    incidents: 3,
    byStatus: { resolved: 2, open: 1 },
    byRunbook: { fix: 3 },
    commands: { read_only: 4, modifying: 2, destructive: 2, forbidden: 0 },
    questions: { approved: 3 },
    people: { ana: { approve: 3 }, ben: { approve: 2 } },
    standing: { 'platform: restarts are harmless': 1 },
    unverified: [],
  });
  // A question, its card, one or two votes and the settlement are a second apart each.
  expect(figures.toAnswer).toEqual({ count: 3, median: 4, slow: 4, longest: 4 });
  expect(figures.toAcknowledge).toEqual({ count: 0, median: null, slow: null, longest: null });
});

test('says first whether what it counted may be believed, and exits 1 when not', async () => {
  expect(await report(bundle)).toBe(0);
  expect(said[0]).toMatch(/^# Countersign: 2026-11-21.*\n\nCounted over 3 chains.*Integrity: \*\*cannot_tell\*\*/);
  expect(said[0]).toContain('| resolved | 2 |');
  expect(said[0]).toContain('| ana | approve | 3 |');
  expect(await report(bundle.replace('"actor":"settle"', '"actor":"nobody"'))).toBe(1);
  expect(said[1]).toContain('**What follows was counted over chains that were tampered with.**');
  expect(await report(bundle, '--json')).toBe(0);
  expect(JSON.parse(said[2] ?? '')).toMatchObject({ incidents: 3, integrity: 'cannot_tell', selection: window });
});

test('wants a span of time or a bundle', async () => {
  const program = new Command('countersign');
  registerReport(program);
  await expect(program.parseAsync(['report'], { from: 'user' })).rejects.toThrow(/either --since TIME/);
});

test('--html is one page without script or request, with a chart of each figure, and hostile names are text in it', async () => {
  const file = join(folder, 'report.html');
  await report(bundle, '--html', file);
  const page = readFileSync(file, 'utf8');
  expect(said).toEqual([`✓ ${file}`]);
  for (const caption of [
    'Incidents by day',
    'How they ended',
    'How long it took',
    'Commands sent, by risk',
    'Who said what',
  ])
    expect(page).toContain(`<figcaption>${caption}</figcaption><svg`);
  expect(page).not.toMatch(/<script|<link|src=|https?:\/\/(?!www\.w3\.org)/);
  const hostile = '<img src=x onerror=alert(1)>';
  const planted = bundle
    .replaceAll('"name":"ana"', `"name":"${hostile}"`)
    .replaceAll('"id":"fix"', `"id":"${hostile}"`);
  await report(planted, '--html', file);
  const second = readFileSync(file, 'utf8');
  expect(second).not.toContain(hostile);
  expect(second).toContain('&lt;img src=x onerror=alert(1)');
  expect(second).toContain('What follows was counted over chains that were tampered with.');
  expect(process.exitCode).toBe(1);
});
