/** Lines of a byte stream: split at line feeds only, however long they are, held no longer than needed. */

/** Batches of whole lines without their line feed, as the chunks bring them; the last may lack one. */
export async function* lineBatches(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<string[]> {
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
