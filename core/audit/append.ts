/** Appending to a chain without a lock: put the next entries if absent; a loser reads the head again and goes on from there. */
import { dayChain, entryOf, type Head, headOf, headProblem, nextEntry, type StoredItem } from './chain.ts';
import { type AuditEvent, isLateKind, writable } from './entry.ts';
import type { AuditEntry } from './envelope.ts';
import { type Draft, isSame, ownAmong, withoutLate } from './recognise.ts';

/** Audit as appenders need it. Both reads are consistent. */
export interface AuditStore {
  /** The item at the highest place of a chain, as it lies there; null when there is none. */
  head(chain: string): Promise<StoredItem | null>;
  /** All items of a chain in the order of their places, or those behind a place. */
  items(chain: string, after?: number): Promise<StoredItem[]>;
  /**
   * Puts consecutive entries of one chain where their places are free, all or none: null. Otherwise the item that has the
   * place of the first of them, or null in it when another place was taken. Throws when it is not known what happened.
   */
  put(entries: readonly AuditEntry[]): Promise<{ taken: StoredItem | null } | null>;
}

/**
 * Who writes, and what is not pure: the clock (ISO 8601), ids, and a pause of random length, of which the longest grows in
 * proportion to `weight` (1 … 1,024).
 */
export interface AuditWriter {
  readonly store: AuditStore;
  readonly actor: string;
  now(): string;
  newId(): string;
  pause(weight: number): Promise<void>;
}

/**
 * What the caller knows already: the head that it read (null = the chain is empty), and the id by which a repeated append
 * recognises itself. With a head the id is looked for only behind it: whoever read the chain has looked in what it read.
 */
export interface AppendHints {
  readonly head?: Head | null;
  readonly id?: string;
}

/** The same for several events: one id each, in their order. */
export interface AppendAllHints {
  readonly head?: Head | null;
  readonly ids?: readonly string[];
}

/** The most lost tries. Only a writer that meets a faster one for ever reaches it: 200 writers on one chain took 6 (simulated, 5 ms a call) to 10 on average (local AWS, busy). */
const mostTries = 2_000;

/** Pauses double with every lost try up to this weight, so that writers get out of each other's way, also where the table is slow. */
const heaviestPause = 1_024;

/** Errors in a row, each with its answer unknown, before an append gives up. */
const mostFaults = 8;

/** DynamoDB's most items of one transaction. */
const mostEvents = 100;

/** How far back from the head a late fact looks for its like. */
const lateWindow = 500;

/** The end of a chain cannot be built upon: it is no entry, lies elsewhere, or was changed. Nothing was written. */
export class ChainBroken extends Error {
  override readonly name = 'ChainBroken';
}

/** An append could not be done: the caller must stop, since what is not written must not be done. */
export class AuditUnavailable extends Error {
  override readonly name = 'AuditUnavailable';
}

/**
 * Appends an event and returns its entry; null when the chain is closed and the kind may not follow. A late kind gets `late: true` behind a closing entry; a late fact that is there already is
 * answered with its entry.
 *
 * @throws {TypeError} when the event is not of its kind's shape, or its id is there with other content.
 * @throws {ChainBroken} when nothing can follow what lies at the end.
 * @throws {AuditUnavailable} when the table did not answer, or other writers were faster 2,000 times.
 */
export async function append(
  writer: AuditWriter,
  chain: string,
  event: AuditEvent,
  { id, ...hints }: AppendHints = {},
): Promise<AuditEntry | null> {
  const ids = id === undefined ? {} : { ids: [id] };
  const entries = await appendAll(writer, chain, [event], { ...hints, ...ids });
  return entries?.[0] ?? null;
}

/** Appends several events as consecutive entries in one transaction, all or none: null when one of them may not follow. Throws as `append`. */
export async function appendAll(
  writer: AuditWriter,
  chain: string,
  events: readonly AuditEvent[],
  { head, ids }: AppendAllHints = {},
): Promise<readonly AuditEntry[] | null> {
  const drafts = draftsOf(writer, events, ids);
  if (drafts.length === 0) return [];
  let known = head;
  for (let tries = 0; tries < mostTries; tries += 1) {
    if (tries > 0) await writer.pause(Math.min(2 ** (tries - 1), heaviestPause));
    if (tries > 0 || known === undefined) {
      const seen = await look(writer, chain, known, ids ? drafts : []);
      if (seen.own) return seen.own;
      known = seen.head;
    }
    const outcome = await putBehind(writer, chain, known ?? null, drafts);
    if (outcome !== 'lost') return outcome;
  }
  throw new AuditUnavailable(
    `audit: chain ${chain} took no ${kindsOf(events)} in ${mostTries} tries; other writers were always faster. Nothing was written; try again.`,
  );
}

/** Makes the first entry of a chain: true when it is there and its own, also after a lost answer; false when the chain has begun. */
export async function begin(
  writer: AuditWriter,
  chain: string,
  event: AuditEvent,
  id: string = writer.newId(),
): Promise<boolean> {
  const draft = { id, event: writable(event) };
  const answer = await put(writer, entriesBehind(writer, chain, null, [draft]));
  return answer === null || (answer.taken !== null && ownAmong([answer.taken], [draft]) !== null);
}

/**
 * Appends what belongs to no incident to one of the day's chains; one whose end is broken is passed over for another, three
 * times.
 *
 * @param given The id by which it recognises itself when it is appended again on the same day.
 */
export async function appendOfDay(writer: AuditWriter, event: AuditEvent, given?: string): Promise<void> {
  for (let tries = 1; ; tries += 1) {
    const id = given !== undefined && tries === 1 ? given : writer.newId();
    try {
      await append(writer, dayChain(writer.now(), id), event, { id });
      return;
    } catch (error) {
      if (!(error instanceof ChainBroken) || tries > 3) throw error;
    }
  }
}

function draftsOf(writer: AuditWriter, events: readonly AuditEvent[], ids?: readonly string[]): Draft[] {
  if (events.length > mostEvents)
    throw new TypeError(`audit: ${events.length} events at once; at most ${mostEvents} fit into one transaction`);
  if (ids && (ids.length !== events.length || new Set(ids).size !== ids.length))
    throw new TypeError(`audit: ${events.length} events need as many distinct ids, not ${JSON.stringify(ids)}`);
  return events.map((event, index) => ({ id: ids?.[index] ?? writer.newId(), event: writable(event) }));
}

/** The head as it is now; and, of drafts whose ids the caller gave, their entries when they lie behind `known`. */
async function look(writer: AuditWriter, chain: string, known: Head | null | undefined, given: readonly Draft[]) {
  if (given.length === 0) {
    const item = await surely(writer, chain, 'reading its head', () => writer.store.head(chain));
    return { own: null, head: item && readHead(chain, item) };
  }
  const items = await surely(writer, chain, 'reading it', () => writer.store.items(chain, known?.sequence));
  const last = items.at(-1);
  return { own: ownAmong(items, given), head: last ? readHead(chain, last) : (known ?? null) };
}

function readHead(chain: string, item: StoredItem): Head {
  const entry = entryOf(item.text);
  const problem = headProblem(chain, item);
  if (entry && problem === null) return headOf(entry);
  throw new ChainBroken(
    `audit: nothing can follow the end of chain ${chain}: the item at ${item.place} ${problem}; see countersign audit verify`,
  );
}

/** One try: the entries, null when one may not follow, or `lost` when others have the places. */
async function putBehind(
  writer: AuditWriter,
  chain: string,
  head: Head | null,
  drafts: readonly Draft[],
): Promise<readonly AuditEntry[] | null | 'lost'> {
  const following = asFollowing(head, drafts);
  if (following === null) return null;
  if (head?.closed) {
    const said = await saidBefore(writer, chain, head, following);
    if (said) return [said];
  }
  const entries = entriesBehind(writer, chain, head, following);
  const answer = await put(writer, entries);
  if (answer === null) return entries;
  const { taken } = answer;
  if (!taken || entryOf(taken.text)?.entryId !== drafts[0]?.id) return 'lost';
  // An append whose answer was lost finds its own entry in its place; a transaction was written as a whole.
  if (entryOf(taken.text)?.hash === entries[0]?.hash) return entries;
  const items = await surely(writer, chain, 'reading it', () => writer.store.items(chain, head?.sequence));
  return ownAmong(items, drafts) ?? 'lost';
}

/** The drafts as they may follow `head`, late kinds behind a closing entry marked; null when one of them may not. */
function asFollowing(head: Head | null, drafts: readonly Draft[]): Draft[] | null {
  const following: Draft[] = [];
  let isClosed = head?.closed ?? false;
  for (const { id, event } of drafts) {
    const fact = withoutLate(event);
    if (isClosed && !isLateKind(fact)) return null;
    following.push({ id, event: isClosed && isLateKind(fact) ? { ...fact, late: true } : fact });
    isClosed ||= event.kind === 'incident_closed';
  }
  return following;
}

/** The entry that says a late fact already, so that it is not written again. What contradicts it may be planted, and keeps out nothing. */
async function saidBefore(
  writer: AuditWriter,
  chain: string,
  head: Head,
  [only, ...others]: readonly Draft[],
): Promise<AuditEntry | null> {
  if (only === undefined || others.length > 0) return null;
  const after = Math.max(0, head.sequence - lateWindow);
  const items = await surely(writer, chain, 'reading its end', () => writer.store.items(chain, after));
  return items.flatMap(({ text }) => entryOf(text) ?? []).find(({ event }) => isSame(event, only.event)) ?? null;
}

function entriesBehind(writer: AuditWriter, chain: string, head: Head | null, drafts: readonly Draft[]): AuditEntry[] {
  const at = writer.now();
  const entries: AuditEntry[] = [];
  for (const { id, event } of drafts)
    entries.push(nextEntry(chain, entries.at(-1) ?? head, { entryId: id, at, actor: writer.actor }, event));
  return entries;
}

function put(writer: AuditWriter, entries: readonly AuditEntry[]): ReturnType<AuditStore['put']> {
  const [first] = entries;
  return surely(writer, first?.chain ?? '', `putting entry ${first?.sequence}`, () => writer.store.put(entries));
}

/** Repeats what failed with its effect unknown; a put that took effect meets its own entry. */
async function surely<T>(writer: AuditWriter, chain: string, what: string, act: () => Promise<T>): Promise<T> {
  for (let faults = 1; ; faults += 1) {
    try {
      return await act();
    } catch (error) {
      if (faults >= mostFaults)
        throw new AuditUnavailable(
          `audit: chain ${chain}: ${what} failed ${faults} times, and whether it took effect is not known: ${error instanceof Error ? error.message : String(error)}`,
          { cause: error },
        );
      await writer.pause(2 ** (faults - 1));
    }
  }
}

function kindsOf(events: readonly AuditEvent[]): string {
  return [...new Set(events.map(({ kind }) => kind))].join(', ');
}
