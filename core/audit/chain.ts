/** Reading a chain: parse loosely, verify every link, and say what is broken or unknown. Nothing here throws on an entry. */
import * as z from 'zod';
import { digest, Sha256 } from '../digest.ts';
import { type AuditEvent, readEvent } from './entry.ts';

/** An item as the table holds it: its place (the sort key) and the entry's text, canonical JSON as it was hashed. */
export interface StoredItem {
  readonly place: number;
  readonly text: string;
}

/** The envelope of an entry, which has one shape for ever. `sequence` counts from 1; `at` is ISO 8601; `actor` is the function that says it wrote it. */
export const AuditEntry = z.strictObject({
  format: z.literal(1),
  chain: z.string(),
  sequence: z.int().min(1),
  entryId: z.string(),
  at: z.string(),
  actor: z.string(),
  event: z.looseObject({ kind: z.string() }),
  previous: Sha256,
  hash: Sha256,
});
export type AuditEntry = z.infer<typeof AuditEntry>;

/** An entry that was read. `event` is null when this release does not know its kind, or cannot read it as its kind. */
export interface ReadEntry extends Omit<AuditEntry, 'event'> {
  readonly kind: string;
  readonly event: AuditEvent | null;
  readonly raw: AuditEntry['event'];
}

export interface ChainProblem {
  /** 1-based place in the chain. */
  readonly place: number;
  readonly problem: string;
}

/** The end of a chain, for whoever appends. `closed`: only late facts may follow. */
export interface Head {
  readonly sequence: number;
  readonly hash: string;
  readonly closed: boolean;
}

export interface ChainReading {
  readonly chain: string;
  /** What could be read as an entry, in order. With problems it is for telling people only, and permits nothing. */
  readonly entries: readonly ReadEntry[];
  readonly problems: readonly ChainProblem[];
  /** Places of kinds that this release does not know, or cannot read as what they say they are. */
  readonly unknown: readonly { readonly place: number; readonly kind: string; readonly mustKnow: boolean }[];
  /** Null when there is no entry, or the last item is none. */
  readonly head: Head | null;
}

/** What the first entry of a chain names as its predecessor. */
export const noPrevious = '0'.repeat(64);

/** The hash of an entry: SHA-256 over the canonical JSON of all its other fields. */
export function entryHash(entry: Omit<AuditEntry, 'hash'>): string {
  const { format, chain, sequence, entryId, at, actor, event, previous } = entry;
  return digest('audit-entry/v1', { format, chain, sequence, entryId, at, actor, event, previous });
}

/** The entry that follows `head` (null = the chain is empty). */
export function nextEntry(
  chain: string,
  head: Pick<Head, 'sequence' | 'hash'> | null,
  author: { entryId: string; at: string; actor: string },
  event: AuditEvent,
): AuditEntry {
  const body = {
    format: 1 as const,
    chain,
    sequence: (head?.sequence ?? 0) + 1,
    ...author,
    event,
    previous: head?.hash ?? noPrevious,
  };
  return { ...body, hash: entryHash(body) };
}

/** The entry in a text; null when it is none, or too deep to be hashed. */
export function entryOf(text: string): AuditEntry | null {
  try {
    const entry = AuditEntry.safeParse(JSON.parse(text)).data ?? null;
    if (entry) entryHash(entry);
    return entry;
  } catch {
    return null;
  }
}

/** Reads items in the order of their places. An empty chain is no problem: nothing has happened yet. */
export function readChain(chain: string, items: readonly StoredItem[]): ChainReading {
  const entries: ReadEntry[] = [];
  const problems: ChainProblem[] = [];
  let previous = noPrevious;
  let expected = 1;
  let head: Head | null = null;
  for (const [index, item] of items.entries()) {
    const place = index + 1;
    const entry = entryOf(item.text);
    const found = entry ? linkProblems(chain, expected, item.place, previous, entry) : ['is no audit entry'];
    problems.push(...found.map((problem) => ({ place, problem })));
    expected = (Number.isSafeInteger(item.place) ? item.place : expected) + 1;
    head = entry && headOf(entry);
    if (!entry) continue;
    previous = entry.hash;
    entries.push(readEntry(entry));
  }
  return { chain, entries, problems, unknown: unknownOf(entries), head };
}

/** The end of a chain whose last entry this is. A day's chain never closes, whatever lies in it. */
export function headOf({ chain, sequence, hash, event }: AuditEntry): Head {
  const closed = !chain.startsWith(dayPrefix) && (event.kind === 'incident_closed' || event.late === true);
  return { sequence, hash, closed };
}

/** Why the item at the end of a chain cannot be followed by an entry; null when it can. */
export function headProblem(chain: string, { place, text }: StoredItem): string | null {
  const entry = entryOf(text);
  return entry ? (linkProblems(chain, entry.sequence, place, entry.previous, entry)[0] ?? null) : 'is no audit entry';
}

/**
 * Why a chain must not be believed; null when it may be: every link holds, nothing in it must be known that is not, and
 * nothing is marked late before the closing, which would keep the closing out.
 */
export function disbelief({ entries, problems, unknown }: ChainReading): string | null {
  const [problem] = problems;
  if (problem) return `entry ${problem.place} of the audit ${problem.problem}`;
  const closing = entries.findIndex(({ kind }) => kind === 'incident_closed');
  const early = entries.slice(0, closing < 0 ? entries.length : closing).find(({ raw }) => raw.late === true);
  if (early) return `entry ${early.sequence} of the audit is marked late, and nothing was closed before it`;
  const forbidding = unknown.find(({ mustKnow }) => mustKnow);
  return forbidding
    ? `entry ${forbidding.place} of the audit is of the kind ${JSON.stringify(forbidding.kind.slice(0, 60))}, which this release must know to go on and does not: deploy the newer release again`
    : null;
}

/** The entry with its event as its kind says, as far as this release knows it. */
export function readEntry(entry: AuditEntry): ReadEntry {
  const { event: raw, ...rest } = entry;
  return { ...rest, raw, kind: raw.kind, event: readEvent(raw) };
}

function unknownOf(entries: readonly ReadEntry[]): ChainReading['unknown'] {
  return entries
    .filter(({ event }) => event === null)
    .map(({ sequence, kind, raw }) => ({ place: sequence, kind, mustKnow: raw.mustKnow === true }));
}

function linkProblems(chain: string, expected: number, stored: number, previous: string, entry: AuditEntry): string[] {
  const found: string[] = [];
  if (entry.chain !== chain) found.push(`belongs to chain ${entry.chain}`);
  if (entry.sequence !== expected || stored !== expected)
    found.push(
      `has the number ${entry.sequence} and lies at ${stored}, where ${expected} was expected: removed, inserted or reordered`,
    );
  if (entry.previous !== previous) found.push('does not follow the entry before it: removed, inserted or reordered');
  if (entryHash(entry) !== entry.hash) found.push('was changed: its hash does not fit its content');
  return found;
}

/** The chain for closing an incident whose own chain is broken. */
export function recoveryChain(incidentId: string): string {
  return `${incidentId}#recovery`;
}

const dayPrefix = 'DAY#';

/** The chain for what belongs to no incident: by day, spread over 16 by the entry's id, so that no chain is everybody's. */
export function dayChain(at: string, entryId: string): string {
  return `${dayPrefix}${at.slice(0, 10)}#${digest('day-shard/v1', entryId).slice(0, 1)}`;
}
