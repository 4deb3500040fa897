/** Deriving takes each fact from where it belongs, and refuses what alarm, runbook and plan do not have. */
import { describe, expect, test } from 'vitest';
import type { AuditEvent, EventOf } from '../../../core/audit/entry.ts';
import type { Burn } from '../../../core/burn.ts';
import { derive } from '../../../core/derive/derive.ts';
import { sha256 } from '../../../core/digest.ts';
import type { Situation } from '../../../core/incident/situation.ts';
import { alarmOf, compiledOf, policyText, riskTools } from '../../support/fixtures.ts';
import { burnsOf, fullRunbook, named, opened, planned, ran, situationAfter } from '../gate/situations.ts';

const compiled = compiledOf({ runbook: fullRunbook });
const confident = planned(compiled).confidence;
const derived = (name: string, situation: Situation = situationAfter([])) => derive(situation, named(name), riskTools);
const rules = (name: string, situation: Situation) => derived(name, situation).verdict.reasons.map(({ rule }) => rule);
const under = (plan: Partial<EventOf<'planned'>>, events: readonly AuditEvent[] = [], more: object = {}) =>
  situationAfter([], { whole: [opened, planned(compiled, plan), ...events], ...more });

test.each(['9.run', '1.rollback', '1.verify', '1.dry_run', '4.before', '4.after'])(
  'a dispatch %s that the runbook does not have is refused',
  (name) => {
    expect(() => derived(name)).toThrow(/runbook fix has no step/);
  },
);

test('nothing is derived without an alarm, or from a runbook that is gone', () => {
  expect(() => derived('1.run', situationAfter([], { alarm: null }))).toThrow(
    'CloudWatch does not know this incident’s alarm',
  );
  expect(() => derived('1.run', situationAfter([], { runbook: null }))).toThrow(
    'the planned runbook is not deployed here any more',
  );
});

test('a script is hashed, and a manual step has none', () => {
  expect(derived('1.run')).toMatchObject({ script: 'df -h /', scriptHash: sha256('df -h /') });
  expect(derived('4.run')).toMatchObject({ script: null, scriptHash: sha256('') });
});

describe('a destructive step that rests on a default', () => {
  const withMount = (more = '') =>
    compiledOf({
      runbook: fullRunbook
        .replace(
          'parameters: {}',
          () => `parameters:\n  mount: { type: path, from: dimension:path, default: /var/tmp/x${more} }`,
        )
        .replace("find /var/log/app -name '*.gz' -delete", () => 'rm -rf {{ mount }}')
        .replace('df -h /', () => 'df -h {{ mount }}'),
    });
  const halts = (
    name: string,
    policy: ReturnType<typeof withMount>,
    dimensions: Readonly<Record<string, string>> = {},
  ) => {
    const told = alarmOf({ dimensions: { ...alarmOf().dimensions, ...dimensions } });
    const parameters = { mount: dimensions.Path ?? '/var/tmp/x' };
    const whole = [opened, planned(policy, { parameters })];
    const { verdict, defaulted } = derived(name, situationAfter([], { compiled: policy, whole, alarm: told }));
    return { halted: verdict.reasons.find(({ rule }) => rule === 'default_value')?.text, defaulted };
  };

  test('halts, and says what the alarm lacks and what to do', () => {
    expect(halts('3.run', withMount())).toEqual({
      halted:
        "destructive, and mount is only the runbook's default: the alarm has no dimension path; give it one, or say destructive_default: true for mount in the runbook",
      defaulted: [{ name: 'mount', lacks: 'dimension path', isAllowed: false }],
    });
  });

  test('runs where the alarm says it, in whatever letters, or the runbook allows it', () => {
    expect(halts('3.run', withMount(), { Path: '/var/tmp/y' })).toEqual({ halted: undefined, defaulted: [] });
    expect(halts('3.run', withMount(', destructive_default: true')).halted).toBeUndefined();
  });

  test('a step that only reads may', () => {
    expect(halts('1.run', withMount())).toMatchObject({ halted: undefined, defaulted: [{ name: 'mount' }] });
  });
});

describe('the confidence', () => {
  const strict = (least: number) =>
    compiledOf({ runbook: fullRunbook, policy: policyText('live', `tiers: { high: { min_confidence: ${least} } }`) });
  const asks = (least: number, confidence: number) => {
    const policy = strict(least);
    const whole = [opened, planned(policy, { confidence })];
    return rules('1.run', situationAfter([], { compiled: policy, whole })).includes('min_confidence');
  };

  test('is the plan’s own word at most, and at most what matching says now', () => {
    expect(asks(0.5, 0.4)).toBe(true);
    expect(asks(0.5, 0.6)).toBe(false);
    expect(asks(1, 1)).toBe(true);
    expect(confident).toBeLessThan(1);
  });

  test('is that of the planned runbook, not of another candidate', () => {
    const [own] = compiled.runbooks;
    if (!own) throw new Error('no runbook');
    const other = { ...own, id: 'other' };
    const nothing = own.match.map((one) => ({ ...one, alarms: ['never-*'] }));
    const unmatched = { ...own, match: nothing, symptoms: [], services: [], title: 'x', id: 'fix' };
    const both = { ...compiled, runbooks: [other, unmatched] };
    expect(() => derived('1.run', situationAfter([], { compiled: both, whole: [opened, planned(compiled)] }))).toThrow(
      'runbook fix is no candidate for alarm fix-web',
    );
  });

  test('is the plan’s where the alarm matches no longer, once something was burnt with the plan', () => {
    const renamed = { alarm: alarmOf({ name: 'other', description: '', namespace: 'x', metric: 'y' }) };
    expect(() => derived('1.run', situationAfter([], renamed))).toThrow('runbook fix is no candidate for alarm other');
    expect(derived('2.before', situationAfter(ran('1.run'), renamed)).script).toBe('systemctl is-active web');
  });
});

describe('a failure before', () => {
  const halts = (events: readonly AuditEvent[], burns?: readonly Burn[]) =>
    rules('3.run', situationAfter(events, burns ? { burns } : {})).includes('halt_on_failure');

  test('is any change that ended other than well, and nothing else', () => {
    expect(halts([...ran('1.run'), ...ran('2.run', 'modifying', 'failed')])).toBe(true);
    expect(halts([...ran('1.run'), ...ran('2.run', 'modifying')])).toBe(false);
    expect(halts(ran('1.run', 'read_only', 'failed'))).toBe(false);
    const failed = [...ran('1.run'), ...ran('2.run', 'modifying', 'failed')];
    expect(halts(failed, burnsOf([opened, ...ran('1.run')]))).toBe(false);
  });

  test('does not keep back what undoes', () => {
    const undoing = compiledOf({
      runbook: fullRunbook.replace('bash when=always\n   df -h /', () => 'bash when=always\n   systemctl start web'),
    });
    const events = [...ran('1.run'), ...ran('2.run', 'modifying', 'failed')];
    const whole = [opened, planned(undoing), ...events];
    expect(rules('5.run', situationAfter([], { compiled: undoing, whole }))).not.toContain('halt_on_failure');
  });
});

test('what the alarm’s tag calls the environment can exclude the runbook', () => {
  const policy = policyText(
    'live',
    "environments: { production: { accounts: ['111122223333'] }, staging: { accounts: ['222233334444'] } }",
  );
  const two = compiledOf({ runbook: fullRunbook, policy });
  const tagged = (environment: string) =>
    rules(
      '1.run',
      situationAfter([], { compiled: two, alarm: alarmOf({ tags: { countersign: 'on', environment } }) }),
    ).includes('runbook_environment');
  expect(tagged('staging')).toBe(true);
  expect(tagged('production')).toBe(false);
  expect(rules('1.run', situationAfter([], { compiled: two }))).not.toContain('runbook_environment');
});

describe('the model’s word on a step', () => {
  const step = (number: number, model: 'read_only' | 'destructive' | null) => ({
    number,
    title: '',
    declared: null,
    floor: 'read_only' as const,
    model,
    level: 'read_only' as const,
    flags: [],
    decision: 'proceed' as const,
    scriptHash: sha256(''),
  });
  const level = (name: string, steps: ReturnType<typeof step>[]) => derived(name, under({ steps })).verdict.level;

  test('raises its run, and no other step or part', () => {
    expect(level('1.run', [step(1, 'destructive')])).toBe('destructive');
    expect(level('5.run', [step(1, 'destructive'), step(5, null)])).toBe('read_only');
    expect(level('1.run', [step(5, 'destructive')])).toBe('read_only');
    expect(level('2.before', [step(2, 'destructive')])).toBe('read_only');
    expect(level('2.run', [step(1, null), step(2, 'destructive')])).toBe('destructive');
  });
});
