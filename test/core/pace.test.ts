/** The pace of messages: no minute has more than the policy says, wherever it begins, and what is urgent finds room. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { minuteBucket, type Urgency, urgencies } from '../../core/pace.ts';
import { seed, share } from '../soak.ts';
import { MemoryPace } from '../support/memory/pace.ts';

const minute = 60_000;

function paceAt(start = 0) {
  const clock = { now: start };
  const pace = new MemoryPace(() => clock.now);
  return { clock, pace };
}

/** The most moments in any minute, wherever it begins. */
function mostInAMinute(moments: readonly number[]): number {
  return Math.max(0, ...moments.map((at) => moments.filter((other) => other >= at && other < at + minute).length));
}

test(`whoever asks whenever, and uses it within ten seconds: no minute has more than its most, seed ${seed}`, async () => {
  const later = fc.integer({ min: 0, max: 10_000 });
  const call = fc.record({ wait: fc.integer({ min: 0, max: 5_000 }), urgency: fc.constantFrom(...urgencies), later });
  await fc.assert(
    fc.asyncProperty(fc.integer({ min: 10, max: 60 }), fc.array(call, { maxLength: 400 }), async (most, calls) => {
      const { clock, pace } = paceAt(1_000_000);
      const used: number[] = [];
      for (const { wait, urgency, later } of calls) {
        clock.now += wait;
        if (await pace.take(minuteBucket('b', most, urgency))) used.push(clock.now + later);
      }
      expect(mostInAMinute(used)).toBeLessThanOrEqual(most);
    }),
    { seed, numRuns: share(3_000, 200) },
  );
});

test.each([10, 30, 50, 60])(
  'of %i a minute three fifths come, minute after minute, after a first burst',
  async (most) => {
    const { clock, pace } = paceAt();
    const taken: number[] = [];
    for (; clock.now < 10 * minute; clock.now += 50)
      if (await pace.take(minuteBucket('b', most, 'card'))) taken.push(clock.now);
    expect(taken.length).toBeGreaterThanOrEqual(Math.floor(10 * most * 0.6));
    expect(mostInAMinute(taken)).toBeLessThanOrEqual(most);
  },
);

test.each<[Urgency, Urgency]>([
  ['text', 'card'],
  ['card', 'late'],
  ['late', 'digest'],
])('however often %s asks, %s finds room', async (patient, urgent) => {
  const { clock, pace } = paceAt();
  for (let tries = 0; tries < 1_000; tries += 1) await pace.take(minuteBucket('b', 50, patient));
  expect(await pace.take(minuteBucket('b', 50, patient))).toBe(false);
  expect(await pace.take(minuteBucket('b', 50, urgent))).toBe(true);
  clock.now += minute;
  expect(await pace.take(minuteBucket('b', 50, patient))).toBe(true);
});

test('a moment that nobody of ours can have written keeps nobody from anything', async () => {
  const { pace } = paceAt(1_000_000);
  pace.usedUntil.set('b', Number.MAX_SAFE_INTEGER);
  expect(await pace.take(minuteBucket('b', 50, 'text'))).toBe(true);
});
