/**
 * The bundle: what an outsider needs to verify chains offline, one NDJSON file. A header, the keys, the checkpoints, then for
 * each chain a record, its entries as they lie in the table, what the archive has otherwise, and texts that they name by
 * digest; last an end that counts all of it.
 */
import * as z from 'zod';
import { Burn } from '../burn.ts';
import { Sha256 } from '../digest.ts';
import { Dispatch } from '../dispatch.ts';
import { Envelope } from '../dsse.ts';
import type { StoredItem } from './chain.ts';
import { ChainHead } from './checkpoint.ts';

/** A reader refuses to judge what is of another version. */
export const bundleVersion = 1;

/** What the bundle was asked to hold. Times are ISO 8601; `until` is not in it any more. */
export const Selection = z.union([
  z.strictObject({ incident: z.string() }),
  z.strictObject({ since: z.iso.datetime(), until: z.iso.datetime() }),
]);
export type Selection = z.infer<typeof Selection>;

const Header = z.object({
  record: z.literal('bundle'),
  version: z.literal(bundleVersion),
  exportedAt: z.iso.datetime(),
  selection: Selection,
});

/** The public half of the key that signs votes, PEM (SubjectPublicKeyInfo). */
const Key = z.object({ record: z.literal('key'), use: z.literal('approval'), pem: z.string() });

/** The public half of the key that signs checkpoints, PEM (SubjectPublicKeyInfo). */
const CheckpointKey = z.object({ record: z.literal('checkpoint_key'), pem: z.string() });

/** A checkpoint and all of its leaves. They stand before the first chain, in the order of their numbers, without a gap. */
const BundledCheckpoint = z.object({
  record: z.literal('checkpoint'),
  envelope: Envelope,
  leaves: z.array(ChainHead),
});
export type BundledCheckpoint = z.infer<typeof BundledCheckpoint>;

/** What the archive holds of the chain before it and the table does not, or not as it is. */
const ArchivedItem = z.object({ record: z.literal('archived'), place: z.number(), text: z.string() });

/** What stands before the entries of a chain. Sections are numbered from 1; null = was not read. */
const Section = z.object({
  record: z.literal('chain'),
  number: z.int().min(1),
  chain: z.string(),
  /** How many items of it follow. */
  entries: z.int().min(0),
  /** Whether Work holds the incident as open. */
  open: z.boolean().nullable(),
  burns: z.array(Burn).nullable(),
  byFirstRelease: z.array(Dispatch),
});
export type Section = z.infer<typeof Section>;

/** An item that is no entry of its own place: what lies there, as it lies there. */
const Item = z.object({ record: z.literal('item'), place: z.number(), text: z.string() });

/** A text that an entry of the chain before it names by its digest. */
const Text = z.object({ record: z.literal('text'), digest: Sha256, text: z.string() });

/** `records`: SHA-256 over every line before that is no entry, each with its line feed. */
const End = z.object({
  record: z.literal('end'),
  chains: z.int().min(0),
  entries: z.int().min(0),
  records: Sha256,
});

export const BundleRecord = z.discriminatedUnion('record', [
  Header,
  Key,
  CheckpointKey,
  BundledCheckpoint,
  Section,
  Item,
  ArchivedItem,
  Text,
  End,
]);
export type BundleRecord = z.infer<typeof BundleRecord>;

const entryStart = '{"actor":';

/** Whether a line of a bundle is an entry's own text. */
export function isEntryLine(line: string): boolean {
  return line.slice(0, entryStart.length) === entryStart;
}

/** An entry's line, or the record of what cannot be one because its text does not say its place last, or on one line. */
export function itemLine({ place, text }: StoredItem): string {
  const isOwn = isEntryLine(text) && text.endsWith(`,"sequence":${place}}`) && !text.includes('\n');
  return isOwn ? text : JSON.stringify({ record: 'item', place, text } satisfies BundleRecord);
}

const placeAtTheEnd = /,"sequence":([1-9][0-9]{0,15})\}$/;

/** The item of an entry's line; `expected` is its place where it does not say one. */
export function itemOfLine(line: string, expected: number): StoredItem {
  const end = `,"sequence":${expected}}`;
  if (line.slice(-end.length) === end) return { place: expected, text: line };
  const place = placeAtTheEnd.exec(line)?.[1];
  return { place: place === undefined ? expected : Number(place), text: line };
}
