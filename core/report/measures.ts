/** What is counted and timed, from entries of the audit: the numbers of the dashboard are facts of the chain, and no second record. */
import type { ReadEntry } from '../audit/chain.ts';
import type { AuditEvent, EventOf } from '../audit/entry.ts';
import { type Dispatch, sameDispatch } from '../dispatch.ts';
import { openVote } from '../question.ts';
import { epochOrNull } from '../time.ts';

interface Dimension {
  readonly name: 'Reason' | 'Status' | 'Word' | 'Level' | 'EscalationLevel' | 'Approver';
  readonly value: string;
}

/** One value of a metric. `value` is a count, or seconds where `unit` says so; `by` is its dimension, `and` a second one. */
export interface Measure {
  readonly name:
    | 'Doorbells'
    | 'IncidentsClosed'
    | 'TimeToFirstCard'
    | 'TimeToAnswer'
    | 'Answers'
    | 'TimeOuts'
    | 'Sends'
    | 'Escalations';
  readonly unit: 'Count' | 'Seconds';
  readonly value: number;
  readonly by: Dimension | null;
  readonly and?: Dimension;
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
 * @param publicKey PEM of the approval key; null = of nobody in particular: a name counts only with a genuine vote, since
 * whoever may append could write any.
 */
export function measuresOf(
  entries: readonly ReadEntry[],
  places: readonly number[],
  publicKey: string | null = null,
): Measure[] {
  return entries.flatMap((entry, index) => {
    if (!places.includes(entry.sequence) || entry.event === null) return [];
    const before = entries.slice(0, index);
    const { event, at } = entry;
    if (event.kind === 'vote_signed') return answerMeasures(event, at, before, publicKey);
    return measureOf(event, at, before) ?? [];
  });
}

/** One answer: how long it took and that it was given, by its word, and of whom. */
function answerMeasures(
  event: EventOf<'vote_signed'>,
  at: string,
  before: readonly ReadEntry[],
  publicKey: string | null,
): Measure[] {
  const vote = publicKey === null ? 'foreign' : openVote(event.envelope, publicKey);
  const word = { name: 'Word' as const, value: event.word };
  const from = deliveredAt(before, event);
  const overall = [seconds('TimeToAnswer', from, at, word), count('Answers', word)];
  if (typeof vote === 'string') return overall.flatMap((measure) => measure ?? []);
  const by = { name: 'Approver' as const, value: vote.by.name };
  const own = [
    seconds('TimeToAnswer', from, at, by),
    { ...count('Answers', by), and: { name: 'Word' as const, value: vote.word } },
  ];
  return [...overall, ...own].flatMap((measure) => measure ?? []);
}

function measureOf(event: AuditEvent, at: string, before: readonly ReadEntry[]): Measure | null {
  switch (event.kind) {
    case 'incident_closed':
      return count('IncidentsClosed', { name: 'Status', value: event.status });
    case 'approval_delivered': {
      const isFirst = !before.some(({ kind }) => kind === 'approval_delivered');
      return isFirst ? seconds('TimeToFirstCard', beganAt(before), at, null) : null;
    }
    case 'approval_settled':
      return event.decision === 'expired' ? count('TimeOuts', null) : null;
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
