/** Lines of a byte stream: split at line feeds only, however long they are, held no longer than needed. */

import { closeSync, openSync, readSync } from 'node:fs';

const readAtOnce = 64 * 1024;

/**
 * The bytes of a file, in one piece of memory that every chunk is read into: each is gone when the next is asked for. Read
 * without waiting for others, since whoever verifies does nothing else.
 */
export function* chunksOf(path: string): Generator<Uint8Array> {
  const file = openSync(path, 'r');
  try {
    const room = Buffer.allocUnsafeSlow(readAtOnce);
    for (let read = readSync(file, room); read > 0; read = readSync(file, room)) yield room.subarray(0, read);
  } finally {
    closeSync(file);
  }
}

/** Batches of whole lines without their line feed, as the chunks bring them; the last may lack one. */
export async function* lineBatches(chunks: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): AsyncGenerator<string[]> {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let held: string[] = [];
  for await (const chunk of chunks) {
    const [first = '', ...rest] = decoder.decode(chunk, { stream: true }).split('\n');
    held.push(first);
    const last = rest.pop();
    if (last === undefined) continue;
    yield [held.join(''), ...rest];
    held = [last];
  }
  const end = held.join('') + decoder.decode();
  if (end !== '') yield [end];
}
