/** `countersign report INCIDENT`: a draft from the audit alone, and notes for the runbook as a patch that changes nothing else. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { registerReport } from '../../cli/report.ts';
import { sha256 } from '../../core/digest.ts';
import { readRunbook } from '../../core/runbook/parse.ts';
import { bundleOf, genuineExport } from '../core/audit/bundles.ts';
import { genuine } from '../core/audit/genuine.ts';

/** A step's script follows its title at once, and another's after a blank line and words of its own. */
const runbook = `---
id: fix
title: Fix it
owner: platform
severity: low
match: { alarms: ['fix-*'] }
---

# Fix it

1. Look
   at the disk
   \`\`\`bash
   df -h
   \`\`\`

2. Restart it

   It takes a minute.

   \`\`\`bash risk=modifying
   systemctl restart web
   \`\`\`
`;
const runbookDigest = sha256(runbook);
const shape = {
  runbookDigest,
  reads: 1,
  changes: ['modifying'],
  standing: false,
  closed: true,
  late: true,
  titled: true,
} as const;
const why = 'not in `business` hours\n\n```bash\nrm -rf / {{ unit }}\n```';
const rejected = await genuine('disk "full" | x', { ...shape, failing: 1, refusal: 'reject', why });
const open = await genuine('open', { ...shape, closed: false });
const window = { since: '2026-11-21T00:00:00.000Z', until: '2026-11-22T00:00:00.000Z' };
const bundle = await bundleOf([rejected, open].flatMap(genuineExport), window);

let folder = '';
let said: string[] = [];
let errors: string[] = [];
const before = process.cwd();
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'countersign-postmortem-'));
  mkdirSync(join(folder, 'runbooks'));
  writeFileSync(join(folder, 'runbooks/fix.md'), runbook);
  process.chdir(folder);
  [said, errors] = [[], []];
  vi.spyOn(console, 'log').mockImplementation((text: string) => void said.push(text));
  vi.spyOn(console, 'error').mockImplementation((text: string) => void errors.push(text));
});
afterEach(() => {
  process.chdir(before);
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

async function report(incident: string, text = bundle, ...options: string[]) {
  writeFileSync('bundle.ndjson', text);
  const program = new Command('countersign');
  registerReport(program);
  await program.parseAsync(['report', incident, '--bundle', 'bundle.ndjson', ...options], { from: 'user' });
}

test('the draft says what the audit says, each line with its entry, and leaves to people what only they know', async () => {
  await report(rejected.id);
  const draft = said[0] ?? '';
  expect(draft).toMatch(/^# Post-mortem \(draft\): disk "full" \\\| x, 2026-11-21\n/);
  expect(draft).toMatch(/Integrity: \*\*(whole|cannot_tell)\*\*/);
  const rows = [...draft.matchAll(/^\| (2026-11-21 \d\d:\d\d:\d\d) \| (\d+) \| (\w+) \| (.*) \|$/gm)];
  expect(rows.length).toBeGreaterThan(6);
  for (const [, time, entry, actor] of rows) {
    const own = rejected.entries[Number(entry) - 1];
    expect([own?.at.slice(0, 19).replace('T', ' '), own?.actor]).toEqual([time, actor]);
  }
  expect(draft).toContain('| 1. Step 1 | read\\_only | failed');
  expect(draft).toMatch(/\| ana \| reject \| 2 \| not in \\`business\\` hours/);
  expect(draft).toContain('- Step 1: it failed with exit code 1');
  expect(draft).toContain('*Why the alarm rang, it does not say.*');
});

test('--json has the same for a program', async () => {
  await report(rejected.id, bundle, '--json');
  expect(JSON.parse(said[0] ?? '')).toMatchObject({
    incidentId: rejected.id,
    status: 'rejected',
    isDrill: false,
    runbook: { id: 'fix' },
    decisions: [{ by: 'ana', word: 'reject', steps: [2] }],
    lessons: [{ step: 1 }, { step: 2 }],
  });
});

test('the patch applies, and changes no script, value or risk, whatever people wrote', async () => {
  execFileSync('git', ['init', '--quiet']);
  await report(rejected.id, bundle, '--patch', 'notes.patch');
  expect(errors[0]).toContain('notes.patch: 2 notes for runbooks/fix.md');
  expect(readFileSync('runbooks/fix.md', 'utf8')).toBe(runbook);
  execFileSync('git', ['apply', 'notes.patch']);
  const mended = readFileSync('runbooks/fix.md', 'utf8');
  const { runbook: after } = readRunbook(mended, 'runbooks/fix.md');
  expect(after?.steps.map(({ command }) => command?.text)).toEqual(['df -h', 'systemctl restart web']);
  expect(after?.steps[0]?.prose).toContain(`Note: 2026-11-21, ${rejected.id}: it failed with exit code 1.`);
  expect(after?.steps[1]?.prose).toMatch(/people rejected it: not in business hours bash rm -rf \/ unit/);
  expect(mended).toContain('   It takes a minute.');
});

test('no patch is written over another, for a file that is not as it was then, or where there is nothing to say', async () => {
  writeFileSync('notes.patch', 'mine');
  await expect(report(rejected.id, bundle, '--patch', 'notes.patch')).rejects.toThrow(/EEXIST/);
  writeFileSync('runbooks/fix.md', runbook.replace('It takes a minute', 'It takes two'));
  await report(rejected.id, bundle, '--patch', 'other.patch');
  expect(errors.at(-1)).toContain('runbooks/fix.md is not as it was then');
  const well = await genuine('well', shape);
  await report(well.id, await bundleOf(genuineExport(well), window), '--patch', 'other.patch');
  expect(errors.at(-1)).toContain('no patch is written: the incident says nothing');
  expect(existsSync('other.patch')).toBe(false);
});

test('nothing is drafted of an incident that goes on, of a broken audit, or of what is not there', async () => {
  await expect(report(open.id)).rejects.toThrow(/still goes on/);
  await expect(report(rejected.id, bundle.replace('"actor":"settle"', '"actor":"nobody"'))).rejects.toThrow(
    /the audit is broken at entry \d+, and no post-mortem is drafted from it/,
  );
  await expect(report('inc-00000000000000000000')).rejects.toThrow(/does not hold inc-0/);
  await expect(report(rejected.id, bundle, '--since', '30d')).rejects.toThrow(/is reported as a whole/);
  expect(said).toEqual([]);
});
