/** Envelopes: what the key signed opens, and nothing else does. */
import { generateKeyPairSync, sign } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { type Envelope, openEnvelope, payloadTypes, seal } from '../../core/dsse.ts';

const pair = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const pem = pair.publicKey.export({ type: 'spki', format: 'pem' }).toString();
const signed: Buffer[] = [];
const signer = async (message: Buffer) => {
  signed.push(message);
  return { keyid: 'k', sig: sign('sha256', message, pair.privateKey).toString('base64') };
};
const sealed = () => seal(payloadTypes.vote, { word: 'approve', by: 'ana' }, signer);

test('what is signed is DSSE’s pre-authentication encoding of type and canonical payload', async () => {
  await sealed();
  expect(signed.at(-1)?.toString()).toBe(
    'DSSEv1 37 application/vnd.countersign.vote+json 29 {"by":"ana","word":"approve"}',
  );
});

test('opens to exactly what was sealed', async () => {
  expect(openEnvelope(await sealed(), payloadTypes.vote, pem)).toEqual({ word: 'approve', by: 'ana' });
});

describe('does not open', () => {
  const changes: Record<string, (envelope: Envelope) => unknown> = {
    'with another payload': (envelope) => ({
      ...envelope,
      payload: Buffer.from('{"word":"approve","by":"ben"}').toString('base64'),
    }),
    'as another type': (envelope) => ({ ...envelope, payloadType: payloadTypes.resume }),
    'with another signature': (envelope) => ({ ...envelope, signatures: [{ keyid: 'k', sig: 'AAAA' }] }),
    'without a signature': (envelope) => ({ ...envelope, signatures: [] }),
    'with two signatures': (envelope) => ({
      ...envelope,
      signatures: [...envelope.signatures, ...envelope.signatures],
    }),
    'with a field more': (envelope) => ({ ...envelope, extra: true }),
    'that is no envelope': () => 'approve',
    'that is nothing': () => null,
  };
  for (const [name, change] of Object.entries(changes))
    test(`an envelope ${name}`, async () => {
      expect(openEnvelope(change(await sealed()), payloadTypes.vote, pem)).toBeNull();
    });

  test('under another key, or with a text that is no key', async () => {
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' });
    expect(openEnvelope(await sealed(), payloadTypes.vote, other.toString())).toBeNull();
    expect(openEnvelope(await sealed(), payloadTypes.vote, 'no key')).toBeNull();
  });

  test('genuine bytes that are no JSON', async () => {
    const payload = Buffer.from('not json');
    const { preAuthEncoding } = await import('@sigstore/core/dist/dsse.js');
    const signature = await signer(preAuthEncoding(payloadTypes.vote, payload));
    const envelope = { payloadType: payloadTypes.vote, payload: payload.toString('base64'), signatures: [signature] };
    expect(openEnvelope(envelope, payloadTypes.vote, pem)).toBeNull();
  });
});
