/** The archive's bucket: objects are put where there are none, listed and read; nothing here changes or removes one. */
import { setTimeout as sleep } from 'node:timers/promises';
import {
  GetObjectCommand,
  GetObjectLockConfigurationCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from '@aws-sdk/client-s3';
import type { Archived } from '../../core/audit/archived.ts';
import { patience } from '../patience.ts';

export interface Bucket {
  /** Puts an object if there is none of its name. The bucket's own retention locks it. */
  put(object: Archived): Promise<'put' | 'exists'>;
  /** Names that begin with a prefix, in the order of their bytes, those behind one if it is given. */
  names(prefix: string, options?: { readonly after?: string; readonly most?: number }): Promise<string[]>;
  /** Null when there is none of this name. */
  read(name: string): Promise<string | null>;
  /** How the bucket itself locks what is put; null = it does not. */
  lock(): Promise<{ readonly mode: string; readonly days: number } | null>;
}

/**
 * While another put of the same name is under way S3 answers 409, which its SDK does not try again: nobody knows yet whose
 * it will be (S3, "How to prevent object overwrites with conditional writes"). Milliseconds; 0.75 s in all.
 */
const [mostPuts, firstPause] = [5, 50];

export function openBucket(bucket: string): Bucket {
  // By path, so that a local AWS without names for its buckets is reached the same way.
  const client = new S3Client({ requestHandler: patience(), forcePathStyle: true });
  return {
    async put({ name, body }) {
      const command = new PutObjectCommand({ Bucket: bucket, Key: name, Body: body, IfNoneMatch: '*' });
      for (let tries = 1; ; tries += 1) {
        try {
          await client.send(command);
          return 'put';
        } catch (error) {
          if (nameOf(error) === 'PreconditionFailed') return 'exists';
          if (nameOf(error) !== 'ConditionalRequestConflict' || tries === mostPuts) throw error;
          await sleep(firstPause * 2 ** (tries - 1));
        }
      }
    },
    async names(prefix, { after, most = Number.POSITIVE_INFINITY } = {}) {
      const found: string[] = [];
      let next: string | undefined;
      do {
        const page = await client.send(
          new ListObjectsV2Command({
            Bucket: bucket,
            Prefix: prefix,
            MaxKeys: Math.min(1000, most - found.length),
            ...(next ? { ContinuationToken: next } : after === undefined ? {} : { StartAfter: after }),
          }),
        );
        found.push(...(page.Contents ?? []).flatMap(({ Key }) => Key ?? []));
        next = page.NextContinuationToken;
      } while (next && found.length < most);
      return found;
    },
    async lock() {
      try {
        const { ObjectLockConfiguration: found } = await client.send(
          new GetObjectLockConfigurationCommand({ Bucket: bucket }),
        );
        const { Mode, Days } = found?.Rule?.DefaultRetention ?? {};
        return Mode === undefined || Days === undefined ? null : { mode: Mode, days: Days };
      } catch (error) {
        if (nameOf(error) === 'ObjectLockConfigurationNotFoundError') return null;
        throw error;
      }
    },
    async read(name) {
      try {
        const { Body } = await client.send(new GetObjectCommand({ Bucket: bucket, Key: name }));
        return (await Body?.transformToString('utf8')) ?? null;
      } catch (error) {
        if (nameOf(error) === 'NoSuchKey') return null;
        throw error;
      }
    },
  };
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}
