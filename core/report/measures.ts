/** What is counted and timed, from entries of the audit: the numbers of the dashboard are facts of the chain, and no second record. */
import type { ReadEntry } from '../audit/chain.ts';
import type { AuditEvent, EventOf } from '../audit/entry.ts';
import { type Dispatch, sameDispatch } from '../dispatch.ts';
import { epochOrNull } from '../time.ts';

/** One value of a metric. `value` is a count, or seconds where `unit` says so; `by` is its one dimension. */
export interface Measure {
  readonly name: 'Doorbells' | 'IncidentsClosed' | 'TimeToFirstCard' | 'TimeToAnswer' | 'Sends' | 'Escalations';
  readonly unit: 'Count' | 'Seconds';
  readonly value: number;
  readonly by: {
    readonly name: 'Reason' | 'Status' | 'Word' | 'Level' | 'EscalationLevel';
    readonly value: string;
  } | null;
}

/** A doorbell that opened nothing, or an alarm whose doorbell was never heard. */
export function doorbellMeasure(reason: string): Measure {
  return { name: 'Doorbells', unit: 'Count', value: 1, by: { name: 'Reason', value: reason } };
}

/**
 * What the entries at these places say.
 *
 * @param entries The whole chain of an incident, in order.
 * @param places Sequence numbers of those that are new.
 */
export function measuresOf(entries: readonly ReadEntry[], places: readonly number[]): Measure[] {
  return entries.flatMap((entry, index) => {
    if (!places.includes(entry.sequence) || entry.event === null) return [];
    return measureOf(entry.event, entry.at, entries.slice(0, index)) ?? [];
  });
}

function measureOf(event: AuditEvent, at: string, before: readonly ReadEntry[]): Measure | null {
  switch (event.kind) {
    case 'incident_closed':
      return count('IncidentsClosed', { name: 'Status', value: event.status });
    case 'approval_delivered': {
      const isFirst = !before.some(({ kind }) => kind === 'approval_delivered');
      return isFirst ? seconds('TimeToFirstCard', beganAt(before), at, null) : null;
    }
    case 'vote_signed':
      return seconds('TimeToAnswer', deliveredAt(before, event), at, { name: 'Word', value: event.word });
    case 'approval_escalated':
      return count('Escalations', { name: 'EscalationLevel', value: event.card ? String(event.level) : 'page' });
    case 'command_sent': {
      const level = event.commandId === null ? null : intendedLevel(before, event.dispatch);
      return level === null ? null : count('Sends', { name: 'Level', value: level });
    }
    default:
      return null;
  }
}

function count(name: Measure['name'], by: Measure['by']): Measure {
  return { name, unit: 'Count', value: 1, by };
}

/** Null where one of the two times is missing, or they contradict each other. */
function seconds(name: Measure['name'], from: string | null, to: string, by: Measure['by']): Measure | null {
  const [began, ended] = [from === null ? null : epochOrNull(from), epochOrNull(to)];
  if (began === null || ended === null || ended < began) return null;
  return { name, unit: 'Seconds', value: (ended - began) / 1000, by };
}

/** When the alarm changed; of a further round, which a person asked for later, when that was opened. */
function beganAt(before: readonly ReadEntry[]): string | null {
  const opening = before.find(({ kind }) => kind === 'incident_opened');
  if (opening?.event?.kind !== 'incident_opened') return null;
  const { subject, stateChangedAt } = opening.event;
  return subject?.kind === 'alarm' && subject.round > 1 ? opening.at : stateChangedAt;
}

/** When people could see what they answered: a vote is about the first wave, whichever wave asked. */
function deliveredAt(before: readonly ReadEntry[], { dispatch }: EventOf<'vote_signed'>): string | null {
  const shown = before.findLast(
    ({ event }) =>
      event?.kind === 'approval_delivered' && sameDispatch({ ...event.dispatch, wave: dispatch.wave }, dispatch),
  );
  return shown?.at ?? null;
}

function intendedLevel(before: readonly ReadEntry[], dispatch: Dispatch): string | null {
  const intent = before.findLast(
    ({ event }) => event?.kind === 'dispatch_intended' && sameDispatch(event.dispatch, dispatch),
  )?.event;
  return intent?.kind === 'dispatch_intended' ? intent.level : null;
}
