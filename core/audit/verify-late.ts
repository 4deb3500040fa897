/** Verifying what follows a closing entry: late facts only, marked, each once, of dispatches that were burnt. */
import { canonicalJson } from '../digest.ts';
import { dispatchName, sameDispatch } from '../dispatch.ts';
import type { ReadEntry } from './chain.ts';
import { type EventOf, isLateKind, type LateEvent } from './entry.ts';
import { withoutLate } from './recognise.ts';
import type { ChainFacts } from './verify.ts';
import { type Finding, problem } from './verify-finding.ts';

/** The entries behind the first closing one; and whatever is marked late before it. */
export function lateFindings(entries: readonly ReadEntry[], facts: ChainFacts): Finding[] {
  const end = entries.findIndex(({ kind }) => kind === 'incident_closed');
  const closing = entries[end]?.event;
  const before = end < 0 ? entries : entries.slice(0, end);
  const early = before
    .filter(({ raw }) => raw.late === true)
    .map(({ sequence }) => problem(sequence, 'is marked late, and the incident was not closed'));
  if (closing?.kind !== 'incident_closed') return early;
  const said = new Set(before.flatMap(({ event }) => (event && isLateKind(event) ? [keyOf(event)] : [])));
  const late = entries.slice(end + 1).flatMap((entry) => {
    const text = excess(entry, before, closing, said, facts);
    if (entry.event && isLateKind(entry.event)) said.add(keyOf(entry.event));
    return text === null ? [] : [problem(entry.sequence, text)];
  });
  return [...early, ...late];
}

/** Of a dispatch each kind is said once; what people were told, in each way once. */
function keyOf(event: LateEvent): string {
  if (event.kind === 'people_told') return canonicalJson(withoutLate(event));
  return `${event.kind} ${dispatchName(event.dispatch)}`;
}

function excess(
  { event, raw }: ReadEntry,
  before: readonly ReadEntry[],
  closing: EventOf<'incident_closed'>,
  said: ReadonlySet<string>,
  facts: ChainFacts,
): string | null {
  if (raw.late !== true) return 'follows the closing entry';
  // A late kind of a later release is named as unknown.
  if (event === null) return null;
  if (!isLateKind(event)) return `follows the closing entry, which ${event.kind} may not`;
  if (said.has(keyOf(event))) return `says ${event.kind} after the closing entry, where it was said before`;
  return strangeness(event, before, closing, facts);
}

function strangeness(
  event: LateEvent,
  before: readonly ReadEntry[],
  closing: EventOf<'incident_closed'>,
  { burns, byFirstRelease }: ChainFacts,
): string | null {
  if (event.kind === 'people_told')
    return event.status === closing.status ? null : `says that people were told ${event.status}, not ${closing.status}`;
  const isAbout = ({ dispatch }: { dispatch: typeof event.dispatch }) => sameDispatch(dispatch, event.dispatch);
  // What was refused was not burnt; it must have been decided before.
  const isKnown =
    event.kind === 'dispatch_refused'
      ? before.some(
          (entry) =>
            entry.event?.kind === 'gate_decided' && entry.event.dispatch && isAbout({ dispatch: entry.event.dispatch }),
        )
      : burns === null || burns.some(isAbout) || byFirstRelease.some((dispatch) => isAbout({ dispatch }));
  return isKnown
    ? null
    : `says ${event.kind} of ${dispatchName(event.dispatch)} after the closing entry, which never went out`;
}
