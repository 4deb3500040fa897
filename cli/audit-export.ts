/** `countersign audit export`: writes a bundle that an outsider verifies offline, chain by chain. */
import { createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import pc from 'picocolors';
import { auditWindow } from '../adapters/dynamodb/audit-window.ts';
import { openDatabase } from '../adapters/dynamodb/client.ts';
import type { Selection } from '../core/audit/bundle.ts';
import { recoveryChain, type StoredItem } from '../core/audit/chain.ts';
import { bundleLines, type ExportedChain } from '../core/audit/write-bundle.ts';
import { IncidentId } from '../core/dispatch.ts';
import { approvalPublicKey, audit, factsOf, given, openIncidents, tables, work } from './account.ts';
import { namedTexts } from './named-texts.ts';
import { timeOf } from './time-option.ts';
import { oneLine } from './timeline.ts';

export interface ExportOptions {
  readonly incident?: string;
  readonly since?: string;
  readonly until?: string;
}

/** Writes the bundle of one incident, or of everything that something was written to in a span of time. */
export async function exportBundle(file: string, options: ExportOptions, now: Date): Promise<void> {
  const selection = selectionOf(options, now);
  const counts = { chains: 0, entries: 0, texts: 0 };
  const lines = bundleLines({
    exportedAt: now.toISOString(),
    selection,
    publicKey: await approvalPublicKey(),
    chains: counted(chainsOf(selection), counts),
  });
  try {
    await pipeline(lines, createWriteStream(file, { flags: 'wx' }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST')
      throw new Error(`audit export: ${file} exists already, and a bundle is never written over; name another file`);
    throw error;
  }
  const { chains, entries, texts } = counts;
  console.log(`${pc.green('✓')} ${oneLine(file)}: ${chains} chains, ${entries} entries, ${texts} texts`);
  console.log(`  verify it anywhere: countersign audit verify --bundle ${oneLine(file)}`);
}

/** A bundle as a text, for whoever reads it at once. */
export async function bundleTextOf(options: ExportOptions, now: Date): Promise<string> {
  const selection = selectionOf(options, now);
  const source = { exportedAt: now.toISOString(), selection, publicKey: await approvalPublicKey() };
  const lines: string[] = [];
  for await (const line of bundleLines({ ...source, chains: chainsOf(selection) })) lines.push(line);
  return lines.join('');
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

async function* chainsOf(selection: Selection): AsyncGenerator<ExportedChain> {
  const open = openIncidents();
  const names =
    'incident' in selection
      ? [selection.incident]
      : await auditWindow(openDatabase(), tables).chains(selection.since, selection.until);
  const incidents = new Set<string>();
  for (const name of names) {
    const [incident = name] = name.split(recoveryChain(''));
    if (IncidentId.safeParse(incident).success) {
      if (!incidents.has(incident)) yield* incidentOf(incident, open);
      incidents.add(incident);
    } else yield { ...nothing, chain: name, items: await audit().items(name) };
  }
}

const nothing = { open: null, burns: null, byFirstRelease: [], texts: [] } as const;

/** An incident's chain, and its recovery behind it where there is one. */
async function* incidentOf(incident: string, open: Promise<string[] | null>): AsyncGenerator<ExportedChain> {
  const items = await audit().items(incident);
  const { burns, byFirstRelease, isOpen, recovery } = await factsOf(incident, items, open);
  const texts = await textsOf(incident, items);
  yield { chain: incident, open: isOpen, burns, byFirstRelease, items, texts };
  if (recovery === null) throw new Error(`audit export: ${recoveryChain(incident)} could not be read; try again`);
  if (recovery.length > 0) yield { ...nothing, chain: recoveryChain(incident), items: recovery };
}

async function textsOf(incident: string, items: readonly StoredItem[]): Promise<ExportedChain['texts']> {
  const shown = await given(`the texts of ${incident}`, () => work().shown(incident));
  return shown ? namedTexts(items, shown) : [];
}

async function* counted(
  chains: AsyncIterable<ExportedChain>,
  counts: { chains: number; entries: number; texts: number },
): AsyncGenerator<ExportedChain> {
  for await (const chain of chains) {
    counts.chains += 1;
    counts.entries += chain.items.length;
    counts.texts += chain.texts.length;
    yield chain;
  }
}
