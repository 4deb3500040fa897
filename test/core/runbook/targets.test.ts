/** Targets (I9): opted in, named by the alarm or by the runbook's own tags, within the cap; otherwise nothing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { TargetSelector } from '../../../core/runbook/runbook.ts';
import { type ManagedInstance, selectTargets, TargetError } from '../../../core/runbook/targets.ts';
import { seed, share } from '../../soak.ts';
import { createAlarm } from './example.ts';

const byAlarm: TargetSelector = { from: 'alarm', tags: {}, maximum: 1 };
const byTags: TargetSelector = { from: 'tags', tags: { role: 'worker' }, maximum: 2 };

function host(id: string, overrides: Partial<ManagedInstance> = {}): ManagedInstance {
  return { id, tags: { countersign: 'on', role: 'worker' }, online: true, ...overrides };
}

const one = 'i-0000000000000001';
const two = 'i-0000000000000002';
const three = 'mi-0000000000000003';
const alarm = createAlarm({ dimensions: { InstanceId: one } });

test("the alarm's instance", () => {
  expect(selectTargets(byAlarm, alarm, [host(two), host(one)])).toEqual([one]);
});

test('the instances with the tags, sorted, without those that are offline or not opted in', () => {
  const others = [
    host(two),
    host('i-0000000000000009', { online: false }),
    host('i-000000000000000a', { tags: { role: 'worker' } }),
  ];
  expect(selectTargets(byTags, alarm, [host(three), ...others])).toEqual([two, three]);
  expect(selectTargets(byTags, createAlarm(), [host(two), host(two)])).toEqual([two]);
});

test.each<[string, TargetSelector, Record<string, string>, ManagedInstance[], RegExp]>([
  [
    'no dimension',
    byAlarm,
    { path: '/' },
    [host(one)],
    /has no dimension InstanceId, from which the runbook takes its target; it has path/,
  ],
  [
    'an unknown instance',
    byAlarm,
    { InstanceId: two },
    [host(one)],
    /"i-0000000000000002" is no instance that Systems Manager manages here/,
  ],
  ['a foreign text', byAlarm, { InstanceId: '*' }, [host('*')], /"\*" is no instance/],
  [
    'an instance that is not opted in',
    byAlarm,
    { InstanceId: one },
    [host(one, { tags: { countersign: 'off' } })],
    /not opted in; tag it countersign=on/,
  ],
  ['an offline instance', byAlarm, { InstanceId: one }, [host(one, { online: false })], /is offline/],
  [
    'no instance with the tags',
    byTags,
    {},
    [host(one, { tags: { countersign: 'on', role: 'db' } })],
    /no instance is tagged role=worker, opted in \(countersign=on\) and online; 0 have the tags/,
  ],
  ['all offline', byTags, {}, [host(one, { online: false })], /1 have the tags/],
  [
    'more than the cap',
    byTags,
    {},
    [host(one), host(two), host(three)],
    /3 instances are meant \(.*\), and the runbook allows 2/,
  ],
  ['a selector of nothing', { ...byTags, tags: {} }, {}, [host(one)], /no instance is tagged/],
])('%s is refused', (_what, selector, dimensions, instances, message) => {
  expect(() => selectTargets(selector, createAlarm({ dimensions }), instances)).toThrow(TargetError);
  expect(() => selectTargets(selector, createAlarm({ dimensions }), instances)).toThrow(message);
});

describe('I9', () => {
  const id = fc.constantFrom(one, two, three, 'i-zz', '*', '');
  const tags = fc.dictionary(
    fc.constantFrom('countersign', 'role', 'constructor'),
    fc.constantFrom('on', 'off', 'worker'),
  );
  const instances = fc.array(fc.record({ id, tags, online: fc.boolean() }), { maxLength: 6 });
  const selector = fc.record({
    from: fc.constantFrom('alarm' as const, 'tags' as const),
    tags,
    maximum: fc.integer({ min: 1, max: 3 }),
  });

  test('targets ⊆ opted in ∩ derived from alarm or selector, within the cap, whatever is asked', {
    timeout: 600_000,
  }, () => {
    fc.assert(
      fc.property(selector, fc.option(id), instances, (asked, named, hosts) => {
        const dimensions: Record<string, string> = named === null ? {} : { InstanceId: named };
        let chosen: string[];
        try {
          chosen = selectTargets(asked, createAlarm({ dimensions }), hosts);
        } catch (error) {
          expect(error).toBeInstanceOf(TargetError);
          return;
        }
        expect(chosen.length).toBeGreaterThan(0);
        expect(chosen.length).toBeLessThanOrEqual(asked.maximum);
        for (const target of chosen) {
          const meant = (tagged: Record<string, string>) =>
            asked.from === 'alarm'
              ? target === named
              : Object.entries(asked.tags).every(([key, value]) => tagged[key] === value);
          expect(
            hosts.some(
              (known) => known.id === target && known.online && known.tags.countersign === 'on' && meant(known.tags),
            ),
          ).toBe(true);
        }
      }),
      { seed, numRuns: share(100_000) },
    );
  });
});
