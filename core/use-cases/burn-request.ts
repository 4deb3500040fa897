/** The numbers that a burn takes: the next lease of a host, and the next slots of the budgets of unasked actions. */
import { type DispatchesReader, hourRows, incidentRow, type Lease, type Slot } from '../burn.ts';
import { budgetRows, countActions, type Situation } from '../incident/situation.ts';

/** The lease after `held` (null = the host never had one). */
export function nextLease(held: Lease | null, host: string, taken: Omit<Lease, 'host' | 'number'>): Lease {
  return { host, number: (held?.number ?? 0) + 1, ...taken };
}

/** The next free slots of this incident and of its alarm's present hour, read now; null when `budget` is used up. */
export async function nextSlots(
  dispatches: DispatchesReader,
  { incidentId, alarm }: Situation,
  budget: number,
  now: number,
): Promise<Slot[] | null> {
  if (!alarm) return null;
  const taken = await dispatches.slots(budgetRows(incidentId, alarm.arn, now));
  if (!(countActions(taken, incidentId, now) < budget)) return null;
  return [incidentRow(incidentId), ...hourRows(alarm.arn, now)].map((row) => ({
    row,
    number: Math.max(0, ...taken.filter((slot) => slot.row === row).map(({ number }) => number)) + 1,
  }));
}
