/** The published JSON Schemas are those of the code, and take what the code takes. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { schemas } from '../../scripts/schemas.ts';
import { root } from './pages.ts';

test.each(Object.entries(schemas))('schemas/%s is current; else: node scripts/schemas.ts', (name, schema) => {
  expect(JSON.parse(readFileSync(join(root, 'schemas', name), 'utf8'))).toEqual(schema);
});

const ajv = new Ajv2020({ strict: false });

describe('front matter', () => {
  const accepts = ajv.compile(schemas['runbook.schema.json'] ?? {});

  test.each(readdirSync(join(root, 'runbooks')))('%s is accepted', (name) => {
    const [, front = ''] = readFileSync(join(root, 'runbooks', name), 'utf8').split(/^---$/m);
    expect(accepts(parse(front)), JSON.stringify(accepts.errors)).toBe(true);
  });

  test.each([
    ['an unknown key', { tags: [] }, false],
    ["another tool's", { 'x-tags': [] }, true],
    ['a wrong severity', { severity: 'urgent' }, false],
    ['a parameter without a type', { parameters: { a: {} } }, false],
  ])('%s', (_what, more, expected) => {
    const whole = { id: 'a', title: 'A', owner: 'me', severity: 'low', match: { alarms: ['a'] } };
    expect(accepts({ ...whole, ...more })).toBe(expected);
  });
});

describe('the policy', () => {
  const accepts = ajv.compile(schemas['countersign.schema.json'] ?? {});
  const text = readFileSync(join(root, 'countersign.yaml'), 'utf8');

  test('of this repository names its schema, and is accepted', () => {
    expect(text).toMatch(/^# yaml-language-server: \$schema=schemas\/countersign\.schema\.json\n/);
    expect(accepts(parse(text)), JSON.stringify(accepts.errors)).toBe(true);
  });

  test('with an unknown key is refused', () => {
    expect(accepts({ ...parse(text), moode: 'live' })).toBe(false);
  });
});
