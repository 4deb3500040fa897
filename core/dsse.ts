/** DSSE: how a signed word travels and is stored; its fields are read from the signed payload and from nowhere else. */
import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { preAuthEncoding } from '@sigstore/core/dist/dsse.js';
import * as z from 'zod';
import { canonicalJson } from './digest.ts';
import { exactly } from './exactly.ts';

/** https://github.com/secure-systems-lab/dsse, with exactly one signature. `payload` and `sig` are base64. */
export const Envelope = z.lazy(() =>
  z.strictObject({
    payloadType: z.string().max(200),
    payload: z.string().max(100_000),
    signatures: z.tuple([z.strictObject({ keyid: z.string().max(2048), sig: z.string().max(1024) })]),
  }),
);
export type Envelope = z.infer<typeof Envelope>;
const isExactEnvelope = exactly(Envelope);

/** Signs a message (ECDSA over its SHA-256): key id and signature (DER, base64). */
export type Sign = (message: Buffer) => Promise<{ keyid: string; sig: string }>;

/** The payload types that Countersign signs. */
export const payloadTypes = {
  vote: 'application/vnd.countersign.vote+json',
  resume: 'application/vnd.countersign.resume+json',
  abort: 'application/vnd.countersign.abort+json',
  retry: 'application/vnd.countersign.retry+json',
  suspend: 'application/vnd.countersign.suspend+json',
  reinstate: 'application/vnd.countersign.reinstate+json',
  /** Signed by a key of its own, which signs nothing else. */
  checkpoint: 'application/vnd.countersign.checkpoint+json',
} as const;
export type PayloadType = (typeof payloadTypes)[keyof typeof payloadTypes];

/** Seals a JSON value: canonical JSON, signed. Throws what `sign` throws. */
export async function seal(payloadType: PayloadType, value: unknown, sign: Sign): Promise<Envelope> {
  const payload = Buffer.from(canonicalJson(value), 'utf8');
  const signature = await sign(preAuthEncoding(payloadType, payload));
  return { payloadType, payload: payload.toString('base64'), signatures: [signature] };
}

/**
 * The payload of an envelope of this type that the key signed; null for everything else, so that nothing is read of what
 * is not genuine.
 *
 * @param publicKey PEM (SubjectPublicKeyInfo) of the approval key.
 */
export function openEnvelope(envelope: unknown, payloadType: PayloadType, publicKey: string): unknown {
  const known = isExactEnvelope(envelope) ? (envelope as Envelope) : Envelope.safeParse(envelope).data;
  if (known?.payloadType !== payloadType) return null;
  const payload = Buffer.from(known.payload, 'base64');
  const signature = Buffer.from(known.signatures[0].sig, 'base64');
  try {
    if (!verify('sha256', preAuthEncoding(payloadType, payload), keyOf(publicKey), signature)) return null;
    return JSON.parse(payload.toString('utf8'));
  } catch {
    return null;
  }
}

const keys = new Map<string, KeyObject>();

/** Reading a key costs as much as using it. A process meets one or two. */
function keyOf(publicKey: string): KeyObject {
  const known = keys.get(publicKey);
  if (known) return known;
  if (keys.size >= 16) keys.clear();
  const key = createPublicKey(publicKey);
  keys.set(publicKey, key);
  return key;
}
