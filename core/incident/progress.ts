/** The progress of an incident: a pure fold over its audit chain, which nobody can change, so that no mutable row decides. */
import type { AuditEntry, EventOf } from '../audit/entry.ts';
import { type Dispatch, dispatchKey } from '../dispatch.ts';
import { riskAtLeast } from '../words.ts';

/** What is known of one dispatch. `outcome` is null until it ended or was refused. */
export interface DispatchProgress {
  readonly dispatch: Dispatch;
  readonly requested: EventOf<'approval_requested'> | null;
  readonly delivered: EventOf<'approval_delivered'> | null;
  readonly undeliverable: EventOf<'approval_undeliverable'> | null;
  readonly settled: EventOf<'approval_settled'> | null;
  readonly skipped: boolean;
  readonly intended: EventOf<'dispatch_intended'> | null;
  readonly sent: EventOf<'command_sent'> | null;
  readonly sentAt: string | null;
  readonly finished: EventOf<'command_finished'> | null;
  readonly finishedAt: string | null;
  readonly confirmed: boolean;
  readonly refused: EventOf<'dispatch_refused'> | null;
}

export interface Progress {
  readonly opened: EventOf<'incident_opened'> | null;
  /** ISO 8601 time of the first entry. */
  readonly openedAt: string | null;
  readonly planned: EventOf<'planned'> | null;
  readonly closed: EventOf<'incident_closed'> | null;
  readonly lastGate: EventOf<'gate_decided'> | null;
  readonly dispatches: readonly DispatchProgress[];
  readonly entries: number;
}

const nothing: Progress = {
  opened: null,
  openedAt: null,
  planned: null,
  closed: null,
  lastGate: null,
  dispatches: [],
  entries: 0,
};

function fresh(dispatch: Dispatch): DispatchProgress {
  return {
    dispatch,
    requested: null,
    delivered: null,
    undeliverable: null,
    settled: null,
    skipped: false,
    intended: null,
    sent: null,
    sentAt: null,
    finished: null,
    finishedAt: null,
    confirmed: false,
    refused: null,
  };
}

/** Folds a chain's entries, in order. Of events that should happen once the first counts: a later one cannot rewrite it. */
export function progressOf(entries: readonly AuditEntry[]): Progress {
  return entries.reduce(step, nothing);
}

function step(progress: Progress, entry: AuditEntry): Progress {
  const next = { ...progress, entries: progress.entries + 1, openedAt: progress.openedAt ?? entry.at };
  const { event } = entry;
  switch (event.kind) {
    case 'incident_opened':
      return { ...next, opened: progress.opened ?? event };
    case 'planned':
      return { ...next, planned: progress.planned ?? event };
    case 'incident_closed':
      return { ...next, closed: progress.closed ?? event };
    case 'gate_decided': {
      const gated = { ...next, lastGate: event };
      return event.decision === 'skip' && event.dispatch
        ? change(gated, event.dispatch, () => ({ skipped: true }))
        : gated;
    }
    case 'approval_requested':
      return change(next, event.dispatch, () => ({ requested: event, settled: null }));
    case 'approval_delivered':
      return change(next, event.dispatch, () => ({ delivered: event }));
    case 'approval_undeliverable':
      return change(next, event.dispatch, () => ({ undeliverable: event }));
    case 'approval_settled':
      return change(next, event.dispatch, () => ({ settled: event }));
    case 'dispatch_intended':
      return change(next, event.dispatch, (known) => ({ intended: known.intended ?? event }));
    case 'command_sent':
      return change(next, event.dispatch, (known) => ({ sent: known.sent ?? event, sentAt: known.sentAt ?? entry.at }));
    case 'command_finished':
      return change(next, event.dispatch, (known) => ({
        finished: known.finished ?? event,
        finishedAt: known.finishedAt ?? entry.at,
      }));
    case 'step_confirmed':
      return change(next, event.dispatch, () => ({ confirmed: true, finishedAt: entry.at }));
    case 'dispatch_refused':
      return change(next, event.dispatch, () => ({ refused: event }));
    default:
      return next;
  }
}

function change(
  progress: Progress,
  dispatch: Dispatch,
  update: (known: DispatchProgress) => Partial<DispatchProgress>,
): Progress {
  const known = findDispatch(progress, dispatch) ?? fresh(dispatch);
  const changed = { ...known, ...update(known) };
  const others = progress.dispatches.filter((other) => key(other.dispatch) !== key(dispatch));
  const place = progress.dispatches.findIndex((other) => key(other.dispatch) === key(dispatch));
  return { ...progress, dispatches: place < 0 ? [...others, changed] : progress.dispatches.with(place, changed) };
}

function key(dispatch: Dispatch): string {
  return dispatchKey('', dispatch);
}

/** What is known of a dispatch; undefined when nothing happened to it yet. */
export function findDispatch(progress: Progress, dispatch: Dispatch): DispatchProgress | undefined {
  return progress.dispatches.find((other) => key(other.dispatch) === key(dispatch));
}

/** A send that may have changed something: an intent above read_only, whether or not its answer came back. */
export function isMutation(known: DispatchProgress): boolean {
  return known.intended !== null && riskAtLeast(known.intended.level, 'modifying');
}

export function mutations(progress: Progress): readonly DispatchProgress[] {
  return progress.dispatches.filter(isMutation);
}

/** Mutations that ran under a standing approval: what a tier's `max_autonomous_actions` counts. */
export function autonomousActions(progress: Progress): number {
  return mutations(progress).filter((known) => known.intended?.standing).length;
}

/** Whether a command ended other than well: a failure that people must know of. */
export function hasFailed(known: DispatchProgress): boolean {
  return known.finished !== null && known.finished.outcome !== 'succeeded';
}
