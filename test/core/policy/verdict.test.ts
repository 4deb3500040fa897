/** The policy's answers: what runs, what asks, what halts, and that every key of the policy changes one of them. */
import { expect, test } from 'vitest';
import { environmentOf } from '../../../core/policy/environment.ts';
import type { Facts } from '../../../core/policy/facts.ts';
import { parsePolicy } from '../../../core/policy/parse.ts';
import { mayRunInDryRun, verdict } from '../../../core/policy/verdict.ts';
import type { Severity } from '../../../core/words.ts';
import {
  factsOf,
  judge,
  now,
  policyOf,
  productionAccount,
  scripts,
  stagingAccount,
  standing,
  summary,
  tools,
  unmappedAccount,
} from './cases.ts';

const day = 24 * 60 * 60 * 1000;
const production = { account: productionAccount, environment: 'production' };
const iso = (epoch: number) => new Date(epoch).toISOString();
const freeze = (from: number, to: number, mutations: string) =>
  `environments: { staging: { accounts: ["${stagingAccount}"], freeze: [{ from: "${iso(from)}", to: "${iso(to)}", reason: Black Friday, mutations: ${mutations} }] } }`;

test.each<[keyof typeof scripts | null, string]>([
  ['read', 'proceed'],
  ['sensitive', 'ask flagged'],
  ['egress', 'ask flagged'],
  ['modifying', 'ask mutation'],
  ['destructive', 'ask mutation'],
  ['forbidden', 'halt forbidden, mutation'],
  [null, 'ask manual'],
])('a script that is %s under the default policy: %s', (name, expected) => {
  expect(summary(judge(name === null ? null : scripts[name])).replace(', flagged', '')).toBe(expected);
});

test('the verdict carries the floor, its flags and every reason', () => {
  const { floor, flags, level, reasons, approvals, standing: grant } = judge(scripts.sensitive);
  expect({ floor: floor.level, level, flags, grant }).toEqual({
    floor: 'read_only',
    level: 'read_only',
    flags: ['sensitive_read'],
    grant: null,
  });
  expect(reasons).toEqual([{ rule: 'flagged', decision: 'ask', text: 'may show a secret' }]);
  expect(approvals).toEqual({
    required: 1,
    approvers: policyOf().people,
    excluded: [],
    narrowed: [],
    secondChannel: false,
    singleOperator: false,
    timeoutSeconds: 900,
    channel: 'incidents',
  });
});

const companions = ['before', 'after', 'dry_run', 'verify'] as const;
test.each(companions)('a "%s" part that is not read_only halts, whatever author and model say', (part) => {
  expect(judge(scripts.read, { part }).decision).toBe('proceed');
  expect(judge(scripts.egress, { part }).decision).toBe('ask');
  expect(summary(judge(scripts.modifying, { part, declaredRisk: 'read_only' }))).toBe('halt companion, mutation');
  expect(judge(scripts.modifying, { part, policy: policyOf(standing()) }).decision).toBe('halt');
});

test('author and model can only raise the risk of the command, and say nothing about its observations', () => {
  expect(judge(scripts.destructive, { declaredRisk: 'read_only', modelRisk: 'read_only' }).level).toBe('destructive');
  expect(summary(judge(scripts.read, { declaredRisk: 'modifying' }))).toBe('ask mutation');
  expect(summary(judge(scripts.read, { modelRisk: 'destructive' }))).toBe('ask mutation');
  expect(judge(scripts.read, { modelRisk: 'forbidden' }).decision).toBe('halt');
  expect(judge(scripts.read, { part: 'before', declaredRisk: 'destructive' }).decision).toBe('proceed');
});

test('mode changes no verdict; a dry run sends only what the floor alone calls harmless', () => {
  const live = policyOf('mode: live');
  expect(policyOf().mode).toBe('dry_run');
  for (const script of [...Object.values(scripts), null])
    expect(judge(script, { policy: live })).toEqual(judge(script));
  const allowed = Object.entries(scripts).filter(([, script]) => mayRunInDryRun(judge(script)));
  expect(allowed.map(([name]) => name)).toEqual(['read']);
  expect(mayRunInDryRun(judge(scripts.modifying, { policy: policyOf(standing()) }))).toBe(false);
  expect(mayRunInDryRun(judge(scripts.read, { modelRisk: 'modifying' }))).toBe(false);
  expect(mayRunInDryRun(judge(null))).toBe(false);
});

test.each<[string, string, Partial<Facts>]>([
  ['safety', 'safety: { auto_approve_reads: false }', {}],
  ['an environment', `environments: { staging: { accounts: ["${stagingAccount}"], auto_approve_reads: false } }`, {}],
  ['a team', 'teams: { platform: { auto_approve_reads: false } }', {}],
])('auto_approve_reads: false in %s makes reads ask', (_, yaml, facts) => {
  expect(summary(judge(scripts.read, { policy: policyOf(yaml), ...facts }))).toBe('ask auto_approve_reads');
  const elsewhere = { account: productionAccount, environment: 'production', owner: 'other' };
  if (!yaml.startsWith('safety'))
    expect(judge(scripts.read, { policy: policyOf(yaml), ...elsewhere }).decision).toBe('proceed');
});

test('the time-out is the shortest of safety, environment and team', () => {
  const yaml = `
safety: { timeout: 30m, approval_channel: sre-alarms }
environments: { staging: { accounts: ["${stagingAccount}"], timeout: 20m } }
teams: { platform: { timeout: 90s } }`;
  const policy = policyOf(yaml);
  expect(judge(scripts.modifying, { policy }).approvals).toMatchObject({ timeoutSeconds: 90, channel: 'sre-alarms' });
  expect(judge(scripts.modifying, { policy, owner: 'other' }).approvals.timeoutSeconds).toBe(1200);
  expect(judge(scripts.modifying, { policy, ...production, owner: 'other' }).approvals.timeoutSeconds).toBe(1800);
});

test('approvers are those whom every list names; nobody left halts what must ask and nothing else', () => {
  const yaml = `
single_operator: true
environments: { staging: { accounts: ["${stagingAccount}"], approvers: [ana, ben] }, lab: { approvers: [cleo, ben] } }
teams: { database: { approvers: [ben, cleo] }, finance: { approvers: [ana, cleo] } }`;
  const names = (owner: string) =>
    judge(scripts.modifying, { policy: policyOf(yaml), owner }).approvals.approvers.map(({ name }) => name);
  expect([names('platform'), names('database'), names('finance')]).toEqual([['ana', 'ben'], ['ben'], ['ana']]);
  const facts = { policy: policyOf(yaml), owner: 'finance', claimedEnvironments: ['lab'] };
  const verdict = judge(scripts.modifying, facts);
  expect(summary(verdict)).toBe('halt mutation, approvers');
  expect(verdict.reasons.at(-1)?.text).toBe(
    'in staging for team finance nobody may approve this: see people and approvers in countersign.yaml',
  );
  expect(judge(scripts.read, facts).decision).toBe('proceed');
  expect(judge(scripts.modifying, { policy: parsePolicy('mode: live', 'x') }).decision).toBe('halt');
});

test('the account decides the environment, its region first; an unmapped account is production', () => {
  const policy = policyOf(`
environments:
  staging: { accounts: ["${stagingAccount}", { account: "${productionAccount}", region: eu-west-1 }] }
  production: { accounts: ["${productionAccount}"] }`);
  const found = [
    [stagingAccount, 'eu-west-1'],
    [productionAccount, 'eu-west-1'],
    [productionAccount, 'eu-central-1'],
    [unmappedAccount, 'eu-west-1'],
  ].map(([account = '', region = '']) => environmentOf(policy, account, region));
  expect(found).toEqual(['staging', 'staging', 'production', 'production']);
});

test('tags, a wrong fact and the runbook can only make the environment stricter', () => {
  const strict = `
environments:
  staging: { accounts: ["${stagingAccount}"] }
  production: { accounts: ["${productionAccount}"], auto_approve_reads: false }
`;
  const ask = (facts: Partial<Facts>) => judge(scripts.read, { policy: policyOf(strict), ...facts }).decision;
  expect(ask({})).toBe('proceed');
  expect(ask({ claimedEnvironments: [' Production '] })).toBe('ask');
  expect(ask({ environment: 'production' })).toBe('ask');
  expect(ask({ account: productionAccount, environment: 'staging' })).toBe('ask');
  const policy = policyOf(strict + standing());
  expect(judge(scripts.modifying, { policy }).decision).toBe('proceed');
  expect(judge(scripts.modifying, { policy, claimedEnvironments: ['canary'] }).decision).toBe('ask');
  const verdict = judge(scripts.read, { runbookEnvironments: ['staging', 'test'], account: unmappedAccount });
  expect(verdict.reasons[0]).toEqual({
    rule: 'runbook_environment',
    decision: 'halt',
    text: 'runbook disk-full is for staging, test, not for production; an account that no environment lists counts as production',
  });
  const runbookEnvironments = ['Staging'];
  const claiming = (claim: string) =>
    judge(scripts.read, { runbookEnvironments, claimedEnvironments: [claim] }).decision;
  expect([claiming('canary'), claiming('staging'), claiming('production')]).toEqual(['proceed', 'proceed', 'halt']);
});

test('no target halts, and so does one above the smallest cap', () => {
  const targets = ['i-1', 'i-2', 'i-3', 'i-4'];
  const yaml = `
environments: { staging: { accounts: ["${stagingAccount}"], max_targets: 3 } }
teams: { payments: { max_targets: 2 } }`;
  const at = (count: number, owner: string, maximumTargets = 5) =>
    summary(judge(scripts.read, { policy: policyOf(yaml), targets: targets.slice(0, count), owner, maximumTargets }));
  expect([at(0, 'x'), at(3, 'x'), at(4, 'x')]).toEqual(['halt no_target', 'proceed', 'halt blast_radius']);
  expect([at(2, 'payments'), at(3, 'payments'), at(2, 'x', 1)]).toEqual([
    'proceed',
    'halt blast_radius',
    'halt blast_radius',
  ]);
  const many = Array.from({ length: 21 }, (_, index) => `i-${index}`);
  expect(judge(scripts.read, { targets: many, maximumTargets: 60 }).reasons[0]?.text).toBe(
    '21 targets, at most 20 are allowed here',
  );
  expect(judge(null, { targets: [] }).decision).toBe('ask');
});

test('a freeze halts mutations or asks, voids standing approvals, and lets undoing ask', () => {
  const during = (mutations: string) => policyOf(`${freeze(now - day, now + day, mutations)}\n${standing()}`);
  const say = (policy = during('halt'), facts: Partial<Facts> = {}) =>
    judge(scripts.modifying, { policy, ...facts }).decision;
  expect([say(), say(during('ask'))]).toEqual(['halt', 'ask']);
  expect([say(during('halt'), { always: true }), say(during('halt'), { part: 'rollback' })]).toEqual(['ask', 'ask']);
  expect(judge(scripts.read, { policy: during('halt') }).decision).toBe('proceed');
  const over = policyOf(`${freeze(now - day, now, 'halt')}\n${standing()}`);
  const notYet = policyOf(`${freeze(now + 1, now + day, 'halt')}\n${standing()}`);
  expect([say(over), say(notYet), say(notYet, { now: Number.NaN })]).toEqual(['proceed', 'proceed', 'halt']);
  expect(
    say(policyOf(`teams: { platform: { freeze: [{ from: "${iso(now)}", to: "${iso(now + 1)}", reason: audit }] } }`)),
  ).toBe('halt');
});

test.each<[Severity, number]>([
  ['low', 0.3],
  ['medium', 0.6],
  ['high', 0.8],
  ['critical', 1],
])('tier %s asks for every step below confidence %d', (severity, least) => {
  expect(judge(scripts.read, { severity, confidence: least }).decision).toBe('proceed');
  for (const confidence of [least - 0.01, 0, Number.NaN])
    expect(summary(judge(scripts.read, { severity, confidence }))).toBe('ask min_confidence');
  const policy = policyOf(`${standing()}\ntiers: { ${severity}: { min_confidence: 0 } }`);
  expect(judge(scripts.read, { severity, policy, confidence: 0 }).decision).toBe('proceed');
});

test.each<[Severity, number]>([
  ['low', 10],
  ['medium', 5],
  ['high', 2],
  ['critical', 0],
])('tier %s lets a standing approval cover %d actions', (severity, budget) => {
  const policy = policyOf(standing());
  const at = (autonomousActions: number) => judge(scripts.modifying, { policy, severity, autonomousActions }).decision;
  expect(at(budget)).toBe('ask');
  expect(at(Number.NaN)).toBe('ask');
  if (budget > 0) expect(at(budget - 1)).toBe('proceed');
  const fewer = policyOf(`${standing()}\ntiers: { ${severity}: { max_autonomous_actions: 0 } }`);
  expect(judge(scripts.modifying, { policy: fewer, severity }).decision).toBe('ask');
});

test.each<[Severity, boolean]>([
  ['low', false],
  ['medium', false],
  ['high', true],
  ['critical', true],
])('tier %s after a failure: halts = %s', (severity, halts) => {
  const say = (facts: Partial<Facts>) => judge(scripts.modifying, { severity, failedBefore: true, ...facts }).decision;
  expect(say({})).toBe(halts ? 'halt' : 'ask');
  expect([say({ part: 'rollback' }), say({ always: true })]).toEqual(['ask', 'ask']);
  expect(judge(scripts.read, { severity, failedBefore: true }).decision).toBe('proceed');
  const opposite = policyOf(`tiers: { ${severity}: { halt_on_failure: ${!halts} } }`);
  expect(say({ policy: opposite })).toBe(halts ? 'ask' : 'halt');
});

test.each<[string | null | undefined, boolean]>([
  ['OK', false],
  ['INSUFFICIENT_DATA', false],
  ['ALARM', true],
  ['SOMETHING_NEW', true],
  [null, true],
  [undefined, true],
])('a stop alarm that is %s: halts = %s; what undoes is asked all the same, and what reads goes on', (state, halts) => {
  const policy = policyOf(
    'environments: { staging: { accounts: ["222233334444"], stop_alarms: [checkout-5xx] } }\nteams: { other: { stop_alarms: [other] } }',
  );
  const stopAlarms = { other: 'ALARM', ...(state === undefined ? {} : { 'checkout-5xx': state }) };
  const say = (facts: Partial<Facts>) =>
    judge(scripts.modifying, { policy, account: '222233334444', stopAlarms, ...facts });
  expect(say({}).decision).toBe(halts ? 'halt' : 'ask');
  expect(say({}).reasons.filter(({ rule }) => rule === 'stop_alarm')).toHaveLength(halts ? 1 : 0);
  expect([say({ part: 'rollback' }).decision, say({ always: true }).decision]).toEqual(['ask', 'ask']);
  expect(judge(scripts.read, { policy, stopAlarms }).decision).toBe('proceed');
});

test("the organisation's own commands come from the policy", () => {
  const rule = (word: string, command: string) =>
    policyOf(`commands: [{ match: { command: ${command}, more: true }, ${word}, owner: sre, reason: house rule }]`);
  expect(judge('deployctl status').level).toBe('destructive');
  expect(judge('deployctl status', { policy: rule('level: read_only', 'deployctl') }).decision).toBe('proceed');
  expect(judge(scripts.read, { policy: rule('forbid: true', 'df') }).decision).toBe('halt');
  expect(judge(scripts.read, { policy: rule('level: destructive', 'df') }).decision).toBe('ask');
  expect(judge(scripts.read, { policy: rule('ask: true', 'df') }).decision).toBe('ask');
});

test('a rule that fails halts and says so; so does a severity that is no tier', () => {
  const severity = JSON.parse('"urgent"') as Severity;
  const { decision, reasons } = judge(scripts.read, { severity });
  expect(decision).toBe('halt');
  expect(reasons.find(({ rule }) => rule === 'min_confidence')?.text).toMatch(
    /^this rule of the policy failed, so nothing runs: TypeError/,
  );
});

test('without the second parser nothing is read_only', () => {
  expect(verdict(scripts.read, factsOf(), {}).decision).toBe('ask');
  expect(verdict(scripts.read, factsOf(), tools).decision).toBe('proceed');
});
