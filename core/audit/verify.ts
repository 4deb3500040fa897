/**
 * The verifier: whether a chain is whole, and if not, at which entry and why. What it cannot prove it says: "whole" means
 * that every link holds, and that nothing contradicts what people signed and what `execute` burnt.
 */
import { IncidentId } from '../dispatch.ts';
import { incidentIdOf } from '../subject.ts';
import {
  type ChainProblem,
  type ChainReading,
  disbelief,
  type ReadEntry,
  readChain,
  recoveryChain,
  type StoredItem,
} from './chain.ts';
import { isLateKind, openedSubject } from './entry.ts';
import { anchorFindings, marksOf } from './verify-anchors.ts';
import { approvalFindings } from './verify-approvals.ts';
import { burnFindings } from './verify-burns.ts';
import { type ChainFacts, type Finding, missing, problem, unsure, unsureWhether } from './verify-finding.ts';
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

export const nothingGiven: ChainFacts = {
  burns: null,
  byFirstRelease: [],
  publicKey: null,
  isOpen: null,
  recovery: null,
};

/** What was found in one chain. */
export interface Examination {
  readonly chain: string;
  /** How many items there are, entries or not. */
  readonly entries: number;
  readonly closed: boolean;
  readonly findings: readonly Finding[];
  /** How many signatures were checked, each once. */
  readonly signatures: number;
}

/** Checks a chain as it lies in the table; never throws, whatever it is given. */
export function verifyChain(
  chain: string,
  items: readonly StoredItem[],
  facts: ChainFacts = nothingGiven,
): ChainReport {
  return reportOf(examine(readChain(chain, items, marksOf(facts.anchors)), items.length, facts));
}

/** Checks what was read of a chain of so many items. */
export function examine(reading: ChainReading, length: number, facts: ChainFacts): Examination {
  const { chain, entries } = reading;
  const inspected = IncidentId.safeParse(chain).success
    ? incidentFindings(reading, length, facts)
    : { findings: otherFindings(chain, entries, facts), signatures: 0 };
  const findings = [
    ...reading.problems.map(({ place, problem: text }) => problem(place, text)),
    ...reading.unknown.map(({ place, kind }) => unsure(place, unknownText(kind))),
    ...inspected.findings,
    ...anchorFindings(reading, length, facts.anchors ?? null),
    ...(length === 0 ? [unsureWhether('there are no entries: a whole chain may be missing')] : []),
  ];
  return { chain, entries: length, closed: isClosed(entries), findings, signatures: inspected.signatures };
}

function reportOf({ chain, entries, closed, findings }: Examination): ChainReport {
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

function incidentFindings(reading: ChainReading, length: number, facts: ChainFacts) {
  const { chain, entries } = reading;
  const { findings: approvals, signatures } = approvalFindings(
    chain,
    entries,
    facts,
    facts.anchors?.heads?.some((head) => head.length >= length) ?? false,
  );
  const findings = [
    ...openingFindings(chain, entries),
    ...approvals,
    ...burnFindings(chain, entries, facts),
    ...lateFindings(entries, facts),
    ...endFindings(reading, length, facts),
    ...recoveryFindings(reading, facts.recovery ?? []),
  ];
  return { findings, signatures };
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

function isClosed(entries: readonly ReadEntry[]): boolean {
  return entries.some(({ kind }) => kind === 'incident_closed');
}

/** Whether the end is there. A chain that a later release wrote may have been closed in its recovery by an older one. */
function endFindings({ entries }: ChainReading, length: number, { isOpen, recovery }: ChainFacts): Finding[] {
  if (length === 0 || isClosed(entries)) return [];
  if (isOpen === null)
    return [unsureWhether('it has no closing entry, and whether the incident is open was not given')];
  if (isOpen) return [unsureWhether('the incident is open: whether its last entries were cut off cannot be told yet')];
  const mayBeForeign = (recovery ?? []).length > 0 && entries.some(({ raw }) => raw.mustKnow === true);
  return mayBeForeign
    ? [unsureWhether('it was closed in its recovery chain, by a release that did not know an entry of it')]
    : [missing(length + 1, 'is missing: no closing entry, although the incident is not open: the end was cut off')];
}

/** A recovery chain is written where the incident's own is broken, and holds its closing and late facts only. */
function recoveryFindings(reading: ChainReading, items: readonly StoredItem[]): Finding[] {
  if (items.length === 0) return [];
  const chain = recoveryChain(reading.chain);
  const { entries, problems } = readChain(chain, items);
  const found = [...problems.map(({ place, problem: text }) => ({ place, text })), ...recoveryKinds(entries)];
  // What nobody can find broken now, nobody found broken then: nothing is ever repaired.
  if (disbelief(reading) === null) found.push({ place: 1, text: 'lies beside a chain that nothing is wrong with' });
  const why = `${chain} has ${items.length} entries: a reader found this chain broken when it closed the incident`;
  return [...found.map(({ place, text }) => problem(place, `in ${chain}: ${text}`)), unsure(null, why)];
}

function recoveryKinds(entries: readonly ReadEntry[]): { place: number; text: string }[] {
  return entries
    .filter(({ event }) => event !== null && event.kind !== 'incident_closed' && !isLateKind(event))
    .map(({ sequence, kind }) => ({ place: sequence, text: `${kind} does not belong into a recovery chain` }));
}

/** A day's chain never ends, so its last entries may be missing, where no checkpoint reaches beyond them. */
function otherFindings(chain: string, entries: readonly ReadEntry[], { anchors }: ChainFacts): Finding[] {
  if (chain.endsWith(recoveryChain(''))) return recoveryKinds(entries).map(({ place, text }) => problem(place, text));
  if (anchors?.isThrough) return [];
  return [
    unsureWhether('it belongs to no incident and never closes: whether its last entries were cut off cannot be told'),
  ];
}
