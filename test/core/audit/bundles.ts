/** Bundles for tests: written by the product's own writer from genuine or tampered chains, and what somebody makes of the file. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Selection } from '../../../core/audit/bundle.ts';
import type { BundleReport } from '../../../core/audit/bundle-report.ts';
import type { StoredItem } from '../../../core/audit/chain.ts';
import { recoveryChain } from '../../../core/audit/chain.ts';
import { type KnownElsewhere, verifyBundle } from '../../../core/audit/verify-bundle.ts';
import type { ChainFacts } from '../../../core/audit/verify-finding.ts';
import { bundleLines, type ExportedChain, type ExportedCheckpoints } from '../../../core/audit/write-bundle.ts';
import { sha256 } from '../../../core/digest.ts';
import { type Genuine, itemsOf, publicKey } from './genuine.ts';

export const exportedAt = '2026-11-22T00:00:00.000Z';

/** A chain as an export reads it, and its recovery behind it. */
export function exportedOf(chain: string, items: readonly StoredItem[], facts: ChainFacts): ExportedChain[] {
  const { burns, byFirstRelease, isOpen, recovery } = facts;
  const none = { open: null, burns: null, byFirstRelease: [], texts: [] };
  const behind = recovery?.length ? [{ ...none, chain: recoveryChain(chain), items: recovery }] : [];
  return [{ chain, open: isOpen, burns, byFirstRelease, items, texts: [] }, ...behind];
}

export const genuineExport = ({ id, entries, facts }: Genuine) => exportedOf(id, itemsOf(entries), facts);

/** The text of a bundle. */
export async function bundleOf(
  chains: Iterable<ExportedChain>,
  selection: Selection,
  key: string | null = publicKey,
  anchors: ExportedCheckpoints | null = null,
): Promise<string> {
  const lines: string[] = [];
  for await (const line of bundleLines({ exportedAt, selection, publicKey: key, anchors, chains })) lines.push(line);
  return lines.join('');
}

/** The lines of a bundle, its end left out, ended anew: counts and digest as whoever tampers with the file writes them. */
export function endedAnew(lines: readonly string[]): string {
  const records = lines.filter((line) => !line.startsWith('{"actor":'));
  const entries = lines.length - records.length + records.filter((line) => line.startsWith('{"record":"item"')).length;
  const chains = records.filter((line) => line.startsWith('{"record":"chain"')).length;
  const digest = sha256(records.map((line) => `${line}\n`).join(''));
  return `${[...lines, JSON.stringify({ record: 'end', chains, entries, records: digest })].join('\n')}\n`;
}

export function linesOf(bundle: string): string[] {
  return bundle.split('\n').slice(0, -1);
}

/** Verifies a text as the command verifies a file. */
export function verified(bundle: string, known: KnownElsewhere = {}): Promise<BundleReport> {
  const lines = bundle.split('\n');
  if (lines.at(-1) === '') lines.pop();
  return verifyBundle([lines], known);
}

/** What both verifiers have to say alike. */
export interface Verdict {
  readonly verdict: string;
  readonly integrity: string;
  readonly completeness: string;
  /** Chain (null: the bundle), and the place in it. */
  readonly firstBad: readonly [string | null, number | null] | null;
}

export function verdictOf({ verdict, integrity, completeness, firstBad }: BundleReport): Verdict {
  const at = firstBad && ([firstBad.chain, firstBad.place ?? firstBad.line] as const);
  return { verdict, integrity: integrity.verdict, completeness: completeness.verdict, firstBad: at };
}

/** Writes bundles as files of a folder, and a script that asks docs/verify.py of each. */
export function writtenFor(folder: string, bundles: readonly string[]): string[] {
  return bundles.map((bundle, index) => {
    const file = join(folder, `${index}.ndjson`);
    writeFileSync(file, bundle);
    return file;
  });
}
