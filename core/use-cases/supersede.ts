/** Superseding and withdrawing: questions that can no longer be answered, or need no answer, say so, whichever release asked them. */
import type { Alarm } from '../alarm/alarm.ts';
import { isAbout, type StoredQuestion } from '../approval/record.ts';
import { type AuditWriter, append } from '../audit/append.ts';
import type { Dispatch } from '../dispatch.ts';
import { epochOrNull, isoOf } from '../time.ts';
import { endCard } from './end-card.ts';
import type { Cards, ControlStore } from './ports.ts';

export interface SupersedePorts {
  readonly writer: AuditWriter;
  readonly control: Pick<ControlStore, 'list' | 'end'>;
  readonly cards: Pick<Cards, 'update'>;
  /** Epoch milliseconds. */
  now(): number;
}

/**
 * Ends what is PENDING about a dispatch, and tells on its card why. `replaced` is told the same although it is decided:
 * an approval of what would no longer run. Returns how many were ended or told.
 *
 * @param further Words for the card only.
 * @param wasUsed Whether something was burnt under the replaced one: a wave before, whose hosts are done.
 */
export async function supersede(
  ports: SupersedePorts,
  incidentId: string,
  dispatch: Dispatch,
  {
    replaced,
    why,
    further,
    wasUsed = false,
  }: {
    replaced?: StoredQuestion | null;
    why: (row: StoredQuestion) => string;
    further: string;
    wasUsed?: boolean;
  },
): Promise<number> {
  let count = 0;
  for (const row of await ports.control.list(incidentId)) {
    if (!isAbout(row.sortKey, dispatch)) continue;
    const isApproved = row.status === 'APPROVED' && row.sortKey === replaced?.sortKey;
    if (!isApproved && (row.status !== 'PENDING' || !(await ports.control.end(row, 'SUPERSEDED')))) continue;
    count += 1;
    const requestDigest = row.record?.digest ?? null;
    const text = why(row).slice(0, 1000);
    await append(ports.writer, incidentId, { kind: 'approval_superseded', dispatch, requestDigest, why: text });
    const ending = { status: 'SUPERSEDED' as const, reason: `${text}.${further}`, wasUsed: isApproved && wasUsed };
    await endCard(ports.cards, row, ending, ports.now());
  }
  return count;
}

/** Withdraws what is PENDING about a dispatch, because what it was asked for is over, and says why on its card. Returns how many. */
export async function withdraw(
  ports: SupersedePorts,
  incidentId: string,
  dispatch: Dispatch,
  why: string,
): Promise<number> {
  let count = 0;
  for (const row of await ports.control.list(incidentId)) {
    const isOut = isAbout(row.sortKey, dispatch) && row.status === 'PENDING';
    if (!isOut || !(await ports.control.end(row, 'WITHDRAWN'))) continue;
    count += 1;
    const requestDigest = row.record?.digest ?? null;
    await append(ports.writer, incidentId, { kind: 'approval_withdrawn', dispatch, requestDigest, why });
    await endCard(ports.cards, row, { status: 'WITHDRAWN', reason: why }, ports.now());
  }
  return count;
}

/** Why nobody is asked any more, in words; null while the alarm is not OK. */
export function recoveredSince(alarm: Pick<Alarm, 'state' | 'stateChangedAt'> | null): string | null {
  if (alarm?.state !== 'OK') return null;
  const at = epochOrNull(alarm.stateChangedAt);
  return `the alarm is OK again${at === null ? '' : ` since ${isoOf(at).slice(0, 16).replace('T', ' ')} UTC`}`;
}
