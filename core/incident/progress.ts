/**
 * The progress of an incident: a pure fold over its audit chain and its burns. The chain says what happened, and ten
 * functions may write it; what permits something (a mutation was made, an action was unasked) is counted from burns.
 */
import type { ReadEntry } from '../audit/chain.ts';
import { type EventOf, openedSubject } from '../audit/entry.ts';
import type { Burn } from '../burn.ts';
import { type Dispatch, dispatchName } from '../dispatch.ts';
import type { Subject } from '../subject.ts';
import { type HostOutcome, riskAtLeast } from '../words.ts';

/** What is known of one dispatch. */
export interface DispatchProgress {
  readonly dispatch: Dispatch;
  readonly requested: EventOf<'approval_requested'> | null;
  readonly delivered: EventOf<'approval_delivered'> | null;
  readonly undeliverable: EventOf<'approval_undeliverable'> | null;
  readonly settled: EventOf<'approval_settled'> | null;
  /** The question what is to follow, once it had ended other than well; null = it was not asked. */
  readonly failure: Asking | null;
  /** Votes in the chain, not verified here. */
  readonly votes: readonly EventOf<'vote_signed'>[];
  readonly skipped: boolean;
  /** The newest intent before the burn. */
  readonly intended: EventOf<'dispatch_intended'> | null;
  readonly intentId: string | null;
  /** Null: not burnt, so certainly not sent. */
  readonly burn: BurnFacts | null;
  readonly sent: EventOf<'command_sent'> | null;
  readonly sentAt: string | null;
  readonly finished: EventOf<'command_finished'> | null;
  readonly finishedAt: string | null;
  readonly confirmed: boolean;
  /** Whether Systems Manager was asked to cancel it. */
  readonly cancelled: boolean;
  readonly refused: EventOf<'dispatch_refused'> | null;
}

/** How a question stands, as the chain tells it. */
export type Asking = Pick<DispatchProgress, 'requested' | 'delivered' | 'undeliverable' | 'settled'>;

/** What of a burn decides; of the first release's burns only the intent in the chain is left. */
export type BurnFacts = Pick<Burn, 'level' | 'scriptHash' | 'targets' | 'standing' | 'at' | 'questionDigest'> & {
  readonly rest?: readonly string[];
  readonly planDigest: string | null;
  readonly parametersDigest: string | null;
};

/** The burns of an incident, as Dispatches tells them. Null where the caller may not read them: then an intent counts as burnt. */
export interface Burns {
  readonly burns: readonly Burn[];
  readonly byFirstRelease: readonly Dispatch[];
}

export interface Progress {
  readonly opened: EventOf<'incident_opened'> | null;
  /** ISO 8601 time of the first entry. */
  readonly openedAt: string | null;
  readonly planned: EventOf<'planned'> | null;
  readonly closed: EventOf<'incident_closed'> | null;
  readonly told: EventOf<'people_told'> | null;
  readonly lastGate: EventOf<'gate_decided'> | null;
  /** The alarm's state as the chain last said, and the time of the entry that said so first; null until it says any. */
  readonly seen: { readonly state: string; readonly at: string } | null;
  readonly dispatches: readonly DispatchProgress[];
  /** Questions asked, revisions included. */
  readonly questions: number;
  /** `stale` refusals since something else came of a dispatch. */
  readonly staleRounds: number;
  readonly entries: number;
}

const nothing: Progress = {
  opened: null,
  openedAt: null,
  planned: null,
  closed: null,
  told: null,
  lastGate: null,
  seen: null,
  dispatches: [],
  questions: 0,
  staleRounds: 0,
  entries: 0,
};

function fresh(dispatch: Dispatch): DispatchProgress {
  return {
    dispatch,
    requested: null,
    delivered: null,
    undeliverable: null,
    settled: null,
    failure: null,
    votes: [],
    skipped: false,
    intended: null,
    intentId: null,
    burn: null,
    sent: null,
    sentAt: null,
    finished: null,
    finishedAt: null,
    confirmed: false,
    cancelled: false,
    refused: null,
  };
}

/**
 * Folds a chain's entries, in order. Of events that should happen once the first counts: a later one cannot rewrite it.
 * After the closing entry only late facts count, each once, and those of a dispatch only with its burn.
 */
export function progressOf(entries: readonly ReadEntry[], burns: Burns | null = null): Progress {
  const folded = entries.reduce((progress, entry) => step(progress, entry, burns), nothing);
  const unseen = (burns?.burns ?? []).filter(({ dispatch }) => !findDispatch(folded, dispatch));
  const all = unseen.reduce((progress, { dispatch }) => change(progress, dispatch, () => ({})), folded);
  return { ...all, dispatches: all.dispatches.map((known) => ({ ...known, burn: burnOf(known, burns) })) };
}

function burnOf(known: DispatchProgress, burns: Burns | null): BurnFacts | null {
  const name = dispatchName(known.dispatch);
  const burn = burns?.burns.find(({ dispatch }) => dispatchName(dispatch) === name);
  if (burn) return burn;
  const isOld = burns === null || burns.byFirstRelease.some((dispatch) => dispatchName(dispatch) === name);
  if (!known.intended || !isOld) return null;
  const { requestDigest: questionDigest, planDigest = null, parametersDigest = null, ...intent } = known.intended;
  const { level, scriptHash, targets, standing, rest = [] } = intent;
  const at = known.sentAt ?? '';
  return { level, scriptHash, targets, rest, standing, questionDigest, planDigest, parametersDigest, at };
}

function step(progress: Progress, entry: ReadEntry, burns: Burns | null): Progress {
  const next = { ...progress, entries: progress.entries + 1, openedAt: progress.openedAt ?? entry.at };
  const { event } = entry;
  if (event === null) return next;
  if (progress.closed && !isCountedLate(progress, event, burns)) return next;
  switch (event.kind) {
    case 'incident_opened':
      return { ...next, opened: progress.opened ?? event };
    case 'planned':
      return { ...next, planned: progress.planned ?? event };
    case 'incident_closed':
      return { ...next, closed: progress.closed ?? event };
    case 'people_told':
      return { ...next, told: progress.told ?? event };
    case 'alarm_joined':
      return progress.seen?.state === event.state ? next : { ...next, seen: { state: event.state, at: entry.at } };
    case 'gate_decided': {
      const gated = { ...next, lastGate: event };
      return event.decision === 'skip' && event.dispatch
        ? change(gated, event.dispatch, () => ({ skipped: true }))
        : gated;
    }
    case 'approval_requested':
      return change({ ...next, questions: progress.questions + 1 }, event.dispatch, (known) => asked(known, event));
    case 'approval_delivered':
      return change(next, event.dispatch, (known) => asking(known, { delivered: event }));
    case 'approval_undeliverable':
      return change(next, event.dispatch, (known) => asking(known, { undeliverable: event }));
    case 'vote_signed':
      return change(next, event.dispatch, (known) => ({ votes: [...known.votes, event] }));
    case 'approval_settled':
      return change(next, event.dispatch, (known) => asking(known, { settled: event }));
    case 'dispatch_intended':
      return change(next, event.dispatch, (known) =>
        known.sent || known.finished ? {} : { intended: event, intentId: entry.entryId },
      );
    case 'command_sent':
      return change(next, event.dispatch, (known) => ({ sent: known.sent ?? event, sentAt: known.sentAt ?? entry.at }));
    case 'command_finished':
      return change({ ...next, staleRounds: 0 }, event.dispatch, (known) => ({
        finished: known.finished ?? event,
        finishedAt: known.finishedAt ?? entry.at,
      }));
    case 'cancel_requested':
      return change(next, event.dispatch, () => ({ cancelled: true }));
    case 'step_confirmed':
      return change({ ...next, staleRounds: 0 }, event.dispatch, () => ({ confirmed: true, finishedAt: entry.at }));
    case 'dispatch_refused':
      return change({ ...next, staleRounds: staleRoundsAfter(progress.staleRounds, event) }, event.dispatch, () => ({
        refused: event,
      }));
    default:
      return next;
  }
}

/** Of a command that ended nothing is asked any more but what is to follow. */
function asked(known: DispatchProgress, requested: EventOf<'approval_requested'>): Partial<DispatchProgress> {
  const isFailure = requested.question?.kind === 'failure' && known.finished !== null;
  return isFailure
    ? { failure: { requested, delivered: null, undeliverable: null, settled: null } }
    : { requested, settled: null, undeliverable: null };
}

function asking(known: DispatchProgress, news: Partial<Asking>): Partial<DispatchProgress> {
  return known.failure === null ? news : { failure: { ...known.failure, ...news } };
}

/** The rule of a refusal because another incident is changing the host: it waits its turn, and nothing was out of date. */
export const hostHeld = 'host.held';

/** The rule of whatever waits because everything is stopped: nothing was out of date either. */
export const killSwitchRule = 'kill_switch';

function staleRoundsAfter(rounds: number, { outcome, reasons }: EventOf<'dispatch_refused'>): number {
  if (outcome !== 'stale') return 0;
  return reasons.some(({ rule }) => rule === hostHeld || rule === killSwitchRule) ? rounds : rounds + 1;
}

/** A late fact counts once per kind and dispatch, and only of what was burnt: nobody can use up the room for true ones. */
function isCountedLate(progress: Progress, event: NonNullable<ReadEntry['event']>, burns: Burns | null): boolean {
  switch (event.kind) {
    case 'people_told':
      return event.late === true;
    case 'command_sent':
    case 'command_finished':
    case 'dispatch_refused': {
      if (event.late !== true) return false;
      const name = dispatchName(event.dispatch);
      const isBurnt =
        burns === null ||
        burns.burns.some(({ dispatch }) => dispatchName(dispatch) === name) ||
        burns.byFirstRelease.some((dispatch) => dispatchName(dispatch) === name);
      return isBurnt && findDispatch(progress, event.dispatch) !== undefined;
    }
    default:
      return false;
  }
}

function change(
  progress: Progress,
  dispatch: Dispatch,
  update: (known: DispatchProgress) => Partial<DispatchProgress>,
): Progress {
  const known = findDispatch(progress, dispatch) ?? fresh(dispatch);
  const changed = { ...known, ...update(known) };
  const place = progress.dispatches.findIndex((other) => dispatchName(other.dispatch) === dispatchName(dispatch));
  const dispatches = place < 0 ? [...progress.dispatches, changed] : progress.dispatches.with(place, changed);
  return { ...progress, dispatches };
}

/** What is known of a dispatch; undefined when nothing happened to it yet. */
export function findDispatch(progress: Progress, dispatch: Dispatch): DispatchProgress | undefined {
  return progress.dispatches.find((other) => dispatchName(other.dispatch) === dispatchName(dispatch));
}

/** What an incident is about, as its first entry says; null before that. */
export function subjectOf({ opened }: Pick<Progress, 'opened'>): Subject | null {
  return opened && openedSubject(opened);
}

/** A send that may have changed something: a burn above read_only, whether or not its answer came back. */
export function isMutation(known: DispatchProgress): boolean {
  return known.burn !== null && riskAtLeast(known.burn.level, 'modifying');
}

export function mutations(progress: Progress): readonly DispatchProgress[] {
  return progress.dispatches.filter(isMutation);
}

/** Burnt, and nobody has written how it ended. */
export function isOpen(known: DispatchProgress): boolean {
  return known.burn !== null && known.finished === null && !known.confirmed;
}

/** Whether a command ended other than well: a failure that people must know of. */
export function hasFailed(known: DispatchProgress): boolean {
  return known.finished !== null && known.finished.outcome !== 'succeeded';
}

/** Hosts on which a dispatch may have run something: what an undo is for. Without an outcome of its own a host has that of all. */
export function touchedHosts(known: DispatchProgress): string[] {
  const untouched: readonly (HostOutcome | string)[] = ['not_started', 'refused_by_host'];
  return (known.burn?.targets ?? []).filter((host) => {
    const result = known.finished?.results.find(({ target }) => target === host);
    return !untouched.includes(result?.outcome ?? known.finished?.outcome ?? 'unknown');
  });
}
