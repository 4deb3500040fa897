/** Checkpoints for tests: over the heads of genuine chains as `archive` notes them, signed one after the other by a real key. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  type ChainHead,
  checkpointDigest,
  inTreeOrder,
  type KeptCheckpoint,
  nextCheckpoint,
} from '../../../core/audit/checkpoint.ts';
import { payloadTypes, seal } from '../../../core/dsse.ts';
import { isoOf } from '../../../core/time.ts';
import type { Genuine } from './genuine.ts';
import type { Pick } from './tamperings.ts';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const checkpointKey = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export type Signed = Omit<KeptCheckpoint, 'through' | 'notes'>;

/** After the window of the tests' bundles, so that whatever was written in it is in a checkpoint. */
const last = Date.parse('2026-11-22T00:02:00.000Z');

/** The checkpoint behind another, or the first. */
export async function signed(
  before: Signed | null,
  heads: readonly ChainHead[],
  at: string,
  privateKey: KeyObject = key.privateKey,
): Promise<Signed> {
  const leaves = inTreeOrder(heads);
  const known = before && { number: numberOf(before), digest: checkpointDigest(before.envelope) };
  const signWith = async (message: Buffer) => ({
    keyid: 'test',
    sig: sign('sha256', message, privateKey).toString('base64'),
  });
  return { envelope: await seal(payloadTypes.checkpoint, nextCheckpoint(known, leaves, at), signWith), leaves };
}

export function numberOf({ envelope }: Signed): number {
  return JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')).number;
}

/** Where a chain's heads were noted: at up to three places, the last of which is its end. */
export function headsOf({ id, entries }: Genuine, pick: Pick): ChainHead[] {
  const places = new Set([1 + pick(entries.length), 1 + pick(entries.length), entries.length]);
  return [...places]
    .sort((a, b) => a - b)
    .map((length) => ({ chain: id, length, hash: entries[length - 1]?.hash ?? '' }));
}

/** Three checkpoints and one more over all of these heads: a chain's first in the first one, and so on. */
export async function checkpointsOver(heads: readonly (readonly ChainHead[])[]): Promise<Signed[]> {
  const made: Signed[] = [];
  for (let round = 0; round < 4; round += 1) {
    const now = heads.flatMap((ofChain) => {
      const own = ofChain[ofChain.length - 1 - Math.max(0, 2 - round)];
      return own && round < 3 ? [own] : round === 3 ? ofChain.slice(-1) : [];
    });
    const at = isoOf(last - (3 - round) * 60_000);
    if (now.length > 0) made.push(await signed(made.at(-1) ?? null, now, at));
  }
  return made;
}
