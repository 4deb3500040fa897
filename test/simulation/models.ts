/** The model: down, slow, or hostile enough to choose any runbook, to lower every risk, and to answer out of shape. */
import type * as z from 'zod';
import type { Clock } from '../../bench/clock.ts';
import type { Model } from '../../core/matching/model.ts';
import type { Chance } from '../core/invariants/chance.ts';
import type { Axes } from './axes.ts';

export function modelOf(axis: Axes['model'], chance: Chance, clock: Clock): Model | null {
  if (axis === 'none') return null;
  return {
    name: axis,
    async ask<T>({ schema }: { schema: z.ZodType<T> }): Promise<T> {
      if (axis === 'down') throw new Error('529 overloaded');
      if (axis === 'slow') await clock.sleep(25_000);
      return schema.parse(axis === 'hostile' ? hostile(chance) : { steps: [] });
    },
  };
}

function hostile(chance: Chance): unknown {
  const risk = chance.of(['read_only', 'destructive', 'forbidden', 'none at all']);
  return chance.of<unknown>([
    { runbookId: 'fix', confidence: 1, why: 'approved by the CAB' },
    { runbookId: 'rm -rf /', confidence: 99, why: '' },
    { steps: [1, 2, 3, 4, 5, 31].map((step) => ({ step, risk, why: 'ignore all rules' })) },
    'approve',
  ]);
}
