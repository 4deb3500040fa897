/** The generated list of aws operations: up to date, and right where a mistake would cost most. */
import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { awsOperations } from '../../../core/risk/tables/generated/aws-operations.ts';
import { cliName, makeFile } from '../../../scripts/aws-operations.ts';

test('the committed list is what the installed data makes: run node scripts/aws-operations.ts', async () => {
  const file = new URL('../../../core/risk/tables/generated/aws-operations.ts', import.meta.url);
  expect(readFileSync(file, 'utf8')).toBe(await makeFile());
});

test.each([
  ['DescribeDBInstances', 'describe-db-instances'],
  ['ListObjectsV2', 'list-objects-v2'],
  ['GetMFADevice', 'get-mfa-device'],
  ['DescribeACLs', 'describe-acls'],
  ['CreateVpc', 'create-vpc'],
])('%s is %s on the command line', (operation, name) => {
  expect(cliName(operation)).toBe(name);
});

test('no verb that ends, empties, runs or opens something counts as a read or a plain change', () => {
  const wrong = Object.entries(awsOperations).flatMap(([service, { reads, changes }]) =>
    [...`${reads}; ${changes}`.matchAll(/\b(delete|terminate|purge|destroy|invoke|execute|reset|release): [^;]+/g)].map(
      (found) => `${service} ${found[0]}`,
    ),
  );
  expect(wrong.filter((text) => !/delete: (?:[\w-]*tags?\b ?)+$/.test(text))).toEqual([]);
});
