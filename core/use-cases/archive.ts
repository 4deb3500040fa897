/**
 * archive: notices tampering, and copies what was added to where nobody can change it. A record that was changed or removed
 * stops all sending and pages; an entry that does not continue its chain pages.
 */
import { entryOf, headProblem, noPrevious, type StoredItem } from '../audit/chain.ts';
import { type PublicKey, putStop, type SwitchReading, type SwitchWriter } from '../incident/kill-switch.ts';
import { type Change, type Finding, tamperingPage } from '../report/tampering.ts';
import { isoOf } from '../time.ts';
import { asError, type CopyPorts, copy, type Failure, isChained } from './archive-copy.ts';

export interface ArchivePorts extends CopyPorts {
  /** The item at one place of a chain, read consistently; null when there is none. */
  item(chain: string, place: number): Promise<StoredItem | null>;
  readonly control: SwitchWriter;
  readonly publicKey: PublicKey;
  page(subject: string, text: string): Promise<void>;
}

/**
 * Looks at changes in their order, then copies those that were added. One that fails keeps no other from being looked at,
 * nor a failing stop a page, nor a bucket that refuses the looking.
 */
export async function archive(ports: ArchivePorts, changes: readonly Change[]): Promise<Failure[]> {
  const findings: Finding[] = [];
  const failures = await watch(ports, changes, findings);
  const added = changes.filter(({ operation }) => operation === 'INSERT');
  return [...failures, ...(await copy(ports, added, new Set(findings.map(({ change }) => change))))];
}

/** Adds what people must know to `findings`, and tells them. */
async function watch(ports: ArchivePorts, changes: readonly Change[], findings: Finding[]): Promise<Failure[]> {
  const failures: Failure[] = [];
  const inserted = new Map<string, StoredItem>();
  for (const change of changes) {
    try {
      const finding = await look(ports, inserted, change);
      if (finding) findings.push(finding);
      if (finding && 'stop' in finding && finding.stop instanceof Error) failures.push({ change, error: finding.stop });
    } catch (error) {
      failures.push({ change, error: asError(error) });
    }
  }
  if (findings.length === 0) return failures;
  const { subject, text } = tamperingPage(findings);
  try {
    await ports.page(subject, text);
    return failures;
  } catch (error) {
    return [...failures, ...findings.map(({ change }) => ({ change, error: asError(error) }))];
  }
}

/** Null when nothing is wrong: an item was added, and where chains are, it continues one. */
async function look(ports: ArchivePorts, inserted: Map<string, StoredItem>, change: Change): Promise<Finding | null> {
  if (change.operation !== 'INSERT') return { change, stop: await stopFor(ports, change) };
  const { pk: chain, sk: place, text } = change;
  // Chains are numbered; whatever else is added to the tables has its own conditions.
  if (typeof place === 'string' || !isChained(change)) return null;
  const item = { place, text: text ?? '' };
  const problem = headProblem(chain, item) ?? (await linkProblem(ports, inserted, chain, item));
  inserted.set(keyOf(chain, place), item);
  return problem === null ? null : { change, problem };
}

/** Why an entry that is whole by itself does not follow the one before it; null when it does. */
async function linkProblem(
  ports: ArchivePorts,
  inserted: ReadonlyMap<string, StoredItem>,
  chain: string,
  { place, text }: StoredItem,
): Promise<string | null> {
  const before = place - 1;
  const item = inserted.get(keyOf(chain, before)) ?? (before > 0 ? await ports.item(chain, before) : null);
  if (before > 0 && !item) return `follows nothing: there is no entry ${before}`;
  const expected = item ? entryOf(item.text)?.hash : noPrevious;
  return entryOf(text)?.previous === expected ? null : 'does not follow the entry before it';
}

/** The event is the stop's name: a change that is delivered again, also by a mapping that was made anew, stops nothing twice. */
async function stopFor(ports: ArchivePorts, change: Change): Promise<SwitchReading | Error> {
  const { eventId, table, operation, pk, sk } = change;
  const why = `${operation} of ${table}, ${pk}, ${sk}: records there are never changed or removed`;
  try {
    return await putStop(ports.control, ports.publicKey, { eventId, by: 'archive', why, at: isoOf(ports.now()) });
  } catch (error) {
    return asError(error);
  }
}

function keyOf(chain: string, place: number): string {
  return `${place} ${chain}`;
}
