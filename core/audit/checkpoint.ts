/** Checkpoints: what the checkpoint key signs of the heads of chains, each naming the one before it, so that none can be left out. */
import * as z from 'zod';
import { canonicalJson, Sha256, sha256 } from '../digest.ts';
import { Envelope, openEnvelope, payloadTypes } from '../dsse.ts';
import { leafHash, merkleRoot } from './merkle.ts';

/** The end of a chain as it was archived: its entry `length` has this hash. */
export const ChainHead = z.strictObject({ chain: z.string(), length: z.int().min(1), hash: Sha256 });
export type ChainHead = z.infer<typeof ChainHead>;

/** What is signed. Read loosely, as every signed word. `number` counts from 1; `at` is ISO 8601. */
export const Checkpoint = z.object({
  format: z.literal(1),
  number: z.int().min(1),
  at: z.iso.datetime(),
  /** How many leaves, and the root of the Merkle tree (RFC 9162) over them. */
  size: z.int().min(1),
  root: Sha256,
  /** The digest of the checkpoint before; 64 zeros in the first. */
  previous: Sha256,
  /**
   * It, and those before it, took in whatever was noted up to this time (ISO 8601): after an outage that is long before
   * `at`. Absent in the first checkpoints.
   */
  through: z.iso.datetime().exactOptional(),
});
export type Checkpoint = z.infer<typeof Checkpoint>;

/** A checkpoint as it is kept: the signed envelope, and beside it the leaves that its root stands for. */
export const KeptCheckpoint = z.object({
  envelope: Envelope,
  leaves: z.array(ChainHead),
  /** As it signs it; here it is where the first checkpoints do not, and for a release that reads no other. */
  through: z.iso.datetime(),
  /** For whoever makes the next one: the last notes that it took in, between which a late one may still come. */
  notes: z.array(z.string()),
});
export type KeptCheckpoint = z.infer<typeof KeptCheckpoint>;

/** What the first checkpoint names as the one before it. */
export const noCheckpoint = '0'.repeat(64);

/** The digest by which the next checkpoint names this one: SHA-256 of the signed payload's bytes. */
export function checkpointDigest({ payload }: Envelope): string {
  return sha256(Buffer.from(payload, 'base64'));
}

/** The root of the tree whose leaves are these heads, each as canonical JSON. */
function rootOver(heads: readonly ChainHead[]): string {
  return merkleRoot(heads.map((head) => leafHash(canonicalJson(head))));
}

/** Heads each once, in the order in which the tree holds them: by chain (UTF-16, as JSON sorts keys), then by length. */
export function inTreeOrder(heads: readonly ChainHead[]): ChainHead[] {
  const once = new Map(heads.map((head) => [canonicalJson(head), head]));
  return [...once.values()].sort((a, b) => order(a.chain, b.chain) || a.length - b.length || order(a.hash, b.hash));
}

function order(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** The checkpoint that follows `before` (null = there is none). */
export function nextCheckpoint(
  before: { readonly number: number; readonly digest: string } | null,
  heads: readonly ChainHead[],
  { at, through }: Required<Pick<Checkpoint, 'at' | 'through'>>,
): Checkpoint {
  return {
    format: 1,
    number: (before?.number ?? 0) + 1,
    at,
    size: heads.length,
    root: rootOver(heads),
    previous: before?.digest ?? noCheckpoint,
    through,
  };
}

/** The checkpoint in an envelope that this key signed (PEM); null for everything else. */
export function openCheckpoint(envelope: Envelope, publicKey: string): Checkpoint | null {
  return Checkpoint.safeParse(openEnvelope(envelope, payloadTypes.checkpoint, publicKey)).data ?? null;
}

/** Whether these leaves are those that the checkpoint's root stands for. */
export function isTreeOf({ size, root }: Checkpoint, leaves: readonly ChainHead[]): boolean {
  return leaves.length === size && rootOver(leaves) === root;
}
