/** Deriving refuses what could be approved but never sent. */
import { expect, test } from 'vitest';
import { derive, maximumSessionTargets, Underivable } from '../../../core/execution/derive.ts';
import { compiledOf, fixRunbook, riskTools } from '../../support/fixtures.ts';
import { named, situationAfter } from '../gate/situations.ts';

const tagged = fixRunbook.replace('targets: { from: alarm, max: 1 }', 'targets: { tags: { role: web }, max: 50 }');
const fleet = (size: number) =>
  Array.from({ length: size }, (_, index) => ({
    id: `i-${String(index).padStart(17, '0')}`,
    tags: { countersign: 'on', role: 'web' },
    online: true,
  }));

test('more instances than one session can name are refused before anybody is asked', () => {
  const compiled = compiledOf({ runbook: tagged });
  const most = situationAfter([], { compiled, instances: fleet(maximumSessionTargets) });
  expect(derive(most, named('1.run'), riskTools).targets).toHaveLength(maximumSessionTargets);
  const more = situationAfter([], { compiled, instances: fleet(maximumSessionTargets + 1) });
  expect(() => derive(more, named('1.run'), riskTools)).toThrow(Underivable);
  expect(() => derive(more, named('1.run'), riskTools)).toThrow(/21 instances are meant; .* at most 20/);
});

test.each(['9.run', '1.rollback', '1.verify'])('a dispatch %s that the runbook does not have is refused', (name) => {
  expect(() => derive(situationAfter([]), named(name), riskTools)).toThrow(/runbook fix has no step/);
});
