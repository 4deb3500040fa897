/** `countersign drift`: what people and failures say of runbooks, counted over a bundle and held against a folder. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { registerDrift } from '../../cli/drift.ts';
import { sha256 } from '../../core/digest.ts';
import { bundleOf, genuineExport } from '../core/audit/bundles.ts';
import { genuine } from '../core/audit/genuine.ts';

const window = { since: '2026-11-21T00:00:00.000Z', until: '2026-11-22T00:00:00.000Z' };
const text = (id: string, reviewed: string | null) =>
  `---\nid: ${id}\ntitle: ${id}\nowner: us\nseverity: low\nmatch: { alarms: ['${id}-*'] }\n${reviewed === null ? '' : `reviewed: ${reviewed}\nreview_every: 90d\n`}---\n\n1. Look\n\n   \`\`\`bash\n   df -h\n   \`\`\`\n`;
const today = new Date().toISOString().slice(0, 10);
const runbookDigest = sha256(text('fix', today));
const usual = {
  runbookDigest,
  reads: 1,
  changes: ['modifying'],
  standing: false,
  closed: true,
  late: false,
  titled: true,
} as const;
const bundles = {
  well: await bundleOf(genuineExport(await genuine('well', usual)), window),
  odd: await bundleOf(
    (
      await Promise.all([
        genuine('one', usual),
        genuine('two', { ...usual, failing: 1 }),
        genuine('three', { ...usual, refusal: 'reject' }),
        genuine('four', { ...usual, refusal: 'skip', failing: 1 }),
      ])
    ).flatMap(genuineExport),
    window,
  ),
};

let folder = '';
let said: string[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-drift-'));
  mkdirSync(join(folder, 'runbooks'));
  said = [];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void said.push(text));
});
afterEach(() => {
  vi.restoreAllMocks();
  process.exitCode = 0;
  rmSync(folder, { recursive: true });
});

/** A runbook of the folder. */
function runbook(id: string, reviewed: string | null = today): void {
  writeFileSync(join(folder, 'runbooks', `${id}.md`), text(id, reviewed));
}

async function drift(bundle: string, ...options: string[]) {
  const file = join(folder, 'bundle.ndjson');
  writeFileSync(file, bundle);
  const program = new Command('countersign');
  registerDrift(program);
  const words = ['drift', '--bundle', file, '--runbooks', join(folder, 'runbooks'), ...options];
  await program.parseAsync(words, { from: 'user' });
  return process.exitCode;
}

test('a runbook that is used, reviewed and does what it says is nothing to look at: exit 0', async () => {
  runbook('fix');
  expect(await drift(bundles.well)).toBe(0);
  expect(said.join('\n')).toContain('✓ nothing drifts: 1 runbooks, all used and reviewed');
});

test('what happened under an earlier text of a runbook is told as that, and is no reason to look any more', async () => {
  runbook('fix', new Date(Date.now() - 86_400_000).toISOString().slice(0, 10));
  expect(await drift(bundles.odd)).toBe(0);
  expect(await drift(bundles.odd, '--json')).toBe(0);
  const { runbooks } = JSON.parse(said.at(-1) ?? '');
  expect(runbooks[0]).toMatchObject({ file: 'changed', steps: [{ step: 1, isCurrent: false }, { step: 2 }] });
});

test('steps that failed, or that people rejected or skipped, are named with how often, of how many, and when: exit 3', async () => {
  runbook('fix');
  expect(await drift(bundles.odd)).toBe(3);
  const lines = said.join('\n');
  expect(lines).toMatch(/^Counted over 4 chains\. Integrity: (whole|cannot_tell)/);
  expect(lines).toMatch(/! fix {2}4 incidents: 3 resolved, 1 rejected/);
  expect(lines).toContain('    1. Step 1: failed in 2 of 4, on 2026-11-21');
  expect(lines).toContain('    2. Step 2: skipped in 1 of 4, on 2026-11-21');
  expect(lines).toContain('    2. Step 2: rejected in 1 of 4, on 2026-11-21');
  expect(lines).not.toContain('1. Step 1: rejected');
});

test('runbooks that are not used, or not reviewed in time or ever, are named', async () => {
  runbook('old', '2020-01-01');
  runbook('new', null);
  expect(await drift(bundles.well)).toBe(3);
  const lines = said.join('\n');
  expect(lines).toMatch(
    /! old {2}no incident; not used since 2026-11-21; last reviewed \d{4} days ago, and wants it every 90d/,
  );
  expect(lines).toMatch(/! new {2}no incident; not used since 2026-11-21; it says no day of a review/);
  // Somebody took it away: that is no drift.
  expect(lines).not.toContain('fix');
});

test('--json says the same to a program', async () => {
  runbook('fix');
  expect(await drift(bundles.odd, '--json')).toBe(3);
  const first = '2026-11-21T03:00:01.000Z';
  expect(JSON.parse(said[0] ?? '')).toMatchObject({
    selection: window,
    runbooks: [
      {
        id: 'fix',
        incidents: 4,
        endings: { resolved: 3, rejected: 1 },
        file: 'same',
        review: 'done',
        steps: [
          { step: 1, planned: 4, seen: { failed: { incidents: 2, first, last: first } } },
          { step: 2, seen: { skipped: { incidents: 1 }, rejected: { incidents: 1 } } },
        ],
      },
    ],
    unanswered: {},
  });
});

test('what people did not sign is nobody’s word, and a bundle that was tampered with is exit 1', async () => {
  runbook('fix');
  // Whoever may append could write that a person rejected: without the key that signed it, it does not count.
  const forged = bundles.odd.replaceAll(/"sig":"[^"]+"/g, '"sig":"AAAA"');
  expect(await drift(forged)).toBe(1);
  expect(said.join('\n')).toContain('tampered with');
  expect(said.join('\n')).not.toContain('rejected in');
});

test('a runbook that cannot be read ends it with what to do', async () => {
  writeFileSync(join(folder, 'runbooks/bad.md'), '---\nid: bad\n');
  await expect(drift(bundles.well)).rejects.toThrow(/bad\.md: it is no runbook that can be read; countersign validate/);
});
