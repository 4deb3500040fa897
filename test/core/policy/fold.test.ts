/** A bounded exhaustive check of the policy: over small domains of every fact, and against a second statement of its rules. */
import { expect, test } from 'vitest';
import type { Facts } from '../../../core/policy/facts.ts';
import type { Policy } from '../../../core/policy/schema.ts';
import { mayRunInDryRun, type Verdict, verdict } from '../../../core/policy/verdict.ts';
import { higherRisk, type RiskLevel, riskAtLeast } from '../../../core/words.ts';
import { seed, share } from '../../soak.ts';
import { factsOf, now, policyOf, productionAccount, scripts, standing, tools } from './cases.ts';

const hour = 3_600_000;
const none = { level: 'read_only', flags: 0 } as const;

/** What each script is; the first assertion checks that the floor agrees. */
const domain = {
  script: [
    { text: scripts.read, ...none },
    { text: scripts.sensitive, level: 'read_only', flags: 1 },
    { text: scripts.egress, level: 'read_only', flags: 1 },
    { text: scripts.modifying, level: 'modifying', flags: 0 },
    { text: scripts.destructive, level: 'destructive', flags: 0 },
    { text: scripts.forbidden, level: 'forbidden', flags: 1 },
    { text: null, ...none },
  ],
  place: ['before', 'run', 'after', 'dry_run', 'rollback', 'verify', 'always'],
  severity: ['low', 'medium', 'high', 'critical'],
  confidence: [1, 0.1],
  standing: [
    'standing_approvals: []',
    standing(),
    standing({ runbook_digest: 'ab'.repeat(32), step: 2 }),
    standing({ expires: new Date(now).toISOString() }),
  ],
  autonomousActions: [0, 100],
  failedBefore: [false, true],
  freeze: [null, 'ask', 'halt'],
  autoApproveReads: [true, false],
  targets: [1, 0, 9],
  raised: [null, 'modifying'],
  account: [undefined, productionAccount],
  approvers: [['ana', 'ben'], []],
} as const;
type Domain = typeof domain;
type Case = { readonly [Key in keyof Domain]: Domain[Key][number] };

const size = Object.values(domain).reduce((product, values) => product * values.length, 1);

/** The case with this number: its digits in a mixed radix are positions in the domains. */
function caseNumber(index: number): Case {
  let rest = index;
  const entries = Object.entries(domain).map(([key, values]) => {
    const value = values[rest % values.length];
    rest = Math.floor(rest / values.length);
    return [key, value] as const;
  });
  return Object.fromEntries(entries) as Case;
}

const policies = new Map<string, Policy>();

function policyFor(chosen: Case): Policy {
  const key = JSON.stringify([chosen.standing, chosen.freeze, chosen.autoApproveReads, chosen.approvers]);
  const known = policies.get(key);
  if (known) return known;
  const window = (mutations: string) => ({
    from: new Date(now - hour).toISOString(),
    to: new Date(now + hour).toISOString(),
    reason: 'release',
    mutations,
  });
  const policy = policyOf(`
approvers: ${JSON.stringify(chosen.approvers)}
safety: { auto_approve_reads: ${chosen.autoApproveReads} }
teams: { platform: { freeze: ${JSON.stringify(chosen.freeze ? [window(chosen.freeze)] : [])} } }
${chosen.standing}`);
  policies.set(key, policy);
  return policy;
}

function factsFor(chosen: Case): Facts {
  const { place, severity, confidence, autonomousActions, failedBefore, account } = chosen;
  return factsOf({
    ...{ severity, confidence, autonomousActions, failedBefore },
    ...(place === 'always' ? { part: 'run', always: true } : { part: place }),
    ...(account ? { account, environment: 'production' } : {}),
    policy: policyFor(chosen),
    modelRisk: chosen.raised,
    targets: Array.from({ length: chosen.targets }, (_, index) => `i-${index}`),
  });
}

const isStep = ({ place }: Case) => ['run', 'always', 'rollback'].includes(place);

function levelOf(chosen: Case): RiskLevel {
  return chosen.raised && isStep(chosen) ? higherRisk(chosen.script.level, chosen.raised) : chosen.script.level;
}

/** The second statement of what must never run. */
function mustHalt(chosen: Case): boolean {
  const { script, severity, freeze, failedBefore, place, targets } = chosen;
  const changes = riskAtLeast(levelOf(chosen), 'modifying');
  const undoes = place === 'always' || place === 'rollback';
  return (
    levelOf(chosen) === 'forbidden' ||
    (!isStep(chosen) && script.level !== 'read_only') ||
    (script.text !== null && (targets === 0 || targets > 5)) ||
    (changes && !undoes && freeze === 'halt') ||
    (changes && !undoes && failedBefore && (severity === 'high' || severity === 'critical'))
  );
}

/** The second statement of what may run without a click. */
function mayProceed(chosen: Case): boolean {
  const { script, confidence, autoApproveReads, place, severity, autonomousActions, freeze, account, failedBefore } =
    chosen;
  if (mustHalt(chosen) || script.text === null || script.flags > 0 || confidence < 1 || !autoApproveReads) return false;
  const valid = [domain.standing[1], domain.standing[2]].includes(chosen.standing);
  const calm = !freeze && !account && !failedBefore;
  const stands = valid && place !== 'rollback' && severity !== 'critical' && autonomousActions === 0 && calm;
  return levelOf(chosen) === 'read_only' || (levelOf(chosen) === 'modifying' && stands);
}

/** The second statement of production's defaults: two people, one of them through IAM, for what cannot be undone. */
function wantsTwo(chosen: Case): boolean {
  return chosen.account !== undefined && ['destructive', 'forbidden'].includes(levelOf(chosen));
}

function expected(chosen: Case): Verdict['decision'] {
  if (mustHalt(chosen)) return 'halt';
  if (mayProceed(chosen)) return 'proceed';
  return chosen.approvers.length > 0 ? 'ask' : 'halt';
}

const order = ['proceed', 'ask', 'halt'];

function check(chosen: Case): void {
  const found = verdict(chosen.script.text, factsFor(chosen), tools);
  const { decision, level, floor, reasons, approvals } = found;
  const strictest = Math.max(...reasons.map((reason) => order.indexOf(reason.decision)));
  const seen = [decision, floor.level, Math.min(1, floor.flags.length), level, order[strictest]];
  const wanted = [expected(chosen), chosen.script.level, chosen.script.flags, levelOf(chosen), decision];
  const harmless = level === 'read_only' && floor.flags.length === 0 && chosen.script.text !== null;
  const sound =
    (approvals.required === 0) === (decision === 'proceed') &&
    (decision !== 'proceed' || harmless === (found.standing === null)) &&
    (decision !== 'ask' || approvals.approvers.length >= approvals.required) &&
    approvals.required === (decision === 'proceed' ? 0 : wantsTwo(chosen) ? 2 : 1) &&
    approvals.secondChannel === wantsTwo(chosen) &&
    mayRunInDryRun(found) === (decision === 'proceed' && chosen.script.level === 'read_only');
  if (!sound || seen.join() !== wanted.join()) expect.fail(JSON.stringify({ chosen, seen, wanted, found }, null, 2));
}

/** Cases spread over the whole domain; all of them when `count` is its size. 7,919 is a prime that divides no domain. */
function* spread(count: number): Generator<Case> {
  for (let index = 0; index < Math.min(count, size); index += 1) yield caseNumber((seed + index * 7919) % size);
}

test(`the fold says what its second statement says, ${size} cases, seed ${seed}`, { timeout: 1_200_000 }, () => {
  for (const chosen of spread(share(size))) check(chosen);
});

/** Each makes the facts or the policy stricter in one way. */
const strengthenings: Readonly<Record<string, (facts: Facts) => Facts>> = {
  'reads ask': (facts) => edit(facts, (policy) => ({ safety: { ...policy.safety, auto_approve_reads: false } })),
  'reads ask in the environment': (facts) => inEnvironments(facts, { auto_approve_reads: false }),
  'shorter time-out': (facts) => inEnvironments(facts, { timeout: 1 }),
  'one target': (facts) => inEnvironments(facts, { max_targets: 1 }),
  'fewer approvers': (facts) => inEnvironments(facts, { approvers: ['ben'] }),
  'two people': (facts) => inEnvironments(facts, { quorum: { read_only: 2, modifying: 2, destructive: 2 } }),
  'two people everywhere': (facts) =>
    edit(facts, ({ safety }) => ({ safety: { ...safety, quorum: { ...safety.quorum, modifying: 2 } } })),
  'three people of two': (facts) =>
    inEnvironments(facts, { quorum: { read_only: null, modifying: 3, destructive: 3 } }),
  'a second channel': (facts) => inEnvironments(facts, { second_channel: 'destructive' }),
  'fewer approvers of a level': (facts) =>
    inEnvironments(facts, { level_approvers: { read_only: null, modifying: ['ben'], destructive: ['ben'] } }),
  'a group of fewer': (facts) =>
    edit(facts, ({ approvers }) => ({
      approvers: approvers.length > 0 ? ['oncall'] : [],
      groups: { oncall: { members: ['ben'], slack_group: null } },
    })),
  'somebody started it': (facts) => ({ ...facts, initiator: 'ana' }),
  'somebody changed it': (facts) => ({ ...facts, changers: ['ben', 'ana'] }),
  'the alarm is somebody’s': (facts) => edit(facts, () => ({ alarm_owners: [{ alarm: 'cpu-*', owners: ['ana'] }] })),
  'an approver leaves': (facts) => edit(facts, (policy) => ({ people: policy.people.slice(1) })),
  'no standing approvals': (facts) => edit(facts, () => ({ standing_approvals: [] })),
  'a freeze': (facts) => inEnvironments(facts, { freeze: [windowAround(now)] }),
  'a stop alarm': (facts) => inEnvironments(facts, { stop_alarms: ['checkout-5xx'] }),
  'certainty needed': (facts) => inTiers(facts, { min_confidence: 1 }),
  'no autonomous actions': (facts) => inTiers(facts, { max_autonomous_actions: 0 }),
  'halt on failure': (facts) => inTiers(facts, { halt_on_failure: true }),
  'a rule of the organisation asks': (facts) => inCommands(facts, { ask: true }),
  'a rule of the organisation raises': (facts) => inCommands(facts, { level: 'destructive' }),
  'a rule of the organisation forbids': (facts) => inCommands(facts, { forbid: true }),
  'the author raises': (facts) => ({
    ...facts,
    declaredRisk: higherRisk(facts.declaredRisk ?? 'read_only', 'modifying'),
  }),
  'the model raises': (facts) => ({ ...facts, modelRisk: 'destructive' }),
  'less confidence': (facts) => ({ ...facts, confidence: facts.confidence / 4 }),
  'a failure': (facts) => ({ ...facts, failedBefore: true }),
  'an action more': (facts) => ({ ...facts, autonomousActions: facts.autonomousActions + 5 }),
  'a target more': (facts) => (facts.targets.length > 0 ? { ...facts, targets: [...facts.targets, 'i-more'] } : facts),
  'a smaller cap': (facts) => ({ ...facts, maximumTargets: facts.maximumTargets - 3 }),
  'a tag claims production': (facts) => ({ ...facts, claimedEnvironments: ['production'] }),
  'a tag claims something else': (facts) => ({ ...facts, claimedEnvironments: ['canary'] }),
  'the runbook is for another environment': (facts) => ({ ...facts, runbookEnvironments: ['lab'] }),
};

function edit(facts: Facts, change: (policy: Policy) => Partial<Policy>): Facts {
  return { ...facts, policy: { ...facts.policy, ...change(facts.policy) } };
}

function inEnvironments(facts: Facts, change: Partial<Policy['environments'][string]>): Facts {
  return edit(facts, ({ environments }) => ({
    environments: Object.fromEntries(Object.entries(environments).map(([name, own]) => [name, { ...own, ...change }])),
  }));
}

function inTiers(facts: Facts, change: Partial<Policy['tiers']['low']>): Facts {
  const { low, medium, high } = facts.policy.tiers;
  const changed = { low: { ...low, ...change }, medium: { ...medium, ...change }, high: { ...high, ...change } };
  return edit(facts, ({ tiers }) => ({ tiers: { ...tiers, ...changed } }));
}

function inCommands(facts: Facts, word: Partial<Policy['commands'][number]>): Facts {
  const rule = (command: string) => ({
    match: { command, arguments: [], more: true },
    owner: 'sre',
    reason: 'house rule',
    ...word,
  });
  return edit(facts, () => ({ commands: ['df', 'cat', 'curl', 'systemctl', 'rm'].map(rule) }));
}

function windowAround(time: number): Policy['environments'][string]['freeze'][number] {
  const [from, to] = [new Date(time - hour).toISOString(), new Date(time + hour).toISOString()];
  return { from, to, reason: 'release', mutations: 'ask' };
}

function weaker(before: Verdict, after: Verdict): boolean {
  const names = before.approvals.approvers.map(({ name }) => name);
  return (
    order.indexOf(after.decision) < order.indexOf(before.decision) ||
    !riskAtLeast(after.level, before.level) ||
    after.approvals.required < before.approvals.required ||
    (before.approvals.secondChannel && !after.approvals.secondChannel) ||
    after.approvals.timeoutSeconds > before.approvals.timeoutSeconds ||
    !after.approvals.approvers.every(({ name }) => names.includes(name)) ||
    (mayRunInDryRun(after) && !mayRunInDryRun(before))
  );
}

test.each(Object.entries(strengthenings))(
  `%s: never weakens a verdict, and changes one, seed ${seed}`,
  (name, stricter) => {
    let changed = 0;
    // Of few cases one in which a rare change counts may not be drawn at all.
    for (const chosen of spread(share(50_000, 3_000))) {
      const facts = factsFor(chosen);
      const before = verdict(chosen.script.text, facts, tools);
      const after = verdict(chosen.script.text, stricter(facts), tools);
      if (weaker(before, after)) expect.fail(JSON.stringify({ name, chosen, before, after }, null, 2));
      if (JSON.stringify(after) !== JSON.stringify(before)) changed += 1;
    }
    expect(changed).toBeGreaterThan(0);
  },
);
