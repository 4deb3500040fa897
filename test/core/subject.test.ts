/** An incident's id follows from what happened, and from nothing else. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { canonicalJson } from '../../core/digest.ts';
import { IncidentId } from '../../core/dispatch.ts';
import { incidentIdOf, type Subject } from '../../core/subject.ts';
import { seed, share } from '../soak.ts';

const arn = 'arn:aws:cloudwatch:eu-west-1:123456789012:alarm:disk-full-web-1';

const change = (alarmArn: string, contributorId: string | null, stateChangedAt: string, round = 1): Subject => ({
  kind: 'alarm',
  alarmArn,
  contributorId,
  stateChangedAt,
  round,
});

test('the same change of the same alarm is the same incident, and has the id that the first release gave it', () => {
  expect(incidentIdOf(change(arn, null, '2026-11-20T03:00:10.490Z'))).toBe('inc-b86e421e6c99a768b67b');
});

test('anything else is another one, and every id fits its places', () => {
  const alarm = fc.record({
    kind: fc.constant('alarm' as const),
    alarmArn: fc.string(),
    contributorId: fc.option(fc.string()),
    stateChangedAt: fc.string(),
    round: fc.integer({ min: 1, max: 3 }),
  });
  const manual = fc.record({
    kind: fc.constant('manual' as const),
    person: fc.string(),
    runbook: fc.string(),
    at: fc.string(),
  });
  const subject: fc.Arbitrary<Subject> = fc.oneof(alarm, manual);
  fc.assert(
    fc.property(subject, subject, (one, other) => {
      expect(IncidentId.parse(incidentIdOf(one))).toBe(incidentIdOf(one));
      if (canonicalJson(one) !== canonicalJson(other)) expect(incidentIdOf(one)).not.toBe(incidentIdOf(other));
    }),
    { seed, numRuns: share(20_000) },
  );
});
