/** The archive's bucket in memory behind the real S3 client, and an account to find it by. */
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { mockClient } from 'aws-sdk-client-mock';
import { MemoryBucket } from './memory/bucket.ts';

const s3 = mockClient(S3Client);
const sts = mockClient(STSClient);

/** From now on every S3 client finds this bucket. */
export function mockArchive(bucket = new MemoryBucket()): MemoryBucket {
  s3.reset();
  sts.reset();
  sts.on(GetCallerIdentityCommand).resolves({ Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/auditor' });
  s3.on(ListObjectsV2Command).callsFake(async ({ Prefix, StartAfter, MaxKeys }) => ({
    Contents: (await bucket.names(Prefix, { after: StartAfter, most: MaxKeys })).map((Key) => ({ Key })),
  }));
  s3.on(GetObjectCommand).callsFake(async ({ Key }) => {
    const text = await bucket.read(Key);
    if (text === null) throw Object.assign(new Error(`no ${Key}`), { name: 'NoSuchKey' });
    return { Body: { transformToString: async () => text } };
  });
  s3.on(PutObjectCommand).callsFake(async ({ Key, Body }) => {
    if ((await bucket.put({ name: Key, body: Body })) === 'put') return {};
    throw Object.assign(new Error(`${Key} is there`), { name: 'PreconditionFailed' });
  });
  return bucket;
}
