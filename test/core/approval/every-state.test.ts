/** Two of three approvers, every word, crash, late delivery, stop, deploy, suspension and tick: a random walk through more than a million states. */
import { expect, test } from 'vitest';
import { seed, share } from '../../soak.ts';
import { Chance } from '../invariants/chance.ts';
import { bounds, kernelSays, keyOf, opening, type State, steps, violation, wrongWith } from './every-state.ts';

const most = share(1_200_000, 20_000, 60);

test(`in ${most} states of the real rules nothing is sent that two did not sign, or somebody took back, changed, stopped or let expire`, () => {
  const seen = new Set([keyOf(opening)]);
  // By how far the story has come, so that long ones are told as often as short ones.
  const open: State[][] = [[opening]];
  const reached: Record<string, number> = {};
  const random = new Chance(seed);
  // A short walk that has come to no send yet goes on.
  while (seen.size < most || (reached.sent === undefined && seen.size < 10 * most)) {
    const some = open.filter((states) => states.length > 0);
    if (some.length === 0) break;
    const state = taken(random.of(some), random);
    for (const next of steps(state)) {
      const key = keyOf(next);
      const isNew = !seen.has(key);
      const wrong = violation(state, next) ?? (isNew ? wrongWith(next) : null);
      if (wrong !== null) throw new Error(`${wrong}\nseed ${seed}\nbefore ${keyOf(state)}\nafter  ${key}`);
      if (!isNew) continue;
      seen.add(key);
      const chapter = next.votes.length + (next.revision - 1) * bounds.votes;
      open[chapter] ??= [];
      open[chapter].push(next);
      const name = next.burnt > 0 ? 'sent' : next.skipped ? 'skipped' : next.status;
      reached[name] = (reached[name] ?? 0) + 1;
    }
  }
  console.log(`${seen.size} states, seed ${seed}, 0 violations: ${JSON.stringify(reached)}`);
  // A walk that never sends, or never ends otherwise, shows nothing.
  for (const name of ['sent', 'skipped', 'PENDING', 'APPROVED', 'ANSWERED', 'REJECTED'])
    expect(reached[name], name).toBeGreaterThan(0);
  expect(kernelSays(opening).approved).toBe(false);
}, 300_000);

/** Any of them, taken out. */
function taken(states: State[], random: Chance): State {
  const place = random.below(states.length);
  const state = states[place] as State;
  states[place] = states.at(-1) as State;
  states.pop();
  return state;
}
