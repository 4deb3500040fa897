/** A file's bytes as text, or why they are none. */
import type { Finding } from '../runbook/problem.ts';

/** Bytes beyond which nobody reads on: eight times what a runbook may have. */
const mostBytes = 524_288;

/** The text, or the one finding that stops the file. `decode` throws on bytes that are no UTF-8. */
export function textOf(bytes: Uint8Array): { readonly text: string } | { readonly finding: Finding } {
  const stop = (
    rule: 'not-utf8' | 'binary-file' | 'file-too-large',
    message: string,
    fix: string,
    at = { line: 1, column: 1 },
  ) => ({
    finding: { rule, ...at, message, fix },
  });
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || (first === 0xfe && second === 0xff))
    return stop('not-utf8', 'the file is UTF-16, not UTF-8', 'save it as UTF-8 without BOM');
  const head = new TextDecoder('latin1').decode(bytes.subarray(0, 8));
  const kind = Object.entries(magic).find(([begin]) => head.startsWith(begin))?.[1];
  if (kind !== undefined)
    return stop('binary-file', `the file is ${kind}, not Markdown`, 'export it as Markdown, or put it elsewhere');
  const zero = bytes.indexOf(0);
  if (zero >= 0)
    return stop(
      'binary-file',
      utf16(bytes) ?? 'the file is binary: it has a zero byte',
      'save it as UTF-8 without BOM',
      placeOf(bytes, zero),
    );
  if (bytes.length > mostBytes)
    return stop(
      'file-too-large',
      `the file has ${bytes.length} bytes; at most 65536 characters are allowed`,
      'split the runbook',
    );
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    const at = firstInvalid(bytes);
    const byte = `0x${(bytes[at] ?? 0).toString(16).toUpperCase()}`;
    return stop(
      'not-utf8',
      `the file is not UTF-8: the byte ${byte} here looks like Latin-1 or Windows-1252`,
      'save it as UTF-8',
      placeOf(bytes, at),
    );
  }
}

const magic: Readonly<Record<string, string>> = {
  '%PDF-': 'a PDF',
  'PK\u0003\u0004': 'a ZIP archive or an Office document',
  '\u0089PNG': 'an image',
  GIF8: 'an image',
  '\u00ff\u00d8\u00ff': 'an image',
  '\u001f\u008b': 'a gzip archive',
  '\u007fELF': 'a program',
};

function utf16(bytes: Uint8Array): string | null {
  const zeros = [...bytes.subarray(0, 200)].map((byte, index) => (byte === 0 ? index % 2 : null));
  const odd = zeros.filter((side) => side === 1).length;
  const even = zeros.filter((side) => side === 0).length;
  return Math.max(odd, even) > 20 && Math.min(odd, even) === 0 ? 'the file is UTF-16, not UTF-8' : null;
}

/** The first byte that begins no character of UTF-8. */
function firstInvalid(bytes: Uint8Array): number {
  let low = 0;
  let high = bytes.length;
  const decodes = (end: number) => {
    try {
      new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(0, end), { stream: true });
      return true;
    } catch {
      return false;
    }
  };
  while (low < high) {
    const middle = Math.ceil((low + high) / 2);
    if (decodes(middle)) low = middle;
    else high = middle - 1;
  }
  // A sequence that breaks off is noticed at the byte after it, or at the end.
  let lead = low - 1;
  while (lead > 0 && ((bytes[lead] ?? 0) & 0xc0) === 0x80) lead--;
  const first = bytes[lead] ?? 0;
  return first >= 0xc0 && low - lead < lengthOf(first) ? lead : low;
}

function lengthOf(lead: number): number {
  return lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
}

function placeOf(bytes: Uint8Array, at: number): { line: number; column: number } {
  const before = new TextDecoder('utf-8').decode(bytes.subarray(0, at)).split('\n');
  return { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
}
