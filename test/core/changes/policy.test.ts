/** Every key of the policy, changed: marked, unless it is known to ask for more. A key that is new to the schema has to be put here. */
import { describe, expect, test } from 'vitest';
import * as z from 'zod';
import { policyChanges } from '../../../core/changes/policy.ts';
import { PolicyKeys } from '../../../core/policy/keys.ts';
import type { Policy } from '../../../core/policy/schema.ts';
import { compiledOf } from '../../support/fixtures.ts';

type Json = Parameters<typeof JSON.stringify>[0];

const names = [
  [null, ['ana']],
  [['ana', 'ben'], ['ana']],
] as const;
const less = [[600, 300]] as const;
const noOrLess = [...less, [null, 300]] as const;
const quorum = [
  [null, 2],
  [1, 3],
] as const;
const off = [[true, false]] as const;
const freeze = { from: '2026-12-20T00:00:00Z', to: '2027-01-02T00:00:00Z', reason: 'holidays', mutations: 'halt' };
const rule = (word: object) => ({ match: { command: 'deployctl' }, owner: 'ben', reason: 'slow', ...word });
/** An environment or team as a parsed policy has it. */
const scopeWith = (kind: 'environments' | 'teams', values: object): Json =>
  PolicyKeys.parse({ [kind]: { x: values } })[kind].x;
const perLevel = (key: string, pairs: readonly (readonly [Json, Json])[]) =>
  Object.fromEntries(['read_only', 'modifying', 'destructive'].map((level) => [`${key}.${level}`, pairs]));
const scope = (at: string): Record<string, readonly (readonly [Json, Json])[]> => ({
  [`${at}.approvers`]: names,
  ...perLevel(`${at}.level_approvers`, names),
  ...perLevel(`${at}.quorum`, quorum),
  [`${at}.second_channel`]: [
    [null, 'destructive'],
    ['none', 'destructive'],
  ],
  [`${at}.auto_approve_reads`]: [...off, [null, false]],
  [`${at}.max_targets`]: [...less, [null, 5]],
  [`${at}.timeout`]: noOrLess,
  [`${at}.freeze`]: [[[], [freeze]]],
  [`${at}.stop_alarms`]: [[[], ['checkout-5xx']]],
});
const tier = (name: string): Record<string, readonly (readonly [Json, Json])[]> => ({
  [`tiers.${name}.min_confidence`]: [[0.3, 0.8]],
  [`tiers.${name}.max_autonomous_actions`]: [[5, 0]],
  [`tiers.${name}.halt_on_failure`]: [[false, true]],
});

/** What is known to ask for more, by key: before and after. The other way round it loosens. */
const stricter: Readonly<Record<string, readonly (readonly [Json, Json])[]>> = {
  mode: [['live', 'dry_run']],
  'safety.auto_approve_reads': off,
  'safety.timeout': less,
  ...perLevel('safety.quorum', quorum),
  'safety.second_channel': [['none', 'destructive']],
  'safety.cool_down': [[0, 300]],
  people: [[[{ name: 'ana' }, { name: 'ben' }], [{ name: 'ana' }]]],
  trusted_session_roles: [[['arn:aws:iam::111122223333:role/Ops'], []]],
  'groups.*.slack_group': [[null, 'S012AB3CD']],
  approvers: [[['ana', 'ben'], ['ana']]],
  ...perLevel('level_approvers', names),
  single_operator: off,
  alarm_owners: [[[], [{ alarm: 'payments-*', owners: ['ana'] }]]],
  'environments.*': [[undefined, scopeWith('environments', { max_targets: 3 })]],
  ...scope('environments.*'),
  'teams.*': [[undefined, scopeWith('teams', { approvers: ['ana'] })]],
  ...scope('teams.*'),
  ...tier('low'),
  ...tier('medium'),
  ...tier('high'),
  ...tier('critical'),
  standing_approvals: [[[{ environment: 'staging' }], []]],
  commands: [
    [[], [rule({ forbid: true })]],
    [[rule({ forbid: true })], [rule({ forbid: true }), rule({ ask: true })]],
  ],
  'kill_switch.resume': [[['ana', 'ben'], ['ana']]],
  'storms.incidents_per_hour': [[6, 2]],
  'storms.rest': [[1800, 3600]],
  'llm.enabled': off,
  'llm.calls_per_hour': [[200, 50]],
  'deployment.iam_door': off,
};

/** Of which no change is known to ask for more: always looked at. */
const always = [
  'safety.approval_channel',
  'safety.waves',
  'safety.recovered_after',
  'safety.verification_window',
  'groups.*',
  'groups.*.members',
  'environments.*.accounts',
  'escalation',
  'kill_switch.abort',
  'storms.window',
  'storms.service_tag',
  'llm.id',
  'llm.base_url',
  'slack.api_url',
  'slack.messages_per_minute',
  'slack.endpoint',
  'slack.throttle.rate',
  'slack.throttle.burst',
  'slack.domain',
  'slack.domain.name',
  'slack.domain.certificate_arn',
  'slack.web_acl_arn',
  'deployment.tags.*',
  'deployment.permission_boundary',
  'deployment.log_days',
  'deployment.network',
  'deployment.network.subnets',
  'deployment.network.security_groups',
  'deployment.keys.secrets',
  'deployment.keys.tables',
  'deployment.keys.logs',
  'runbook_url',
];

interface Shape {
  readonly $ref?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly additionalProperties?: Shape | boolean;
  readonly anyOf?: readonly Shape[];
}

/** The keys that hold a value of their own; `*` = a name of somebody's choice. What is in a list is a value of the list. */
function keysOf(shape: Shape, path: readonly string[] = []): string[] {
  const { properties, additionalProperties: named, anyOf = [] } = shape;
  if (properties) return Object.entries(properties).flatMap(([key, inner]) => keysOf(inner, [...path, key]));
  if (typeof named === 'object') return [...new Set([[...path, '*'].join('.'), ...keysOf(named, [...path, '*'])])];
  return [path.join('.'), ...anyOf.filter((one) => one.properties).flatMap((one) => keysOf(one, path))];
}

const schema = z.toJSONSchema(PolicyKeys, { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Shape;
const plain = JSON.parse(JSON.stringify(compiledOf().policy));

/** The policy with this value at this key; a name is `x`. */
function having(key: string, value: Json): Policy {
  const policy = structuredClone(plain);
  const path = key.replaceAll('*', 'x').split('.');
  const last = path.pop() ?? '';
  let at = policy;
  for (const one of path) {
    at[one] ??= {};
    at = at[one];
  }
  if (value === undefined) delete at[last];
  else at[last] = value;
  return policy;
}
const marks = (key: string, before: Json, after: Json) =>
  policyChanges(having(key, before), having(key, after)).map(({ text, loosens }) => `${loosens ? '! ' : ''}${text}`);

test('every key of the schema is here, and no other', () => {
  expect([...Object.keys(stricter), ...always].sort()).toEqual(keysOf(schema).sort());
});

describe.each(Object.entries(stricter))('%s', (key, pairs) => {
  test.each(pairs.map(([before, after]) => ({ before, after })))('$before → $after asks for more', (pair) => {
    const { before, after } = pair;
    expect(marks(key, before, after), 'stricter').toEqual([expect.not.stringMatching(/^!/)]);
    expect(marks(key, after, before), 'the other way round').toEqual([expect.stringMatching(/^! /)]);
  });

  test('what nobody knows is marked', () => {
    expect(marks(key, ['a'], { b: 1 })).toEqual([expect.stringMatching(/^! /)]);
  });
});

test.each(always)('%s: every change is marked', (key) => {
  const pairs = [
    ['a', 'b'],
    [['a'], ['b']],
    [['a', 'b'], ['a']],
    [['a'], ['a', 'b']],
    [null, 'a'],
    ['a', null],
    [1, 2],
    [2, 1],
  ] as const;
  for (const [before, after] of pairs) expect(marks(key, before, after)).toEqual([expect.stringMatching(/^! /)]);
});

describe('what looks stricter and is not', () => {
  test.each([
    // Production asks two by itself, until it says something.
    ['environments.*.quorum.destructive', null, 1],
    ['environments.*.second_channel', null, 'none'],
    ['environments.*', undefined, scopeWith('environments', { accounts: ['111122223333'] })],
    ['environments.*', undefined, scopeWith('environments', { quorum: { destructive: 1 } })],
    ['environments.*', scopeWith('environments', { max_targets: 3 }), undefined],
    ['approvers', ['ana', 'ben'], ['ana', 'eve']],
    ['commands', [], [rule({ level: 'read_only' })]],
    ['commands', [rule({ forbid: true })], []],
    // The first that fits counts.
    ['escalation', [{ level: null }, { level: 'modifying' }], [{ level: 'modifying' }, { level: null }]],
    ['alarm_owners', [{ alarm: 'a', owners: ['ana'] }], [{ alarm: 'a', owners: ['ben'] }]],
    ['kill_switch.resume', null, ['ana']],
  ])('%s: %j → %j', (key, before, after) => {
    expect(marks(key, before, after).length).toBeGreaterThan(0);
    for (const line of marks(key, before, after)) expect(line).toMatch(/^! /);
  });

  test('the order of names says nothing', () => {
    expect(marks('approvers', ['ana', 'ben'], ['ben', 'ana'])).toEqual([expect.not.stringMatching(/^!/)]);
  });
});
