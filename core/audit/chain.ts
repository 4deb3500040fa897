/** Reading a chain: parse loosely, verify every link, and say what is broken or unknown. Nothing here throws on an entry. */
import { digest } from '../digest.ts';
import { type AuditEvent, readEvent } from './entry.ts';
import type { AuditEntry } from './envelope.ts';
import { readStored, type StoredEntry, sealEntry } from './stored.ts';

/** An item as the table holds it: its place (the sort key) and the entry's text, canonical JSON as it was hashed. */
export interface StoredItem {
  readonly place: number;
  readonly text: string;
}

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
  /** The hashes that entries claim at the places that were asked for. */
  readonly hashes: ReadonlyMap<number, string>;
}

/** What the first entry of a chain names as its predecessor. */
export const noPrevious = '0'.repeat(64);

/** The entry that follows `head` (null = the chain is empty). */
export function nextEntry(
  chain: string,
  head: Pick<Head, 'sequence' | 'hash'> | null,
  author: { entryId: string; at: string; actor: string },
  event: AuditEvent,
): AuditEntry {
  const sequence = (head?.sequence ?? 0) + 1;
  return sealEntry({ format: 1, chain, sequence, ...author, event, previous: head?.hash ?? noPrevious });
}

/** The entry in a text; null when it is none, or has no canonical form to be hashed. */
export function entryOf(text: string): AuditEntry | null {
  return readStored(text)?.entry ?? null;
}

/** Reads items in the order of their places. An empty chain is no problem: nothing has happened yet. */
export function readChain(chain: string, items: readonly StoredItem[], marks?: ReadonlySet<number>): ChainReading {
  const reader = new ChainReader(chain, { marks });
  for (const item of items) reader.read(item);
  return reader.reading();
}

/** Reads a chain item by item, in the order of their places, so that nobody has to hold the texts of all. */
export class ChainReader {
  readonly chain: string;
  readonly #entries: ReadEntry[] = [];
  readonly #problems: ChainProblem[] = [];
  readonly #unknown: ChainReading['unknown'][number][] = [];
  readonly #keeps: boolean;
  readonly #marks: ReadonlySet<number> | undefined;
  readonly #hashes = new Map<number, string>();
  #items = 0;
  #previous = noPrevious;
  #expected = 1;
  #head: Head | null = null;

  /**
   * @param keeps Whether `reading` is to hold the entries; without them it still says every problem.
   * @param marks Places whose hashes it is to hold.
   */
  constructor(
    chain: string,
    { keeps = true, marks }: { keeps?: boolean; marks?: ReadonlySet<number> | undefined } = {},
  ) {
    this.chain = chain;
    this.#keeps = keeps;
    this.#marks = marks;
  }

  /** How many items were read. */
  get length(): number {
    return this.#items;
  }

  read({ place: stored, text }: StoredItem): void {
    this.#items += 1;
    const place = this.#items;
    const read = readStored(text);
    const found = read ? linkProblems(this.chain, this.#expected, stored, this.#previous, read) : ['is no audit entry'];
    for (const problem of found) this.#problems.push({ place, problem });
    this.#expected = (Number.isSafeInteger(stored) ? stored : this.#expected) + 1;
    this.#head = read && headOf(read.entry);
    if (read && this.#marks?.has(place)) this.#hashes.set(place, read.entry.hash);
    if (read) this.#take(read.entry);
  }

  #take(entry: AuditEntry): void {
    this.#previous = entry.hash;
    const known = readEntry(entry);
    const { sequence: place, kind, event, raw } = known;
    if (event === null) this.#unknown.push({ place, kind, mustKnow: raw.mustKnow === true });
    if (this.#keeps) this.#entries.push(known);
  }

  reading(): ChainReading {
    const [entries, problems, unknown, head] = [this.#entries, this.#problems, this.#unknown, this.#head];
    return { chain: this.chain, entries, problems, unknown, head, hashes: this.#hashes };
  }
}

/** The end of a chain whose last entry this is. A day's chain never closes, whatever lies in it. */
export function headOf({ chain, sequence, hash, event }: AuditEntry): Head {
  const closed = !chain.startsWith(dayPrefix) && (event.kind === 'incident_closed' || event.late === true);
  return { sequence, hash, closed };
}

/** Why the item at the end of a chain cannot be followed by an entry; null when it can. */
export function headProblem(chain: string, { place, text }: StoredItem): string | null {
  const read = readStored(text);
  if (!read) return 'is no audit entry';
  const { sequence, previous } = read.entry;
  return linkProblems(chain, sequence, place, previous, read)[0] ?? null;
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
  const { format, chain, sequence, entryId, at, actor, event: raw, previous, hash } = entry;
  const event = readEvent(raw);
  return { format, chain, sequence, entryId, at, actor, previous, hash, kind: raw.kind, event, raw };
}

function linkProblems(
  chain: string,
  expected: number,
  stored: number,
  previous: string,
  { entry, computed }: StoredEntry,
): string[] {
  const found: string[] = [];
  if (entry.chain !== chain) found.push(`belongs to chain ${entry.chain}`);
  if (entry.sequence !== expected || stored !== expected)
    found.push(
      `has the number ${entry.sequence} and lies at ${stored}, where ${expected} was expected: removed, inserted or reordered`,
    );
  if (entry.previous !== previous) found.push('does not follow the entry before it: removed, inserted or reordered');
  if (computed !== entry.hash) found.push('was changed: its hash does not fit its content');
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
