/** The archive as the command line reads it: what it holds of a chain, texts by digest, and the checkpoints of a span of time. */
import { approvalKey } from '../adapters/kms/approval-key.ts';
import { type Bucket, openBucket } from '../adapters/s3/bucket.ts';
import { callerNow } from '../adapters/sts/caller.ts';
import { chainPrefix, checkpointName, folders, lastCheckpointNumber, textName } from '../core/audit/archived.ts';
import { type BundledCheckpoint, isEntryLine, itemOfLine } from '../core/audit/bundle.ts';
import { entryOf, type StoredItem } from '../core/audit/chain.ts';
import { Checkpoint, KeptCheckpoint } from '../core/audit/checkpoint.ts';
import { longestLag } from '../core/audit/verify-checkpoints.ts';
import { archiveBucketName, keyAliases } from '../core/deployed-names.ts';
import { sha256 } from '../core/digest.ts';
import { epochOf, epochOrNull } from '../core/time.ts';
import { given } from './account.ts';

export type ReadCheckpoint = Omit<BundledCheckpoint, 'record'>;

export interface Archive {
  /** PEM of the checkpoint key; null = it could not be read. */
  readonly publicKey: string | null;
  /** What it holds of a chain and the table does not, or not as it is; null = it holds nothing of the chain. */
  differences(chain: string, items: readonly StoredItem[]): Promise<StoredItem[] | null>;
  /** The text with this SHA-256; null when it is not there. */
  text(digest: string): Promise<string | null>;
  /** Those from the last one before the span to the first one after it, in order. */
  checkpoints(span: Span): AsyncGenerator<ReadCheckpoint>;
}

/** Epoch milliseconds. */
export interface Span {
  readonly from: number;
  readonly until: number;
}

/** The checkpoints of what was written in a time: a minute later they are made, and one more minute is looked at. */
export function spanOfTime({ since, until }: { readonly since: string; readonly until: string }): Span {
  return { from: epochOf(since), until: epochOf(until) + 2 * longestLag };
}

/** Milliseconds after an incident's beginning when it has ended for certain: eight hours, and one for late facts. */
const longestIncident = 9 * 3600 * 1000;

/** When a chain was begun, as its first entry says (epoch milliseconds); null for one that has no beginning. */
export function begunAt([first]: readonly StoredItem[]): number | null {
  return epochOrNull(entryOf(first?.text ?? '')?.at ?? '');
}

/** Null for a chain that has no beginning. */
export function spanOfIncident(items: readonly StoredItem[]): Span | null {
  const begun = begunAt(items);
  return begun === null ? null : { from: begun - longestLag, until: begun + longestIncident };
}

/** How many objects are read at once. */
const atOnce = 24;

/** Null, and a line that says why, when the bucket cannot be read: an older release has none. */
export function openArchive(): Promise<Archive | null> {
  return given('the archive', async () => {
    const bucket = openBucket(archiveBucketName(await callerNow(Date.now)));
    await bucket.names(folders.checkpoints, { most: 1 });
    const publicKey = await given(`the key ${keyAliases.checkpoint}`, () =>
      approvalKey(keyAliases.checkpoint).publicKey(),
    );
    return archiveIn(bucket, publicKey);
  });
}

/** The same over a bucket that is open. */
export function archiveIn(bucket: Bucket, publicKey: string | null): Archive {
  return {
    publicKey,
    async differences(chain, items) {
      const names = await bucket.names(chainPrefix(chain));
      const bodies = await inTurn(names, (name) => bucket.read(name));
      const kept = bodies.flatMap((body) =>
        (body ?? '')
          .split('\n')
          .filter((line) => line !== '')
          .map(itemIn),
      );
      if (kept.length === 0) return null;
      const texts = new Map(items.map(({ place, text }) => [place, text]));
      const other = kept.filter(({ place, text }) => texts.get(place) !== text);
      const once = new Map(other.map((item) => [`${item.place} ${item.text}`, item]));
      return [...once.values()].sort((a, b) => a.place - b.place);
    },
    async text(digest) {
      const text = await bucket.read(textName(digest));
      return text !== null && sha256(text) === digest ? text : null;
    },
    checkpoints: (span) => between(bucket, span),
  };
}

/** A line of the archive is a line of a bundle. */
function itemIn(line: string): StoredItem {
  if (isEntryLine(line)) return itemOfLine(line, 0);
  const { place, text } = JSON.parse(line) as StoredItem;
  return { place, text };
}

async function* between(bucket: Bucket, { from, until }: Span): AsyncGenerator<ReadCheckpoint> {
  const [newest] = await bucket.names(folders.checkpoints, { most: 1 });
  if (newest === undefined) return;
  const last = lastCheckpointNumber - Number(newest.slice(folders.checkpoints.length).replace('.json', ''));
  const read = async (number: number) => readAt(bucket, number);
  for (let number = await firstFrom(read, last, from); number <= last; number += atOnce) {
    const numbers = Array.from({ length: Math.min(atOnce, last - number + 1) }, (_, index) => number + index);
    for (const found of await inTurn(numbers, read)) {
      // One that is not there is missing: the next does not follow the one before it.
      if (found === null) continue;
      yield { envelope: found.envelope, leaves: found.leaves };
      if (epochOf(found.through) >= until) return;
    }
  }
}

/** The number of the last checkpoint before a time, found by halves; 1 where there is none. */
async function firstFrom(
  read: (number: number) => Promise<KeptCheckpoint | null>,
  last: number,
  from: number,
): Promise<number> {
  let [low, high] = [1, last];
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    const found = await read(middle);
    if (found && timeOf(found) < from) low = middle;
    else high = middle - 1;
  }
  return low;
}

async function readAt(bucket: Bucket, number: number): Promise<KeptCheckpoint | null> {
  const text = await bucket.read(checkpointName(number));
  return text === null ? null : KeptCheckpoint.parse(JSON.parse(text));
}

/** Unverified: it only says where to look. Whoever reads the bundle verifies. */
function timeOf({ envelope }: KeptCheckpoint): number {
  const payload = Checkpoint.safeParse(JSON.parse(Buffer.from(envelope.payload, 'base64').toString('utf8')));
  return payload.success ? epochOf(payload.data.at) : 0;
}

/** A few at once, answers in order. */
async function inTurn<T, R>(list: readonly T[], act: (one: T) => Promise<R>): Promise<R[]> {
  const answers: R[] = [];
  for (let start = 0; start < list.length; start += atOnce)
    answers.push(...(await Promise.all(list.slice(start, start + atOnce).map(act))));
  return answers;
}
