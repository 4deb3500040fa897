/**
 * The archive: what lies in the bucket, under which name. Every name holds a digest of what lies there, so that the same
 * thing delivered twice is one object, and nothing else can take its place unseen.
 */
import * as z from 'zod';
import { Sha256, sha256 } from '../digest.ts';
import { itemLine } from './bundle.ts';
import type { StoredItem } from './chain.ts';
import { ChainHead } from './checkpoint.ts';

/** Folders of the bucket; the last is written by `checkpoint` alone. */
export const folders = {
  audit: 'audit/',
  dispatches: 'dispatches/',
  texts: 'texts/',
  notes: 'notes/',
  checkpoints: 'checkpoints/',
} as const;

/** The folders that `archive` writes. */
export const archiveFolders = Object.values(folders).filter((folder) => folder !== folders.checkpoints);

/** An object for the bucket. */
export interface Archived {
  readonly name: string;
  readonly body: string;
}

/** Consecutive or scattered items of one chain, as lines of NDJSON: entries byte for byte as they lie in the table. */
export function archivedItems(chain: string, items: readonly StoredItem[]): Archived {
  const body = items.map((item) => `${itemLine(item)}\n`).join('');
  return { name: `${folders.audit}${folderOf(chain)}/${padded(items[0]?.place ?? 0)}-${shortly(body)}.ndjson`, body };
}

/** Where the items of a chain lie. */
export function chainPrefix(chain: string): string {
  return `${folders.audit}${folderOf(chain)}/`;
}

/** Items of Dispatches that share a partition: one line each, with the image as DynamoDB's stream gives it. */
export function archivedDispatches(
  pk: string,
  items: readonly { readonly sk: string | number; readonly image: unknown }[],
): Archived {
  const body = items.map(({ sk, image }) => `${JSON.stringify({ pk, sk, image })}\n`).join('');
  return { name: `${dispatchesPrefix(pk)}${shortly(body)}.ndjson`, body };
}

export function dispatchesPrefix(pk: string): string {
  return `${folders.dispatches}${folderOf(pk)}/`;
}

/** A text under its SHA-256. */
export function archivedText(text: string): Archived {
  return { name: textName(sha256(text)), body: text };
}

export function textName(digest: string): string {
  return `${folders.texts}${digest}`;
}

/** What a batch of the stream brought: heads that changed, and texts that an entry names and Work does not hold. */
export const Note = z.object({
  heads: z.array(ChainHead),
  missing: z.array(z.object({ chain: z.string(), digest: Sha256 })),
});
export type Note = z.infer<typeof Note>;

/** Named by time, so that `checkpoint` finds what is new by asking for names behind one. */
export function archivedNote(note: Note, at: string): Archived {
  const body = JSON.stringify(note);
  return { name: `${noteName(at)}-${shortly(body)}.json`, body };
}

/** How the names of notes of this moment (ISO 8601) begin. */
export function noteName(at: string): string {
  return `${folders.notes}${at}`;
}

/** As many as nine digits name: one a minute for 1,900 years. */
export const lastCheckpointNumber = 999_999_999;

/** The newest checkpoint has the first name: S3 lists in one direction only. */
export function checkpointName(number: number): string {
  return `${folders.checkpoints}${padded(lastCheckpointNumber - number)}.json`;
}

const longestFolder = 300;

/** A partition key as part of a name: S3 takes 1,024 bytes of it, and a stranger may have put any key. */
function folderOf(pk: string): string {
  const encoded = encodeURIComponent(pk.toWellFormed());
  return encoded.length <= longestFolder ? encoded : `sha256-${sha256(pk)}`;
}

function padded(number: number): string {
  return String(number).padStart(9, '0');
}

/** Enough of a digest that nobody finds another body for a name. */
function shortly(body: string): string {
  return sha256(body).slice(0, 32);
}
