/** The Merkle tree of RFC 9162, section 2.1: one root over many leaves, so that a signature covers all of them. */
import { createHash } from 'node:crypto';

/** The root over the leaves in their order, 64 hexadecimal digits: SHA-256, of nothing where there are none. */
export function merkleRoot(leaves: readonly Buffer[]): string {
  return rootOf(leaves).toString('hex');
}

/** The hash of one leaf: a byte before it keeps it from being taken for a node. */
export function leafHash(data: string | Uint8Array): Buffer {
  return createHash('sha256').update(leafByte).update(data).digest();
}

const leafByte = Buffer.of(0);
const nodeByte = Buffer.of(1);

/** Over hashed leaves. The left subtree is the largest full one that does not hold all of them. */
function rootOf(hashes: readonly Buffer[]): Buffer {
  const [only] = hashes;
  if (only === undefined) return createHash('sha256').digest();
  if (hashes.length === 1) return only;
  const left = 2 ** (Math.ceil(Math.log2(hashes.length)) - 1);
  const [before, after] = [rootOf(hashes.slice(0, left)), rootOf(hashes.slice(left))];
  return createHash('sha256').update(nodeByte).update(before).update(after).digest();
}
