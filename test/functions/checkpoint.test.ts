/** checkpoint at its own door: it signs with the key that it was given, and puts the next number where none is. */
import { generateKeyPairSync } from 'node:crypto';
import { rmSync } from 'node:fs';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { afterAll, beforeEach, expect, test } from 'vitest';
import { compiledOf } from '../support/fixtures.ts';
import { deployed } from './environment.ts';

const folder = deployed(compiledOf());
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const { handler } = await import('../../functions/checkpoint.ts');

const bucket = mockClient(S3Client);
const kms = mockClient(KMSClient);
const { publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
beforeEach(() => {
  bucket.reset();
  kms.reset();
  bucket.on(ListObjectsV2Command).resolves({});
  kms.on(SignCommand).resolves({ Signature: Buffer.from('signature') });
  kms.on(GetPublicKeyCommand).resolves({ PublicKey: publicKey.export({ type: 'spki', format: 'der' }) });
});

test('without a note it signs nothing', async () => {
  expect(await handler()).toEqual({ answer: 'unchanged' });
  expect(kms.commandCalls(SignCommand)).toEqual([]);
});

test('with one it puts number 1', async () => {
  const note = { heads: [{ chain: 'inc-0123456789abcdef0123', length: 1, hash: 'a'.repeat(64) }], missing: [] };
  bucket
    .on(ListObjectsV2Command, { Prefix: 'notes/' })
    .resolves({ Contents: [{ Key: 'notes/2026-11-21T03:00:00.000Z-x.json' }] });
  const Body = { transformToString: async () => JSON.stringify(note) };
  bucket.on(GetObjectCommand).resolves({ Body } as never);
  bucket.on(PutObjectCommand).resolves({});
  expect(await handler()).toEqual({ answer: 'signed', number: 1, heads: 1 });
  expect(kms.commandCalls(SignCommand)[0]?.args[0].input.KeyId).toBe(process.env.CHECKPOINT_KEY_ARN);
  expect(bucket.commandCalls(PutObjectCommand)[0]?.args[0].input).toMatchObject({
    Bucket: process.env.ARCHIVE_BUCKET,
    Key: 'checkpoints/999999998.json',
    IfNoneMatch: '*',
  });
});

test('a bucket that cannot be listed is an error, which its alarm counts', async () => {
  bucket.on(ListObjectsV2Command).rejects(new Error('AccessDenied'));
  await expect(handler()).rejects.toThrow('AccessDenied');
});
