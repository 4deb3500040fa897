/** What is left when the stacks are deleted: counted, priced, and removed in an order that AWS takes. */
import { expect, test } from 'vitest';
import { type Leaving, leavingLines, monthlyCost, removal } from '../../../core/report/leaving.ts';

const leaving: Leaving = {
  tables: [
    { name: 'countersign-work', items: 12, bytes: 4096 },
    { name: 'countersign-audit', items: 40_000, bytes: 2 * 1024 ** 3 },
  ],
  keys: ['alias/countersign-approval', 'alias/countersign-checkpoint'],
  open: [],
};

test('costs what tables, their recovery points and the key cost', () => {
  expect(monthlyCost(leaving)).toBeCloseTo(2 * 0.45 + 2, 3);
  expect(monthlyCost({ ...leaving, keys: [], tables: [] })).toBe(0);
});

test('says what stays, how large it is, and that the audit is to be kept first', () => {
  const text = leavingLines(leaving).join('\n');
  expect(text).toContain('No incident is open.');
  expect(text).toContain('about 2.90 USD a month');
  expect(text).toContain('countersign-work: 12 items, 4 KB');
  expect(text).toContain('countersign-audit: 40000 items, 2048.0 MB');
  expect(text.indexOf('audit export')).toBeLessThan(text.indexOf('delete-table'));
});

test('takes policy and protection off before it deletes a table', () => {
  const lines = removal(leaving).filter((line) => line.includes('countersign-audit'));
  expect(lines.map((line) => /aws dynamodb (?!describe)([a-z-]+)/.exec(line)?.[1])).toEqual([
    'delete-resource-policy',
    'update-table',
    'delete-table',
  ]);
});

test('names open incidents, and says where nothing is left', () => {
  expect(leavingLines({ ...leaving, open: ['inc-1', 'inc-2'] })[0]).toMatch(/^2 incidents are open.*inc-1, inc-2/);
  expect(leavingLines({ ...leaving, open: null })[0]).toContain('could not be read');
  const nothing = leavingLines({ tables: [], keys: [], open: [] }).join('\n');
  expect(nothing).toContain('No table and no key is here.');
  expect(nothing).not.toContain('delete-table');
});
