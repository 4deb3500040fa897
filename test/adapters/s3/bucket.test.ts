/** Putting into the archive's bucket: what S3 says where something is, or where another put is under way. */
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { mockClient } from 'aws-sdk-client-mock';
import { beforeEach, expect, test } from 'vitest';
import { openBucket } from '../../../adapters/s3/bucket.ts';

const s3 = mockClient(S3Client);
beforeEach(() => s3.reset());
const named = (name: string) => Object.assign(new Error(name), { name });
const put = () => openBucket('archive').put({ name: 'audit/x.ndjson', body: 'entry' });
const puts = () => s3.commandCalls(PutObjectCommand);

test('an object is put where there is none, and what is there stays', async () => {
  s3.on(PutObjectCommand).resolvesOnce({}).rejects(named('PreconditionFailed'));
  expect(await put()).toBe('put');
  expect(await put()).toBe('exists');
  expect(puts()[0]?.args[0].input).toMatchObject({ Key: 'audit/x.ndjson', Body: 'entry', IfNoneMatch: '*' });
});

test('while another put of the name is under way it is tried again, until S3 says who was first', async () => {
  const conflict = named('ConditionalRequestConflict');
  s3.on(PutObjectCommand).rejectsOnce(conflict).rejectsOnce(conflict).resolvesOnce({});
  expect(await put()).toBe('put');
  expect(puts()).toHaveLength(3);
  s3.on(PutObjectCommand).rejectsOnce(conflict).rejects(named('PreconditionFailed'));
  expect(await put()).toBe('exists');
});

test('a conflict that does not end, and every other refusal, is thrown', async () => {
  s3.on(PutObjectCommand).rejects(named('ConditionalRequestConflict'));
  await expect(put()).rejects.toThrow('ConditionalRequestConflict');
  expect(puts()).toHaveLength(5);
  s3.reset();
  s3.on(PutObjectCommand).rejects(named('AccessDenied'));
  await expect(put()).rejects.toThrow('AccessDenied');
  expect(puts()).toHaveLength(1);
});
