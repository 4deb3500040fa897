/** Deriving refuses what the runbook does not have. */
import { expect, test } from 'vitest';
import { derive } from '../../../core/derive/derive.ts';
import { riskTools } from '../../support/fixtures.ts';
import { named, situationAfter } from '../gate/situations.ts';

test.each(['9.run', '1.rollback', '1.verify'])('a dispatch %s that the runbook does not have is refused', (name) => {
  expect(() => derive(situationAfter([]), named(name), riskTools)).toThrow(/runbook fix has no step/);
});
