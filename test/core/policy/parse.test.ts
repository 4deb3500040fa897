/** Reading countersign.yaml: what is filled in, what is refused, and with which words at which place. */
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PolicyError, parsePolicy, policyDigest } from '../../../core/policy/parse.ts';
import { Policy } from '../../../core/policy/schema.ts';
import { seed, share } from '../../soak.ts';
import { refusalOf } from './cases.ts';

const shipped = readFileSync(new URL('../../../countersign.yaml', import.meta.url), 'utf8');

test('every key but one may be left out, and the defaults are those of the shipped file', () => {
  const defaults = parsePolicy('mode: dry_run', 'p.yaml');
  const { people, approvers, environments, ...rest } = parsePolicy(shipped, 'countersign.yaml');
  expect({ ...defaults, people, approvers, environments }).toEqual({ people, approvers, environments, ...rest });
  expect(defaults.safety).toEqual({
    auto_approve_reads: true,
    timeout: 900,
    approval_channel: 'incidents',
    quorum: { read_only: null, modifying: null, destructive: null },
    second_channel: 'none',
    waves: [1, 2, 4, 8, 16],
    cool_down: 0,
    recovered_after: 120,
    verification_window: 600,
  });
  expect(defaults.tiers).toEqual({
    low: { min_confidence: 0.3, max_autonomous_actions: 10, halt_on_failure: false },
    medium: { min_confidence: 0.6, max_autonomous_actions: 5, halt_on_failure: false },
    high: { min_confidence: 0.8, max_autonomous_actions: 2, halt_on_failure: true },
    critical: { min_confidence: 1, max_autonomous_actions: 0, halt_on_failure: true },
  });
  expect(defaults).toMatchObject({
    mode: 'dry_run',
    llm: { enabled: true, id: 'claude-sonnet-5-5', base_url: null },
    slack: { api_url: 'https://slack.com/api/' },
    ...{ people: [], approvers: [], environments: {}, teams: {}, standing_approvals: [], commands: [] },
  });
});

/** The shipped file with every example that it carries as a comment. */
function withExamples(): string {
  const at = shipped.indexOf('groups:');
  const examples = shipped
    .slice(at)
    .replace(/^(groups|alarm_owners|teams|escalation|standing_approvals|commands): (?:\{\}|\[\])$/gm, '$1:')
    .replace(/^( {2,})# (?!runbook_digest|step: 2)(.*)$/gm, '$1$2')
    .replace(/^( {4}) # /gm, '$1# ');
  return shipped.slice(0, at) + examples;
}

test('the examples in the shipped file are valid', () => {
  const policy = parsePolicy(withExamples(), 'countersign.yaml');
  expect(policy.environments.production).toEqual({
    accounts: [],
    max_targets: 5,
    approvers: ['Ana Oncall', 'Ben Oncall'],
    level_approvers: { read_only: null, modifying: null, destructive: ['Ana Oncall', 'Ben Oncall'] },
    quorum: { read_only: null, modifying: 2, destructive: null },
    second_channel: 'destructive',
    auto_approve_reads: false,
    timeout: 600,
    freeze: [{ from: '2027-11-25T00:00:00Z', to: '2027-11-30T00:00:00Z', reason: 'Black Friday', mutations: 'halt' }],
    stop_alarms: ['checkout-5xx'],
  });
  expect([Object.keys(policy.environments), Object.keys(policy.teams)]).toEqual([
    ['production', 'staging'],
    ['payments'],
  ]);
  expect([policy.escalation.length, policy.standing_approvals.length, policy.commands.length]).toEqual([1, 1, 1]);
});

test('a parsed policy parses again to itself, through JSON', () => {
  const policy = parsePolicy(withExamples(), 'countersign.yaml');
  expect(Policy.parse(JSON.parse(JSON.stringify(policy)))).toEqual(policy);
});

test('the digest ignores comments and order, and changes with any value', () => {
  const of = (text: string) => policyDigest(parsePolicy(text, 'p.yaml'));
  const one = of('mode: live\nsafety: { timeout: 15m, approval_channel: sre }');
  expect(one).toMatch(/^[0-9a-f]{64}$/);
  expect(of('# note\nsafety: { approval_channel: sre, timeout: 900s }\nmode: live')).toBe(one);
  expect(of('safety: { approval_channel: sre, timeout: 899s }\nmode: live')).not.toBe(one);
});

test('all problems are named at once, in the order of the file', () => {
  const text = 'mode: x\ntiers:\n  urgent: {}\nsafety:\n  approval_required: false\n  timeout: never\n';
  const places = refusalOf(text)
    .split('\n')
    .map((line) => /^p\.yaml:\d+:\d+: \S+:/.exec(line)?.[0]);
  expect(places).toEqual([
    'p.yaml:1:7: mode:',
    'p.yaml:3:3: tiers.urgent:',
    'p.yaml:5:3: approval_required:',
    'p.yaml:6:12: safety.timeout:',
  ]);
});

test('what is accepted is kept as meant', () => {
  const policy = parsePolicy(
    `
environments:
  lab: { accounts: ["123456789012", { account: "123456789012", region: us-gov-west-1 }], timeout: 90s }
safety: { timeout: 2h, approval_channel: C012AB3CD }
llm: { base_url: "http://127.0.0.1:4010", enabled: false, id: local/llama }
slack: { api_url: "http://localhost:9000/api/" }`,
    'p.yaml',
  );
  expect([policy.safety.timeout, policy.environments.lab?.timeout]).toEqual([7200, 90]);
  expect(policy.slack.api_url).toBe('http://localhost:9000/api/');
});

test('a file nested too deep is refused, not a crash, and its message is bounded', () => {
  expect(refusalOf('['.repeat(100_000)).split('\n').length).toBeLessThanOrEqual(51);
  expect(refusalOf(`teams: ${'{ a: '.repeat(20_000)}`)).toMatch(/^p\.yaml:1:\d+: /);
});

test(`any text is a policy or a PolicyError with places, seed ${seed}`, { timeout: 600_000 }, () => {
  const piece = fc.constantFrom(...shipped.split(/(?<=\s)/), ...'{}[]:,#&*!|>"\'%@`\0\t\u202e', '- ', '\n', '\n  ');
  const mutated = fc
    .tuple(fc.nat(shipped.length), fc.nat(40), fc.array(piece, { maxLength: 8 }))
    .map(([at, cut, pieces]) => shipped.slice(0, at) + pieces.join('') + shipped.slice(at + cut));
  fc.assert(
    fc.property(
      fc.oneof(
        mutated,
        fc.array(piece).map((pieces) => pieces.join('')),
        fc.string(),
      ),
      (text) => {
        let policy: Policy;
        try {
          policy = parsePolicy(text, 'p.yaml');
        } catch (error) {
          expect(error).toBeInstanceOf(PolicyError);
          expect((error as Error).message).toMatch(/^p\.yaml:\d+:\d+: /);
          return;
        }
        expect(Policy.parse(policy)).toEqual(policy);
      },
    ),
    { numRuns: share(30_000), seed },
  );
});
