/** A seeded simulation over every axis of the in-memory world, with the invariants as its oracle. `N=1 SEED=…` replays one world. */
import { describe, expect, test } from 'vitest';
import { seed, share } from '../soak.ts';
import { Tally } from './axes.ts';
import { simulate } from './simulation.ts';

describe('I1–I6, I9, I10, I12, I13 and whole chains, whatever the world does', () => {
  const worlds = share(10_000, 40, 250);
  test(`in ${worlds} worlds from seed ${seed}`, { timeout: 24 * 3600_000 }, async () => {
    const drawn = new Tally();
    const ends = new Map<string, number>();
    const count = (name: string, by = 1) => ends.set(name, (ends.get(name) ?? 0) + by);
    for (let index = 0; index < worlds; index += 1) {
      const { axes, faults, statuses, sends, changes, events, story } = await simulate(seed + index);
      expect(faults, `replay with N=1 SEED=${seed + index}\n${faults.length > 0 ? story() : ''}`).toEqual([]);
      expect(events).toBeLessThan(25_000);
      drawn.addAll(axes);
      for (const status of statuses) count(status);
      count('sends', sends);
      count('changes', changes);
    }
    console.log(`${worlds} worlds from seed ${seed}\n${drawn}\n${JSON.stringify(Object.fromEntries(ends))}`);
    if (worlds >= 1000) expect(drawn.missing()).toEqual([]);
  });
});
