/** What a plan froze: the alarm's later word can only take away, and what was burnt is undone where and with what it was done. */
import { describe, expect, test } from 'vitest';
import { type AuditEvent, type EventOf, planDigest } from '../../../core/audit/entry.ts';
import type { Burn } from '../../../core/burn.ts';
import { freeze, frozenFacts, isCertified, parametersDigest } from '../../../core/derive/frozen.ts';
import { digest } from '../../../core/digest.ts';
import type { Situation } from '../../../core/incident/situation.ts';
import type { Runbook } from '../../../core/runbook/runbook.ts';
import type { ManagedInstance } from '../../../core/runbook/targets.ts';
import type { HostOutcome } from '../../../core/words.ts';
import { alarmOf, compiledOf, instanceId } from '../../support/fixtures.ts';
import { burnsOf, fullRunbook, intended, named, opened, planned, situationAfter } from '../gate/situations.ts';

const text = fullRunbook.replace(
  'parameters: {}',
  `parameters:
  unit: { type: unit, description: The unit, from: 'dimension:Unit' }
  mount: { type: path, description: Where, from: 'tag:mount', default: / }`,
);
const compiled = compiledOf({ runbook: text });
const [fixed] = compiled.runbooks as [Runbook];
const [a, b, c] = [instanceId, 'i-0000000000000000b', 'i-0000000000000000c'] as const;
const byTags: Runbook = { ...fixed, targets: { all: { from: 'tags', tags: { role: 'web' }, maximum: 2 } } };
const alarm = alarmOf({ dimensions: { InstanceId: a, Unit: 'web' } });
const host = (id: string, tags: Record<string, string> = {}, online = true): ManagedInstance => ({
  id,
  tags: { countersign: 'on', role: 'web', ...tags },
  online,
});
const plan = planned(compiled, { parameters: { unit: 'web', mount: '/' }, targets: { all: [b, a] } });

/** A command above read_only that was burnt with the plan on `a` and `b`; `ends` gives each host's own outcome. */
function burnt(name: string, ends: Record<string, HostOutcome> | null = null): AuditEvent[] {
  const intent: AuditEvent = { ...intended(name, 'modifying'), targets: [a, b] };
  const hash = digest('nothing', {});
  const results = Object.entries(ends ?? {}).map(([target, outcome]) => ({
    target,
    status: 'Failed',
    outcome,
    exitCode: 0,
    stdoutHash: hash,
    stderrHash: hash,
  }));
  const end: AuditEvent = { kind: 'command_finished', dispatch: named(name), outcome: 'partial', results };
  return ends ? [intent, end] : [intent];
}

interface Later {
  readonly events?: readonly AuditEvent[];
  readonly plan?: EventOf<'planned'>;
  readonly runbook?: Runbook;
  readonly alarm?: Situation['alarm'];
  readonly instances?: readonly ManagedInstance[];
  readonly burns?: readonly Burn[];
}

/** Of what is frozen the values and hosts. */
function factsOf(name: string, later: Later = {}) {
  const { parameters, targets, lost } = wholeFactsOf(name, later);
  return { parameters, targets, lost };
}

function wholeFactsOf(name: string, later: Later = {}) {
  const { events = [], runbook = byTags, instances = [host(a), host(b)] } = later;
  const whole = [opened, later.plan ?? plan, ...events];
  const situation = situationAfter([], {
    compiled,
    whole,
    alarm: later.alarm === undefined ? alarm : later.alarm,
    instances,
    burns: later.burns ?? burnsOf(whole),
  });
  const dispatch = named(name);
  const step = runbook.steps.find(({ number }) => number === dispatch.step);
  if (!step) throw new Error(`no step ${dispatch.step}`);
  return frozenFacts(situation, runbook, step, dispatch);
}

describe('what a plan freezes', () => {
  test('is every value with its source, every host, and what the alarm said', () => {
    const told = alarmOf({ dimensions: { InstanceId: a, Unit: 'web' }, tags: { countersign: 'on', mount: '/data' } });
    expect(freeze(byTags, told, [host(b), host(a), host(c, { countersign: 'off' })])).toEqual({
      parameters: { unit: 'web', mount: '/data' },
      sources: { unit: 'dimension Unit', mount: 'tag mount' },
      targets: { all: [b, a].sort() },
      alarm: {
        dimensions: told.dimensions,
        tags: told.tags,
        comparison: 'GreaterThanThreshold',
        threshold: 90,
      },
    });
  });

  test('is nothing when a value is missing, a host is missing or there are more than the runbook allows', () => {
    expect(() => freeze(byTags, alarmOf(), [host(a)])).toThrow(/unit has no value/);
    expect(() => freeze(byTags, alarm, [])).toThrow(/no instance is tagged role=web/);
    expect(() => freeze(byTags, alarm, [host(a), host(b), host(c)])).toThrow(/3 instances are meant/);
  });

  test('has a digest that says what it is a digest of, and that any change of the plan changes', () => {
    expect(planDigest(plan)).toBe(digest('plan/v1', plan));
    expect(planDigest({ ...plan, confidence: 0.91 })).not.toBe(planDigest(plan));
    expect(parametersDigest({ unit: 'web' })).toBe(digest('parameters/v1', { unit: 'web' }));
  });
});

describe('a plan is certified', () => {
  const certified = (whole: readonly AuditEvent[], burns = burnsOf(whole)) =>
    isCertified(situationAfter([], { compiled, whole, burns }).progress);

  test('by any burn with exactly this plan', () => {
    expect(certified([opened, plan, ...burnt('2.run')])).toBe(true);
    expect(certified([opened, plan, intended('1.run', 'read_only'), ...burnt('2.run')])).toBe(true);
  });

  test('by nothing else: no plan, no burn, an intent alone, the burn of another plan', () => {
    const whole = [opened, plan, ...burnt('2.run')];
    expect(certified([opened])).toBe(false);
    expect(certified([opened, plan])).toBe(false);
    expect(certified(whole, [])).toBe(false);
    const other = planDigest({ ...plan, confidence: 0.5 });
    expect(
      certified(
        whole,
        burnsOf(whole).map((burn) => ({ ...burn, planDigest: other })),
      ),
    ).toBe(false);
  });
});

describe('what is yet to be done', () => {
  test('has the planned values and hosts while alarm and selector still agree', () => {
    expect(factsOf('1.run')).toEqual({ parameters: plan.parameters, targets: [b, a].sort(), lost: [] });
  });

  test.each([
    ['another value', alarmOf({ dimensions: { Unit: 'db' } }), 'unit was web and is now db'],
    [
      'a value instead of the default, and another one',
      alarmOf({ dimensions: { Unit: 'db' }, tags: { countersign: 'on', mount: '/data' } }),
      'unit was web and is now db; mount was / and is now /data',
    ],
  ])('is refused when the alarm says %s', (_, changed, words) => {
    const refusal = `parameters changed since the plan: ${words}`;
    expect(() => factsOf('1.run', { alarm: changed })).toThrow(refusal);
    expect(() => factsOf('1.run', { alarm: changed, events: burnt('2.run') })).toThrow(refusal);
  });

  test('is refused when the plan has a value that the runbook does not know, or not one that it needs', () => {
    const more = { ...plan, parameters: { ...plan.parameters, path: '/etc' } };
    expect(() => factsOf('1.run', { plan: more })).toThrow('path was /etc and is now not set');
    const fewer = { ...plan, parameters: { unit: 'web' } };
    expect(() => factsOf('1.run', { plan: fewer })).toThrow('mount was not set and is now /');
  });

  test('leaves out a host that was lost and names it, however it was lost', () => {
    const rest = { parameters: plan.parameters, targets: [a], lost: [b] };
    expect(factsOf('1.run', { instances: [host(a)] })).toEqual(rest);
    expect(factsOf('1.run', { instances: [host(a), host(b, { countersign: 'off' })] })).toEqual(rest);
    expect(factsOf('1.run', { instances: [host(a), host(b, { role: 'db' })] })).toEqual(rest);
    expect(factsOf('1.run', { instances: [host(a), host(b, {}, false)] })).toEqual(rest);
  });

  test('never gains a host, not even beyond what the runbook allows', () => {
    const { targets, lost } = factsOf('1.run', { instances: [host(a), host(b), host(c)] });
    expect({ targets, lost }).toEqual({ targets: [b, a].sort(), lost: [] });
  });

  test('is refused when no planned host is left, though others are meant by now', () => {
    expect(() => factsOf('1.run', { instances: [host(c)] })).toThrow(
      `no target is left: ${b}, ${a} is not opted in, online and meant any more`,
    );
  });

  test('is refused without a plan, and without an alarm', () => {
    const [step] = byTags.steps;
    if (!step) throw new Error('no step');
    const unplanned = situationAfter([], { compiled, whole: [opened], alarm });
    expect(() => frozenFacts(unplanned, byTags, step, named('1.run'))).toThrow('there is no plan');
    expect(() => factsOf('1.run', { alarm: null })).toThrow('CloudWatch does not know this incident’s alarm');
  });

  test('of the first release, which froze no hosts, goes where alarm and selector say now, up to the runbook’s cap', () => {
    const { targets: _, ...old } = plan;
    expect(factsOf('1.run', { plan: old })).toEqual({ parameters: plan.parameters, targets: [b, a].sort(), lost: [] });
    expect(factsOf('1.run', { plan: old, instances: [host(c)] })).toMatchObject({ targets: [c], lost: [] });
    expect(() => factsOf('1.run', { plan: old, instances: [host(a), host(b), host(c)] })).toThrow(
      '3 instances are meant',
    );
  });
});

describe('when the alarm no longer tells', () => {
  const silent = alarmOf({ dimensions: {} });

  test('the plan that was burnt with still counts', () => {
    const events = burnt('2.run');
    expect(factsOf('3.run', { alarm: silent, events })).toEqual({
      parameters: plan.parameters,
      targets: [b, a].sort(),
      lost: [],
    });
  });

  test('a plan that nothing was burnt with does not', () => {
    expect(() => factsOf('3.run', { alarm: silent })).toThrow(/unit has no value/);
    expect(() => factsOf('3.run', { alarm: silent, events: burnt('2.run'), burns: [] })).toThrow(/unit has no value/);
  });
});

describe('what follows a burnt run', () => {
  /** Another value, another role on one host, no dimension: nothing of it matters to what is undone. */
  const elsewhere = {
    alarm: alarmOf({ dimensions: { Unit: 'db' } }),
    instances: [host(a, { role: 'db' }), host(b, {}, false), host(c)],
  };

  test.each(['2.rollback', '2.verify', '2.after'])('%s has the value and the hosts of the run', (name) => {
    expect(factsOf(name, { ...elsewhere, events: burnt('2.run') })).toEqual({
      parameters: plan.parameters,
      targets: [b, a].sort(),
      lost: [],
    });
  });

  test('what is yet to be done names the defaults that it rests on; what follows a run rests on what was run', () => {
    expect(wholeFactsOf('1.run').defaulted).toMatchObject([{ parameter: { name: 'mount' }, lacks: 'tag mount' }]);
    expect(wholeFactsOf('2.rollback', { events: burnt('2.run') }).defaulted).toEqual([]);
  });

  test.each(['2.rollback', '2.verify', '2.after'])('%s goes only where the run may have touched something', (name) => {
    const events = burnt('2.run', { [a]: 'refused_by_host', [b]: 'failed' });
    expect(factsOf(name, { ...elsewhere, events })).toMatchObject({ targets: [b], lost: [] });
    const untouched = burnt('2.run', { [a]: 'not_started', [b]: 'refused_by_host' });
    expect(() => factsOf(name, { ...elsewhere, events: untouched })).toThrow(
      'there is no host on which this is to run',
    );
  });

  test('leaves out a host that opted out or is gone, names it, and ends when none is left', () => {
    const events = burnt('2.run');
    const out = [host(a, { countersign: 'off' }), host(b)];
    expect(factsOf('2.rollback', { instances: out, events })).toMatchObject({ targets: [b], lost: [a] });
    expect(() => factsOf('2.rollback', { instances: [host(c)], events })).toThrow(`no target is left: ${a}, ${b} is`);
  });

  test('is derived with the values with which the run was burnt, or not at all', () => {
    const events = burnt('2.run');
    const burns = burnsOf([opened, plan, ...events]).map((burn) => ({
      ...burn,
      parametersDigest: parametersDigest({ unit: 'db', mount: '/' }),
    }));
    for (const name of ['2.rollback', '2.verify', '2.after'])
      expect(() => factsOf(name, { events, burns })).toThrow('step 2 was begun with other values');
  });

  test('is that of its own step, and of a run: not what another step or another part did', () => {
    const agreed = /parameters changed since the plan/;
    expect(() => factsOf('2.after', { ...elsewhere, events: burnt('3.run') })).toThrow(agreed);
    expect(() => factsOf('2.after', { ...elsewhere, events: burnt('2.before') })).toThrow(agreed);
    expect(() => factsOf('2.run', { ...elsewhere, events: burnt('2.run') })).toThrow(agreed);
    expect(() => factsOf('2.before', { ...elsewhere, events: burnt('2.run') })).toThrow(agreed);
    expect(() => factsOf('2.dry_run', { ...elsewhere, events: burnt('2.run') })).toThrow(agreed);
  });

  test('is that of its own attempt, and a way back leaves out what a later one came to', () => {
    const whole = [opened, plan, ...burnt('2.run', { [a]: 'failed', [b]: 'not_started' })];
    const again = { ...intended('2.run.2', 'modifying'), targets: [b] };
    const events = [...whole.slice(2), again];
    expect(factsOf('2.rollback.2', { events })).toMatchObject({ targets: [b] });
    expect(factsOf('2.rollback', { events })).toMatchObject({ targets: [a] });
  });

  test('must agree like anything else when the run was not burnt, or with another plan', () => {
    const events = burnt('2.run');
    const looked = burnsOf([opened, plan, ...burnt('2.before')]);
    expect(() =>
      factsOf('2.rollback', { ...elsewhere, events: [...burnt('2.before'), ...events], burns: looked }),
    ).toThrow(/parameters changed/);
    expect(() => factsOf('2.rollback', { ...elsewhere, events, burns: [] })).toThrow(/parameters changed/);
    const burns = burnsOf([opened, plan, ...events]).map((burn) => ({ ...burn, planDigest: 'ab'.repeat(32) }));
    expect(() => factsOf('2.rollback', { ...elsewhere, events, burns })).toThrow(/parameters changed/);
  });
});

describe('a step that is always offered', () => {
  const changed = alarmOf({ dimensions: { Unit: 'db' } });

  test('undoes with the plan once anything was burnt with it, on the hosts that any change may have touched', () => {
    const on = (ends: Record<string, HostOutcome> | null) =>
      factsOf('5.run', { alarm: changed, events: burnt('2.run', ends) });
    const both = { parameters: plan.parameters, targets: [b, a].sort(), lost: [] };
    expect(on(null)).toEqual(both);
    expect(on({ [a]: 'succeeded', [b]: 'failed' })).toEqual(both);
    expect(on({ [a]: 'not_started', [b]: 'failed' })).toEqual({ ...both, targets: [b] });
    expect(on({ [a]: 'unknown', [b]: 'refused_by_host' })).toEqual({ ...both, targets: [a] });
    // Nothing was changed: it is a step like any other.
    expect(on({ [a]: 'not_started', [b]: 'not_started' })).toEqual(both);
  });

  test('must agree like anything else before that', () => {
    expect(() => factsOf('5.run', { alarm: changed })).toThrow(/parameters changed/);
  });

  test('has nowhere to run where the first release froze no hosts', () => {
    const { targets: _, ...old } = plan;
    expect(() => factsOf('5.run', { plan: old, alarm: changed, events: burnt('2.run') })).toThrow(
      'there is no host on which this is to run',
    );
  });
});
