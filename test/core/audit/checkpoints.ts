/** Checkpoints for tests: over the heads of genuine chains as `archive` notes them, signed one after the other by a real key. */
import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { nextEntry } from '../../../core/audit/chain.ts';
import {
  type ChainHead,
  type Checkpoint,
  checkpointDigest,
  inTreeOrder,
  type KeptCheckpoint,
  nextCheckpoint,
} from '../../../core/audit/checkpoint.ts';
import type { ExportedChain } from '../../../core/audit/write-bundle.ts';
import { payloadTypes, seal } from '../../../core/dsse.ts';
import { isoOf } from '../../../core/time.ts';
import { type Genuine, itemsOf } from './genuine.ts';
import type { Pick } from './tamperings.ts';

const key = generateKeyPairSync('ec', { namedCurve: 'P-256' });
export const checkpointKey = key.publicKey.export({ type: 'spki', format: 'pem' }).toString();

export type Signed = Omit<KeptCheckpoint, 'through' | 'notes'>;

/** After the window of the tests' bundles, so that whatever was written in it is in a checkpoint. */
const last = Date.parse('2026-11-22T00:02:00.000Z');

const old = 'DAY#2026-11-20#0';
const oldEntry = nextEntry(
  old,
  null,
  { entryId: 'old', at: '2026-11-20T11:59:30.000Z', actor: 'triage' },
  { kind: 'envelope_refused', alarmArn: null, why: 'it is no envelope' },
);

/** What the first checkpoint of `checkpointsOver` has signed, the day before the bundles' window. */
export const oldExport: ExportedChain = {
  chain: old,
  open: null,
  burns: null,
  byFirstRelease: [],
  texts: [],
  items: itemsOf([oldEntry]),
};

/** The checkpoint behind another, or the first; by nature or with changes that are signed too. */
export async function signed(
  before: Signed | null,
  heads: readonly ChainHead[],
  at: string,
  privateKey: KeyObject = key.privateKey,
  changes: Partial<Checkpoint> = {},
): Promise<Signed> {
  const leaves = inTreeOrder(heads);
  const known = before && { number: numberOf(before), digest: checkpointDigest(before.envelope) };
  const signWith = async (message: Buffer) => ({
    keyid: 'test',
    sig: sign('sha256', message, privateKey).toString('base64'),
  });
  const natural = nextCheckpoint(known, leaves, { at, through: at });
  const checkpoint = JSON.parse(JSON.stringify({ ...natural, ...changes }));
  return { envelope: await seal(payloadTypes.checkpoint, checkpoint, signWith), leaves };
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

/** One of the day before; then three and one more over all of these heads: a chain's first in the first one, and so on. */
export async function checkpointsOver(heads: readonly (readonly ChainHead[])[]): Promise<Signed[]> {
  const before = [{ chain: old, length: 1, hash: oldEntry.hash }];
  const made = [await signed(null, before, '2026-11-20T12:00:00.000Z')];
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
