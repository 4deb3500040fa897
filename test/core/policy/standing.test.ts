/** Standing approvals: what they cover, and everything that makes a person be asked all the same. */
import { expect, test } from 'vitest';
import type { Facts } from '../../../core/policy/facts.ts';
import { judge, now, policyOf, productionAccount, scripts, standing, unmappedAccount } from './cases.ts';

const production = { account: productionAccount, environment: 'production' };
const iso = (epoch: number) => new Date(epoch).toISOString();

test('a standing approval lets a modifying step proceed, and says who answers for it', () => {
  const verdict = judge(scripts.modifying, { policy: policyOf(standing()) });
  expect(verdict).toMatchObject({
    decision: 'proceed',
    level: 'modifying',
    standing: { owner: 'ana', reason: 'restarts in staging harm nobody', expires: '2027-03-01T00:00:00Z' },
    approvals: { required: 0 },
  });
  expect(verdict.reasons[0]?.text).toBe(
    'standing approval of ana until 2027-03-01T00:00:00Z: restarts in staging harm nobody',
  );
  expect(judge(scripts.read, { policy: policyOf(standing()) }).standing).toBeNull();
});

const step2 = { runbook_digest: 'ab'.repeat(32), step: 2 };
const lists = { parameters: { unit: ['web.service', 'nginx.service'] } };
test.each<[string, Readonly<Record<string, unknown>>, Partial<Facts>, string | null]>([
  ['the same step of the same runbook', step2, {}, null],
  ['another step', step2, { step: 3 }, ''],
  ['another version of the runbook', step2, { runbookDigest: 'cd'.repeat(32) }, ''],
  ['another environment', {}, production, ''],
  ['production, named', { environment: 'production' }, production, null],
  [
    'production, named, for an account that is only taken for it',
    { environment: 'production' },
    { account: unmappedAccount, environment: 'production' },
    'account 999999999999 is in no environment',
  ],
  ['its last millisecond', { expires: iso(now + 1) }, {}, null],
  ['its expiry', { expires: iso(now) }, {}, 'expired 2027-02-01T00:00:00.000Z'],
  ['its first millisecond', { granted: iso(now) }, {}, null],
  ['the time before', { granted: iso(now + 1) }, {}, 'begins 2027-02-01T00:00:00.001Z'],
  ['an unknown time', {}, { now: Number.NaN }, 'begins 2027-01-15T00:00:00Z'],
  ['a rollback', {}, { part: 'rollback' }, 'covers runs, not rollbacks'],
  ['critical', {}, { severity: 'critical' }, 'critical is never autonomous'],
  [
    'a value that the alarm gave, where it lists none',
    {},
    { given: [{ name: 'unit', value: 'nginx.service' }] },
    'unit = nginx.service comes from the alarm, and is none of the values that it lists',
  ],
  ['a value that it lists', lists, { given: [{ name: 'unit', value: 'nginx.service' }] }, null],
  [
    'another value than it lists',
    lists,
    { given: [{ name: 'unit', value: 'nginx' }] },
    'unit = nginx comes from the alarm, and is none of the values that it lists',
  ],
  [
    'two values, of which it lists one',
    lists,
    { given: [...[{ name: 'unit', value: 'web.service' }], { name: 'constructor', value: 'x' }] },
    'constructor = x comes from the alarm, and is none of the values that it lists',
  ],
  ['a used-up budget', {}, { autonomousActions: 5 }, 'all 5 autonomous actions of tier medium are used'],
])('a standing approval for %s', (_, keys, facts, obstacle) => {
  const {
    decision,
    reasons,
    standing: grant,
  } = judge(scripts.modifying, { policy: policyOf(standing(keys)), ...facts });
  const why = obstacle ? ` (standing approval of ana: ${obstacle})` : '';
  expect(decision).toBe(obstacle === null ? 'proceed' : 'ask');
  expect(grant === null).toBe(obstacle !== null);
  if (obstacle !== null) expect(reasons[0]?.text).toBe(`modifying: a person must approve${why}`);
});

test('no standing approval covers a destructive, a forbidden or a flagged step', () => {
  const policy = policyOf(standing());
  const flaggedChange = `${scripts.modifying}\n${scripts.egress}`;
  const said = [scripts.destructive, scripts.forbidden, flaggedChange].map((script) => judge(script, { policy }));
  expect(said.map(({ decision }) => decision)).toEqual(['ask', 'halt', 'ask']);
  expect(said.map((verdict) => verdict.standing)).toEqual([null, null, null]);
  expect(judge(scripts.read, { policy, declaredRisk: 'destructive' }).decision).toBe('ask');
});

test("the organisation's own ask is not covered", () => {
  const commands = `commands: [{ match: { command: systemctl, more: true }, ask: true, owner: sre, reason: house rule }]`;
  expect(judge(scripts.modifying, { policy: policyOf(`${standing()}\n${commands}`) })).toMatchObject({
    decision: 'ask',
    level: 'modifying',
    standing: null,
  });
});

test('one that applies wins over one that does not', () => {
  const [entry] = policyOf(standing()).standing_approvals;
  const [expired] = policyOf(standing({ expires: iso(now) })).standing_approvals;
  if (!entry || !expired) throw new Error('both exist');
  const policy = { ...policyOf(), standing_approvals: [expired, entry] };
  expect(judge(scripts.modifying, { policy }).decision).toBe('proceed');
});
