/** Settling: what a wait for approval came to, read from the record; the wake-up's own output is never looked at. */

import { type RequestKey, type RequestRecord, requestSortKey } from '../approval/request.ts';
import { type AuditWriter, record as recordEvent } from '../audit/append.ts';
import type { AuditEntry, EventOf } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import type { Dispatch } from '../dispatch.ts';
import { findDispatch, progressOf } from '../incident/progress.ts';
import { historyLimits } from '../limits.ts';
import { epochOf } from '../time.ts';
import type { SettleDecision } from '../words.ts';
import { endCard } from './end-card.ts';
import type { Cards, ControlStore } from './ports.ts';

export interface SettlePorts {
  readonly writer: AuditWriter;
  readonly control: Pick<ControlStore, 'read' | 'end'>;
  readonly cards: Pick<Cards, 'update'>;
  entries(incidentId: string): Promise<AuditEntry[]>;
  /** Counts one more round without a card and returns how many there were, this one included. */
  countUndelivered(incidentId: string, request: string): Promise<number>;
  now(): number;
}

/** Answers how a request stands, expires it when its time is over, and appends the end of it once. */
export async function settle(
  ports: SettlePorts,
  compiled: Compiled,
  incidentId: string,
  dispatch: Dispatch,
): Promise<SettleDecision> {
  const key = { incidentId, dispatch, policyDigest: compiled.policyDigest };
  const record = await ports.control.read(key);
  const decision = await decisionOf(ports, key, record);
  if (decision !== 'waiting') await appendOnce(ports, key, record, decision);
  return decision;
}

async function decisionOf(ports: SettlePorts, key: RequestKey, record: RequestRecord | null): Promise<SettleDecision> {
  switch (record?.status) {
    case 'APPROVED':
      return 'approved';
    case 'REJECTED':
      return 'rejected';
    case 'EXPIRED':
      return 'expired';
    case 'WITHDRAWN':
    case 'SUPERSEDED':
      return 'undeliverable';
    case 'PENDING':
      if (ports.now() >= epochOf(record.request.expiresAt)) return expire(ports, key, record);
      if (record.messageTs !== null) return 'waiting';
      return undelivered(ports, key);
    default:
      return undelivered(ports, key);
  }
}

async function undelivered(ports: SettlePorts, key: RequestKey): Promise<SettleDecision> {
  const rounds = await ports.countUndelivered(key.incidentId, requestSortKey(key));
  return rounds >= historyLimits.maximumUndeliveredRounds ? 'undeliverable' : 'waiting';
}

/** APPROVED and EXPIRED are compare-and-set against PENDING: when the expiry loses, the winner is read and answered. */
async function expire(ports: SettlePorts, key: RequestKey, record: RequestRecord): Promise<SettleDecision> {
  if (!(await ports.control.end(key, 'EXPIRED'))) {
    const winner = await ports.control.read(key);
    return winner?.status === 'APPROVED' ? 'approved' : winner?.status === 'REJECTED' ? 'rejected' : 'expired';
  }
  await endCard(ports.cards, record, 'EXPIRED', ports.now(), 'Nobody decided in time. Nothing was run.');
  return 'expired';
}

async function appendOnce(
  ports: SettlePorts,
  key: RequestKey,
  record: RequestRecord | null,
  decision: EventOf<'approval_settled'>['decision'],
): Promise<void> {
  const known = findDispatch(progressOf(await ports.entries(key.incidentId)), key.dispatch);
  if (known?.settled?.decision === decision && known.settled.policyDigest === key.policyDigest) return;
  await recordEvent(ports.writer, key.incidentId, {
    kind: 'approval_settled',
    dispatch: key.dispatch,
    policyDigest: key.policyDigest,
    requestDigest: record?.digest ?? null,
    decision,
    by: (record?.votes ?? []).map(({ by }) => by),
    reason: record?.votes.at(-1)?.reason ?? '',
  });
}
