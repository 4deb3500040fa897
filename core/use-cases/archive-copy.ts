/** archive copies: every item that was added, the texts that its entries name by digest, and a note of the heads that changed. */
import { type Archived, archivedDispatches, archivedItems, archivedNote, archivedText } from '../audit/archived.ts';
import { entryOf, type StoredItem } from '../audit/chain.ts';
import type { ChainHead } from '../audit/checkpoint.ts';
import { firstReleaseBurns } from '../burn.ts';
import { IncidentId } from '../dispatch.ts';
import { bodiesOf, eventIn, namedTexts } from '../report/named-texts.ts';
import type { ShownOutputs } from '../report/show.ts';
import type { Change } from '../report/tampering.ts';
import { isoOf } from '../time.ts';

export interface CopyPorts {
  /** Puts an object where there is none of its name; one that is there already is the same, since its name holds its digest. */
  keep(object: Archived): Promise<void>;
  /** All items of a chain, read consistently. */
  items(chain: string): Promise<StoredItem[]>;
  /** What Work keeps of an incident for people. */
  shown(incidentId: string): Promise<ShownOutputs>;
  /** What was reviewed, as far as this process has not archived it yet. */
  readonly reviewed: readonly string[];
  /** Milliseconds since 1970. */
  now(): number;
}

/** A change that was not dealt with to the end, and has to be delivered again. */
export interface Failure {
  readonly change: Change;
  readonly error: Error;
}

/** Copies what was added. `loose`: entries that do not continue their chains; they are kept, and are nobody's head. */
export async function copy(
  ports: CopyPorts,
  changes: readonly Change[],
  loose: ReadonlySet<Change>,
): Promise<Failure[]> {
  const groups = [...Map.groupBy(changes, ({ table, pk }) => `${table}\n${pk}`).values()];
  const outcomes = await Promise.all([
    attempt(changes, () => all(ports, ports.reviewed.map(archivedText))),
    ...groups.map((group) => attempt(group, () => copyGroup(ports, group))),
  ]);
  const failures = outcomes.flatMap((outcome) => ('failures' in outcome ? outcome.failures : []));
  const failed = new Set(failures.map(({ change }) => change));
  const heads = groups.flatMap((group) => headOf(group.filter((change) => !failed.has(change) && !loose.has(change))));
  if (heads.length === 0) return failures;
  const noted = await attempt(
    changes.filter((change) => !failed.has(change)),
    () => all(ports, [archivedNote({ heads }, isoOf(ports.now()))]),
  );
  return 'failures' in noted ? [...failures, ...noted.failures] : failures;
}

/** What was added to one partition. */
async function copyGroup(ports: CopyPorts, group: readonly Change[]): Promise<void> {
  const chained = group.filter(isChained);
  const others = group.filter((change) => !isChained(change));
  const pk = group[0]?.pk ?? '';
  await all(ports, [
    ...(chained.length > 0 ? [archivedItems(pk, chained.map(itemOf))] : []),
    ...(others.length > 0 ? [archivedDispatches(pk, others)] : []),
  ]);
  if (IncidentId.safeParse(pk).success) await copyTexts(ports, pk, chained);
}

/**
 * A text is often stored a moment after the entry that names it. So it is looked for twice: with its entry, and when the
 * incident has ended. What is not there then is nowhere: its digest is in the entry.
 */
async function copyTexts(ports: CopyPorts, incidentId: string, group: readonly Change[]): Promise<void> {
  const events = group.flatMap(({ text }) => eventIn(text ?? ''));
  const isEnd = events.some(({ kind }) => kind === 'incident_closed' || kind === 'people_told');
  if (!isEnd && !events.some((event) => bodiesOf(event).length > 0)) return;
  const items = isEnd ? await ports.items(incidentId) : group.map(itemOf);
  const texts = namedTexts(items, await ports.shown(incidentId));
  await all(
    ports,
    texts.map(({ text }) => archivedText(text)),
  );
}

/** The last entry of a group that continues its chain. */
function headOf(group: readonly Change[]): ChainHead[] {
  const entries = group.filter(isChained).flatMap(({ text }) => entryOf(text ?? '') ?? []);
  const last = entries.toSorted((a, b) => a.sequence - b.sequence).at(-1);
  return last ? [{ chain: last.chain, length: last.sequence, hash: last.hash }] : [];
}

/** Chains are numbered; whatever else is added to the tables is kept as the stream gives it. */
export function isChained({ pk, sk }: Change): boolean {
  return typeof sk === 'number' && !pk.startsWith(firstReleaseBurns);
}

function itemOf({ sk, text }: Change): StoredItem {
  return { place: Number(sk), text: text ?? '' };
}

async function all(ports: CopyPorts, objects: readonly Archived[]): Promise<void> {
  await Promise.all(objects.map((object) => ports.keep(object)));
}

async function attempt<T>(
  changes: readonly Change[],
  act: () => Promise<T>,
): Promise<{ answer: T } | { failures: Failure[] }> {
  try {
    return { answer: await act() };
  } catch (error) {
    return { failures: changes.map((change) => ({ change, error: asError(error) })) };
  }
}

export function asError(error: unknown): Error {
  return error instanceof Error ? error : new Error(String(error));
}
