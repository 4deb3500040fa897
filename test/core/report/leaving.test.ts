/** What is left when the stacks are deleted: counted, priced, and removed in an order that AWS takes. */
import { expect, test } from 'vitest';
import { type Leaving, leavingLines, monthlyCost, removal } from '../../../core/report/leaving.ts';

const leaving: Leaving = {
  tables: [
    { name: 'countersign-work', items: 12, bytes: 4096 },
    { name: 'countersign-audit', items: 40_000, bytes: 2 * 1024 ** 3 },
  ],
  keys: [
    { alias: 'alias/countersign-approval', id: 'arn:aws:kms:eu-central-1:111122223333:key/1' },
    { alias: 'alias/countersign-checkpoint', id: 'arn:aws:kms:eu-central-1:111122223333:key/2' },
  ],
  bucket: 'countersign-archive-111122223333-eu-central-1',
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

test('names keys by their ids, since aliases are gone before them, and says for what the ids are wanted', () => {
  const lines = removal(leaving);
  expect(lines.filter((line) => line.includes('kms'))).toEqual([
    'aws kms delete-alias --alias-name alias/countersign-approval',
    'aws kms schedule-key-deletion --key-id arn:aws:kms:eu-central-1:111122223333:key/1',
    'aws kms delete-alias --alias-name alias/countersign-checkpoint',
    'aws kms schedule-key-deletion --key-id arn:aws:kms:eu-central-1:111122223333:key/2',
  ]);
  const text = leavingLines(leaving).join('\n');
  expect(text).toContain('alias/countersign-approval, arn:aws:kms:eu-central-1:111122223333:key/1: verifies');
  expect(text).toContain('npx cdk import countersign-data');
});

test('empties the bucket by a rule, which waits for the locks, and deletes it then', () => {
  const lines = removal(leaving).filter((line) => line.includes('s3api'));
  const name = 'countersign-archive-111122223333-eu-central-1';
  expect(lines.map((line) => /^aws s3api ([a-z-]+) --bucket (\S+)/.exec(line)?.slice(1))).toEqual([
    ['delete-bucket-policy', name],
    ['put-bucket-lifecycle-configuration', name],
    ['delete-bucket', name],
  ]);
  const rules = JSON.parse(/--lifecycle-configuration '(.*)'$/.exec(lines[1] ?? '')?.[1] ?? 'null');
  // S3 takes the marker's expiration only in a rule without days.
  expect(rules).toMatchObject({
    Rules: [
      { Status: 'Enabled', Filter: {}, Expiration: { Days: 1 }, NoncurrentVersionExpiration: { NoncurrentDays: 1 } },
      { Status: 'Enabled', Filter: {}, Expiration: { ExpiredObjectDeleteMarker: true } },
    ],
  });
  expect(leavingLines(leaving).join('\n')).toContain(`${name}: the archive, under its locks`);
  expect(removal({ ...leaving, bucket: null }).join()).not.toContain('s3api');
});

test('names open incidents, and says where nothing is left', () => {
  expect(leavingLines({ ...leaving, open: ['inc-1', 'inc-2'] })[0]).toMatch(/^2 incidents are open.*inc-1, inc-2/);
  expect(leavingLines({ ...leaving, open: null })[0]).toContain('could not be read');
  const nothing = leavingLines({ tables: [], keys: [], bucket: null, open: [] }).join('\n');
  expect(nothing).toContain('No table, no key and no bucket is here.');
  expect(nothing).not.toContain('delete-table');
});
