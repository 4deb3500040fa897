/** `countersign audit export`: writes a bundle that an outsider verifies offline, chain by chain. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { auditWindow } from '../adapters/dynamodb/audit-window.ts';
import { openDatabase } from '../adapters/dynamodb/client.ts';
import type { Selection } from '../core/audit/bundle.ts';
import { recoveryChain, type StoredItem } from '../core/audit/chain.ts';
import { bundleLines, type ExportedChain } from '../core/audit/write-bundle.ts';
import { sha256 } from '../core/digest.ts';
import { IncidentId } from '../core/dispatch.ts';
import { bodiesOf, eventIn, namedTexts, reviewedOf } from '../core/report/named-texts.ts';
import { approvalPublicKey, audit, factsOf, given, openIncidents, tables, work } from './account.ts';
import { type Archive, openArchive, type ReadCheckpoint, spanOfIncident, spanOfTime } from './archive.ts';
import { writeDerived } from './audit-derived.ts';
import { colours as pc } from './colours.ts';
import { timeOf } from './time-option.ts';
import { oneLine } from './timeline.ts';

export interface ExportOptions {
  readonly incident?: string;
  readonly since?: string;
  readonly until?: string;
  /** Files for what is derived from the bundle. */
  readonly ocsf?: string;
  readonly provenance?: string;
}

/** Writes the bundle of one incident, or of everything that something was written to in a span of time. */
export async function exportBundle(file: string, options: ExportOptions, now: Date): Promise<void> {
  const selection = selectionOf(options, now);
  const counts = { chains: 0, entries: 0, texts: 0, checkpoints: 0 };
  try {
    await pipeline(linesOf(selection, now, counts), createWriteStream(file, { flags: 'wx' }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new Error(`audit export: ${file} exists already, and a bundle is never written over; name another file`);
    throw error;
  }
  const { chains, entries, texts, checkpoints } = counts;
  console.log(
    `${pc.green('✓')} ${oneLine(file)}: ${chains} chains, ${entries} entries, ${texts} texts, ${checkpoints} checkpoints`,
  );
  console.log(`  verify it anywhere: countersign audit verify --bundle ${oneLine(file)}`);
  writeDerived(file, options);
}

/** A bundle as a text, for whoever reads it at once. */
export async function bundleTextOf(options: ExportOptions, now: Date): Promise<string> {
  const lines: string[] = [];
  for await (const line of linesOf(selectionOf(options, now), now)) lines.push(line);
  return lines.join('');
}

type Counts = Record<'chains' | 'entries' | 'texts' | 'checkpoints', number>;

/** The lines of a bundle, read from the account as they are asked for: checkpoints before the chains that they name. */
async function* linesOf(
  selection: Selection,
  now: Date,
  counts: Counts = { chains: 0, entries: 0, texts: 0, checkpoints: 0 },
): AsyncGenerator<string> {
  const archive = await openArchive();
  const named = new Set<string>();
  const publicKey = archive?.publicKey;
  yield* bundleLines({
    exportedAt: now.toISOString(),
    selection,
    publicKey: await approvalPublicKey(),
    anchors: archive && publicKey ? { publicKey, checkpoints: checkpointsOf(archive, selection, named, counts) } : null,
    chains: counted(chainsOf(selection, archive, named), counts),
  });
}

/** Those that may name a chain of the selection; of a span of time, which chains they name is noted. */
async function* checkpointsOf(
  archive: Archive,
  selection: Selection,
  named: Set<string>,
  counts: Counts,
): AsyncGenerator<ReadCheckpoint> {
  const span = 'since' in selection ? spanOfTime(selection) : spanOfIncident(await audit().items(selection.incident));
  if (!span) return;
  for await (const checkpoint of archive.checkpoints(span)) {
    counts.checkpoints += 1;
    if ('since' in selection) for (const { chain } of checkpoint.leaves) named.add(chain);
    yield checkpoint;
  }
}

function selectionOf({ incident, since, until }: ExportOptions, now: Date): Selection {
  if (incident !== undefined && since === undefined && until === undefined) {
    if (IncidentId.safeParse(incident).success) return { incident };
    throw new Error(
      `audit export: ${JSON.stringify(incident)} is no incident id; one is inc- and 20 hexadecimal digits`,
    );
  }
  if (incident !== undefined || since === undefined)
    throw new Error('audit export: give either --incident ID, or --since TIME and, if it is not now, --until TIME');
  return {
    since: timeOf('--since', since, now),
    until: until === undefined ? now.toISOString() : timeOf('--until', until, now),
  };
}

async function* chainsOf(
  selection: Selection,
  archive: Archive | null,
  named: ReadonlySet<string>,
): AsyncGenerator<ExportedChain> {
  const open = openIncidents();
  const names =
    'incident' in selection
      ? [selection.incident]
      : [
          ...new Set([
            ...(await auditWindow(openDatabase(), tables).chains(selection.since, selection.until)),
            ...named,
          ]),
        ].sort();
  const incidents = new Set<string>();
  for (const name of names) {
    const [incident = name] = name.split(recoveryChain(''));
    if (IncidentId.safeParse(incident).success) {
      if (!incidents.has(incident)) yield* incidentOf(incident, open, archive);
      incidents.add(incident);
    } else yield await otherOf(name, archive);
  }
}

const nothing = { open: null, burns: null, byFirstRelease: [], texts: [] } as const;

async function otherOf(chain: string, archive: Archive | null): Promise<ExportedChain> {
  const items = await audit().items(chain);
  return { ...nothing, chain, items, archived: (await archive?.differences(chain, items)) ?? [] };
}

/** An incident's chain, and its recovery behind it where there is one. */
async function* incidentOf(
  incident: string,
  open: Promise<string[] | null>,
  archive: Archive | null,
): AsyncGenerator<ExportedChain> {
  const items = await audit().items(incident);
  const { burns, byFirstRelease, isOpen, recovery } = await factsOf(incident, items, open);
  const texts = await textsOf(incident, items, archive);
  const archived = (await archive?.differences(incident, items)) ?? [];
  yield { chain: incident, open: isOpen, burns, byFirstRelease, items, archived, texts };
  if (recovery === null) throw new Error(`audit export: ${recoveryChain(incident)} could not be read; try again`);
  if (recovery.length > 0) yield await otherOf(recoveryChain(incident), archive);
}

/** Of evidence and outputs what Work keeps, or the archive when that has expired; runbook and policy from the archive. */
async function textsOf(
  incident: string,
  items: readonly StoredItem[],
  archive: Archive | null,
): Promise<ExportedChain['texts']> {
  const shown = await given(`the texts of ${incident}`, () => work().shown(incident));
  const texts = shown ? namedTexts(items, shown) : [];
  if (!archive) return texts;
  const events = items.flatMap(({ text }) => eventIn(text));
  const wanted = new Set(events.flatMap((event) => [...bodiesOf(event), ...reviewedOf(event)]));
  for (const { digest } of [...texts, { digest: sha256('') }]) wanted.delete(digest);
  const archived = await Promise.all([...wanted].map(async (digest) => ({ digest, text: await archive.text(digest) })));
  return [...texts, ...archived.flatMap(({ digest, text }) => (text === null ? [] : [{ digest, text }]))];
}

async function* counted(chains: AsyncIterable<ExportedChain>, counts: Counts): AsyncGenerator<ExportedChain> {
  for await (const chain of chains) {
    counts.chains += 1;
    counts.entries += chain.items.length;
    counts.texts += chain.texts.length;
    yield chain;
  }
}
