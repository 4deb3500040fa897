/** Verifying what follows a closing entry: late facts only, marked, each once, of dispatches that were burnt. */
import { canonicalJson } from '../digest.ts';
import { type Dispatch, dispatchName, sameDispatch } from '../dispatch.ts';
import type { ReadEntry } from './chain.ts';
import { type AuditEvent, isLateKind, type LateEvent } from './entry.ts';
import { withoutLate } from './recognise.ts';
import { type ChainFacts, type Finding, problem } from './verify-finding.ts';

/** The entries behind the first closing one; and whatever is marked late before it. */
export function lateFindings(entries: readonly ReadEntry[], facts: ChainFacts): Finding[] {
  const end = entries.findIndex(({ kind }) => kind === 'incident_closed');
  const before = end < 0 ? entries : entries.slice(0, end);
  const early = before
    .filter(({ raw }) => raw.late === true)
    .map(({ sequence }) => problem(sequence, 'is marked late, and the incident was not closed'));
  if (end < 0) return early;
  const said = new Set(before.flatMap(({ event }) => (event && isSaidOnce(event) ? [keyOf(event)] : [])));
  const late = entries.slice(end + 1).flatMap((entry) => {
    const text = excess(entry, before, said, facts);
    if (entry.event && isLateKind(entry.event)) said.add(keyOf(entry.event));
    return text === null ? [] : [problem(entry.sequence, text)];
  });
  return [...early, ...late];
}

/** What is refused is asked again, so a call that the closing overtook may refuse it once more; the others end their dispatch. */
function isSaidOnce(event: AuditEvent): event is LateEvent {
  return isLateKind(event) && event.kind !== 'dispatch_refused';
}

/** Of a dispatch each kind is said once; what people were told, in each way once. */
function keyOf(event: LateEvent): string {
  if (event.kind === 'people_told') return canonicalJson(withoutLate(event));
  return `${event.kind} ${dispatchName(event.dispatch)}`;
}

function excess(
  { event, raw }: ReadEntry,
  before: readonly ReadEntry[],
  said: ReadonlySet<string>,
  facts: ChainFacts,
): string | null {
  if (raw.late !== true) return 'follows the closing entry';
  // A late kind of a later release is named as unknown.
  if (event === null) return null;
  if (!isLateKind(event)) return `follows the closing entry, which ${event.kind} may not`;
  if (said.has(keyOf(event))) return `says ${event.kind} after the closing entry, where it was said before`;
  return strangeness(event, before, facts);
}

/** A late fact is about a dispatch that was burnt; a refusal, about one that the gate had decided before. */
function strangeness(
  event: LateEvent,
  before: readonly ReadEntry[],
  { burns, byFirstRelease }: ChainFacts,
): string | null {
  if (event.kind === 'people_told') return null;
  const isIt = (dispatch: Dispatch | null) => dispatch !== null && sameDispatch(dispatch, event.dispatch);
  const isKnown =
    event.kind === 'dispatch_refused'
      ? before.some((entry) => entry.event?.kind === 'gate_decided' && isIt(entry.event.dispatch))
      : burns === null || burns.some(({ dispatch }) => isIt(dispatch)) || byFirstRelease.some(isIt);
  return isKnown
    ? null
    : `says ${event.kind} of ${dispatchName(event.dispatch)} after the closing entry, which never went out`;
}
