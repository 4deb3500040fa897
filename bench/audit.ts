/**
 * How fast the audit is: entries appended without the table, and entries verified of a bundle file, per second of one
 * core's time, and what a process that only verifies holds at most. `npm run bench -- audit --json` ends with one JSON line.
 */
import { execFileSync } from 'node:child_process';
import { createWriteStream } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { type AuditStore, type AuditWriter, append } from '../core/audit/append.ts';
import { type Head, headOf, type StoredItem } from '../core/audit/chain.ts';
import { storedText } from '../core/audit/stored.ts';
import { bundleLines, type ExportedChain } from '../core/audit/write-bundle.ts';
import { isoOf } from '../core/time.ts';
import { benchIncident, entriesOfChain } from './audit-chain.ts';

const [small, large] = [10_000, 1_000_000];

/** Microseconds of processor time that appends took, and how many there were, until the compiler is warm and after. */
const spent = { appends: 0, microseconds: 0 };
const warmUp = 20_000;

/** A table that makes the texts of what is put, and keeps those of one chain. */
function memory(items: StoredItem[]): AuditStore {
  return {
    head: async () => items.at(-1) ?? null,
    items: async (_, after = 0) => items.slice(after),
    put: async (entries) => {
      for (const entry of entries) items.push({ place: entry.sequence, text: storedText(entry) });
      return null;
    },
  };
}

/** Appends an incident entry by entry, each behind the head that the one before it left. */
async function appended(number: number): Promise<ExportedChain & { publicKey: string }> {
  const { id, events, burns, publicKey } = await benchIncident(number);
  const items: StoredItem[] = [];
  let at = Date.parse('2026-11-21T03:00:00.000Z');
  let entryId = '';
  let head: Head | null = null;
  const writer = { store: memory(items), newId: () => entryId, now: () => isoOf(++at), pause: async () => {} };
  const before = process.cpuUsage();
  for (const { id: own, actor, event } of events) {
    entryId = own;
    const entry = await append({ ...writer, actor } satisfies AuditWriter, id, event, { head });
    if (!entry) throw new Error(`the bench's own chain refused ${event.kind}`);
    head = headOf(entry);
  }
  const { user, system } = process.cpuUsage(before);
  spent.appends += events.length;
  if (spent.appends > warmUp) spent.microseconds += user + system;
  return { chain: id, open: false, burns, byFirstRelease: [], items, texts: [], publicKey };
}

async function writeBundle(file: string, entries: number): Promise<void> {
  const { publicKey } = await benchIncident(0);
  async function* chains() {
    for (let number = 0; number < entries / entriesOfChain; number += 1) yield appended(number);
  }
  const selection = { since: '2026-11-21T00:00:00.000Z', until: '2026-11-22T00:00:00.000Z' };
  const lines = bundleLines({ exportedAt: '2026-11-22T00:00:00.000Z', selection, publicKey, chains: chains() });
  await pipeline(lines, createWriteStream(file));
}

interface Verified {
  readonly verdicts: readonly string[];
  readonly entries: number;
  readonly signatures: number;
  readonly seconds: number;
  readonly peakMiB: number;
}

/** What is young is at most a chain; without a bound V8 lets more of it lie the longer it runs. */
const options = ['--max-semi-space-size=2'];

function verified(file: string): Verified {
  const script = join(import.meta.dirname, 'audit-verify.ts');
  return JSON.parse(execFileSync(process.execPath, [...options, script, file], { encoding: 'utf8' }));
}

export async function audit(json: boolean): Promise<void> {
  const say = (text: string) => console.error(text);
  const folder = await mkdtemp(join(tmpdir(), 'countersign-bench-'));
  try {
    const runs: Verified[] = [];
    for (const entries of [small, large]) {
      const file = join(folder, `${entries}.ndjson`);
      await writeBundle(file, entries);
      const { size } = await stat(file);
      const run = verified(file);
      await rm(file);
      runs.push(run);
      say(`${entries} entries, ${Math.round(size / entries)} bytes each: ${JSON.stringify(run)}`);
      const right = { verdicts: 'cannot_tell,whole,cannot_tell', entries, signatures: entries / entriesOfChain };
      if (String(run.verdicts) !== right.verdicts || run.entries !== entries || run.signatures !== right.signatures)
        throw new Error(`a genuine bundle must verify as ${JSON.stringify(right)}`);
    }
    report(runs as [Verified, Verified], json, say);
  } finally {
    await rm(folder, { recursive: true });
  }
}

function report([little, much]: readonly [Verified, Verified], json: boolean, say: (text: string) => void): void {
  const figures = {
    bench: 'audit',
    appendPerSecond: Math.round(((spent.appends - warmUp) / spent.microseconds) * 1e6),
    verifyPerSecond: Math.round(much.entries / much.seconds),
    peakMiB10k: Math.round(little.peakMiB),
    peakMiB1M: Math.round(much.peakMiB),
    signatures: much.signatures,
  };
  if (json) console.log(JSON.stringify(figures));
  else say(JSON.stringify(figures));
}
