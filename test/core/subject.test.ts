/** An incident's id follows from what happened, and from nothing else. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IncidentId } from '../../core/dispatch.ts';
import { incidentIdOf } from '../../core/subject.ts';
import { seed, share } from '../soak.ts';

const arn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:disk-full-web-1';

test('the same change of the same alarm is the same incident', () => {
  expect(incidentIdOf(arn, null, '2026-11-20T03:00:10.490Z')).toBe('inc-b86e421e6c99a768b67b');
});

test('anything else is another one, and every id fits its places', () => {
  const fact = fc.tuple(fc.string(), fc.option(fc.string()), fc.string());
  fc.assert(
    fc.property(fact, fact, (one, other) => {
      expect(IncidentId.parse(incidentIdOf(...one))).toBe(incidentIdOf(...one));
      if (JSON.stringify(one) !== JSON.stringify(other)) expect(incidentIdOf(...one)).not.toBe(incidentIdOf(...other));
    }),
    { seed, numRuns: share(20_000) },
  );
});
