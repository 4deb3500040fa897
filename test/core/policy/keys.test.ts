/** No dead keys: every key of the policy is documented, and read by code outside the schema. */
import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parsePolicy } from '../../../core/policy/parse.ts';
import { standing } from './cases.ts';

const root = new URL('../../../', import.meta.url).pathname;

/** A policy in which every map and list has an entry, so that it shows every key. */
const everything = parsePolicy(
  `
people: [{ name: ana, slack: U0000000A, iam: "arn:aws:iam::111111111111:user/ana" }]
groups: { oncall: { members: [ana], slack_group: S0000000A } }
approvers: [oncall]
single_operator: true
alarm_owners: [{ alarm: cpu-*, owners: [ana] }]
environments:
  staging:
    accounts: [{ account: "111111111111", region: eu-central-1 }]
    freeze: [{ from: "2027-01-01T00:00:00Z", to: "2027-01-02T00:00:00Z", reason: release }]
teams: { platform: {} }
escalation: [{ levels: [{ place: leads, wait: 5m }] }]
commands: [{ match: { command: deployctl }, level: read_only, owner: sre, reason: shows only }]
${standing()}`,
  'p.yaml',
);
const names = new Set(['staging', 'oncall', 'platform', 'low', 'medium', 'high', 'critical']);

function keysOf(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(keysOf);
  if (value === null || typeof value !== 'object') return [];
  return Object.entries(value).flatMap(([key, inner]) => (names.has(key) ? keysOf(inner) : [key, ...keysOf(inner)]));
}

const keys = [...new Set([...keysOf(everything), 'forbid', 'ask'])];

test.each(keys)('%s is documented in docs/policy.md', (key) => {
  const documentation = readFileSync(`${root}docs/policy.md`, 'utf8');
  expect(documentation).toMatch(new RegExp(`[\`.{ ,]${key}[\`:. ,}]`));
});

const declaring = ['core/policy/schema.ts', 'core/policy/references.ts'];
const sources = globSync('{core,functions,adapters,cli,cdk}/**/*.ts', { cwd: root })
  .filter((file) => !declaring.includes(file))
  .map((file) => readFileSync(`${root}${file}`, 'utf8'))
  .join('\n');

test.each(keys)('%s is read by code', (key) => {
  expect(sources).toMatch(new RegExp(`[.'{ ]${key}\\b[^:?]`));
});
