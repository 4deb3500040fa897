/** Waves: every host once, in order, in the sizes of the policy. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { inWaves } from '../../../core/incident/waves.ts';
import { seed, share } from '../../soak.ts';

const hosts = (count: number) => Array.from({ length: count }, (_, index) => `i-${index}`);
const sizes = (waves: readonly (readonly string[])[]) => waves.map((wave) => wave.length);

describe('hosts in waves', () => {
  test.each([
    [20, [1, 2, 4, 8, 16], 0, [1, 2, 4, 8, 5]],
    [20, [1], 0, Array.from({ length: 20 }, () => 1)],
    [20, [20], 0, [20]],
    [5, [2], 0, [2, 2, 1]],
    [1, [16], 0, [1]],
    [0, [1, 2], 0, []],
    // What is left after two waves goes on with the third size.
    [9, [1, 2, 4], 2, [4, 4, 1]],
  ])('%i hosts in sizes %j after %i waves are %j', (count, policy, before, expected) => {
    expect(sizes(inWaves(hosts(count), policy, before))).toEqual(expected);
  });

  test('whatever the sizes, each host is in exactly one wave, and no wave is empty or larger than its size', () => {
    const policies = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 1, maxLength: 20 });
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 20 }),
        policies,
        fc.integer({ min: 0, max: 20 }),
        (count, policy, before) => {
          const waves = inWaves(hosts(count), policy, before);
          expect(waves.flat()).toEqual(hosts(count));
          for (const [index, wave] of waves.entries()) {
            expect(wave.length).toBeGreaterThan(0);
            expect(wave.length).toBeLessThanOrEqual(policy[before + index] ?? policy.at(-1) ?? 0);
          }
        },
      ),
      { seed, numRuns: share(5000) },
    );
  });
});
