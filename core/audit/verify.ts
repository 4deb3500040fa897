/**
 * The verifier: whether a chain is whole, and if not, at which entry and why. What it cannot prove it says: "whole" means
 * that every link holds, and that nothing contradicts what people signed and what `execute` burnt.
 */
import { IncidentId } from '../dispatch.ts';
import { incidentIdOf } from '../subject.ts';
import { type ChainProblem, type ReadEntry, readChain, recoveryChain, type StoredItem } from './chain.ts';
import { isLateKind, openedSubject } from './entry.ts';
import { approvalFindings } from './verify-approvals.ts';
import { burnFindings } from './verify-burns.ts';
import { type ChainFacts, type Finding, problem, unsure } from './verify-finding.ts';
import { lateFindings } from './verify-late.ts';

/** `broken`: something is wrong, whatever else cannot be told. `cannot_tell` is never a pass. */
export interface ChainReport {
  readonly chain: string;
  readonly entries: number;
  readonly verdict: 'whole' | 'broken' | 'cannot_tell';
  readonly closed: boolean;
  /** In the order of their places; of something that is missing the place where it should lie. */
  readonly problems: readonly ChainProblem[];
  /** `place` is null for what concerns the chain as a whole. */
  readonly cannotTell: readonly { readonly place: number | null; readonly why: string }[];
}

const nothingGiven: ChainFacts = {
  burns: null,
  byFirstRelease: [],
  publicKey: null,
  isOpen: null,
  recovery: null,
};

/** Checks a chain as it lies in the table; never throws, whatever it is given. */
export function verifyChain(
  chain: string,
  items: readonly StoredItem[],
  facts: ChainFacts = nothingGiven,
): ChainReport {
  const reading = readChain(chain, items);
  const isIncident = IncidentId.safeParse(chain).success;
  const findings: Finding[] = [
    ...reading.problems.map(({ place, problem: text }) => problem(place, text)),
    ...reading.unknown.map(({ place, kind }) => unsure(place, unknownText(kind))),
    ...(isIncident ? incidentFindings(chain, reading.entries, items, facts) : otherFindings(chain, reading.entries)),
    ...(items.length === 0 ? [unsure(null, 'there are no entries: a whole chain may be missing')] : []),
  ];
  return reportOf(chain, items.length, closingOf(reading.entries) !== null, findings);
}

function reportOf(chain: string, entries: number, closed: boolean, findings: readonly Finding[]): ChainReport {
  const problems = findings.flatMap((found) => (found.kind === 'problem' ? [found] : []));
  const cannotTell = findings.flatMap((found) => (found.kind === 'unsure' ? [found] : []));
  return {
    chain,
    entries,
    verdict: problems.length > 0 ? 'broken' : cannotTell.length > 0 ? 'cannot_tell' : 'whole',
    closed,
    problems: problems.map(({ place, text }) => ({ place, problem: text })).sort((a, b) => a.place - b.place),
    cannotTell: cannotTell.map(({ place, text }) => ({ place, why: text })),
  };
}

function unknownText(kind: string): string {
  return `is of the kind ${JSON.stringify(kind.slice(0, 60))}, or says something of it, that this release does not know: verify with the release that wrote it`;
}

function incidentFindings(
  chain: string,
  entries: readonly ReadEntry[],
  items: readonly StoredItem[],
  facts: ChainFacts,
): Finding[] {
  return [
    ...openingFindings(chain, entries),
    ...approvalFindings(chain, entries, facts.publicKey),
    ...burnFindings(chain, entries, facts),
    ...lateFindings(entries, facts),
    ...endFindings(entries, items.length, facts),
    ...recoveryFindings(chain, facts.recovery ?? []),
  ];
}

/** An incident's id is the hash of what it is about, so an opening belongs to one chain only. */
function openingFindings(chain: string, entries: readonly ReadEntry[]): Finding[] {
  const [first, ...others] = entries;
  if (!first) return [];
  const again = others
    .filter(({ kind }) => kind === 'incident_opened')
    .map(({ sequence }) => problem(sequence, 'opens the incident a second time'));
  if (first.kind !== 'incident_opened') return [problem(1, 'does not open the incident'), ...again];
  const { event } = first;
  if (event?.kind !== 'incident_opened') return again;
  const subject = openedSubject(event);
  const isSaidTwice =
    subject.kind !== 'alarm' ||
    (subject.alarmArn === event.alarmArn &&
      subject.contributorId === event.contributorId &&
      subject.stateChangedAt === event.stateChangedAt);
  const found = [];
  if (incidentIdOf(subject) !== chain)
    found.push(problem(1, `is the opening of ${incidentIdOf(subject)}, not of this incident`));
  if (!isSaidTwice) found.push(problem(1, 'names another alarm than its subject'));
  return [...found, ...again];
}

function closingOf(entries: readonly ReadEntry[]): ReadEntry | null {
  return entries.find(({ kind }) => kind === 'incident_closed') ?? null;
}

/** Whether the end is there. A chain that a later release wrote may have been closed in its recovery by an older one. */
function endFindings(entries: readonly ReadEntry[], length: number, { isOpen, recovery }: ChainFacts): Finding[] {
  if (length === 0 || closingOf(entries)) return [];
  if (isOpen === null) return [unsure(null, 'it has no closing entry, and whether the incident is open was not given')];
  if (isOpen) return [unsure(null, 'the incident is open: whether its last entries were cut off cannot be told yet')];
  const mayBeForeign = (recovery ?? []).length > 0 && entries.some(({ raw }) => raw.mustKnow === true);
  return mayBeForeign
    ? [unsure(null, 'it was closed in its recovery chain, by a release that did not know an entry of it')]
    : [problem(length + 1, 'is missing: no closing entry, although the incident is not open: the end was cut off')];
}

/** A recovery chain is written where the incident's own is broken, and holds its closing and late facts only. */
function recoveryFindings(incidentId: string, items: readonly StoredItem[]): Finding[] {
  const chain = recoveryChain(incidentId);
  const { entries, problems } = readChain(chain, items);
  return [
    ...problems.map(({ place, problem: text }) => problem(place, `in ${chain}: ${text}`)),
    ...recoveryKinds(entries).map(({ place, text }) => problem(place, `in ${chain}: ${text}`)),
    ...(items.length > 0
      ? [
          unsure(
            null,
            `${chain} has ${items.length} entries: a reader found this chain broken when it closed the incident`,
          ),
        ]
      : []),
  ];
}

function recoveryKinds(entries: readonly ReadEntry[]): { place: number; text: string }[] {
  return entries
    .filter(({ event }) => event !== null && event.kind !== 'incident_closed' && !isLateKind(event))
    .map(({ sequence, kind }) => ({ place: sequence, text: `${kind} does not belong into a recovery chain` }));
}

/** A day's chain never ends, so its last entries may be missing. */
function otherFindings(chain: string, entries: readonly ReadEntry[]): Finding[] {
  if (chain.endsWith(recoveryChain(''))) return recoveryKinds(entries).map(({ place, text }) => problem(place, text));
  return [
    unsure(null, 'it belongs to no incident and never closes: whether its last entries were cut off cannot be told'),
  ];
}
