/** docs/compliance.md against the code: each row names kinds of entries, and every kind that it names exists. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { isKind } from '../../core/audit/entry.ts';

const page = readFileSync(join(import.meta.dirname, '..', '..', 'docs', 'compliance.md'), 'utf8');
const rows = page
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('|---'))
  .map((line) => line.split('|').slice(1, -1))
  .filter(([, , entries]) => entries?.trim() !== 'entries');

test('has rows for all three frameworks, of three columns each', () => {
  for (const heading of ['SOC 2', 'ISO/IEC 27001', 'NIST SP 800-61r3']) expect(page).toContain(`## ${heading}`);
  expect(rows.length).toBeGreaterThan(20);
  for (const row of rows) expect(row).toHaveLength(3);
});

test.each(rows.map((row) => [row[0]?.trim() ?? '', row[2] ?? '']))('%s names kinds that exist', (_, entries) => {
  const named = [...entries.matchAll(/`([a-z_]+)`/g)].map(([, kind = '']) => kind);
  expect(named.length > 0 || entries.includes('every kind')).toBe(true);
  for (const kind of named) expect(isKind(kind), kind).toBe(true);
});
