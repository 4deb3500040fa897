/** Texts within texts: percent signs, entities and escapes undone, base64 and hexadecimal decoded, and looked at again. */
import type { Finder, Span } from './span.ts';
import { isMixed, isRandom, isSecretish } from './value.ts';

const escapes =
  /%[0-9A-Fa-f]{2}|&(?:quot|apos|amp|lt|gt|#\d{1,3}|#x[0-9A-Fa-f]{1,2});|\\u00[0-7][0-9A-Fa-f]|\\x[2-7][0-9A-Fa-f]|\\[nrt"'/]/g;

const named: Readonly<Record<string, string>> = {
  '&quot;': '"',
  '&apos;': "'",
  '&amp;': '&',
  '&lt;': '<',
  '&gt;': '>',
  '\\n': '\n',
  '\\r': '\r',
  '\\t': '\t',
  '\\"': '"',
  "\\'": "'",
  '\\/': '/',
};

function unescaped(piece: string): string {
  const known = named[piece];
  if (known !== undefined) return known;
  const code = piece.startsWith('&#x')
    ? Number.parseInt(piece.slice(3), 16)
    : piece.startsWith('&#')
      ? Number.parseInt(piece.slice(2), 10)
      : Number.parseInt(piece.replace(/^(?:%|\\u|\\x)/, ''), 16);
  return String.fromCharCode(code);
}

/** A part of a text and as many characters as are left of it without escapes. */
interface Piece {
  readonly from: number;
  readonly to: number;
  readonly length: number;
}

/** What `find` finds in the lines with escapes once these are undone, and once more in what that gives. */
export function escapedSecrets(text: string, find: Finder, depth = 2): Span[] {
  const pieces: Piece[] = [];
  let plain = '';
  let last = 0;
  let line = -1;
  const keep = (to: number) => {
    if (to > last) pieces.push({ from: last, to, length: to - last });
    plain += text.slice(last, to);
    last = to;
  };
  for (const match of text.matchAll(escapes)) {
    if (match.index >= line) {
      // The line before ends with its line feed, so that lines stay apart.
      if (line >= 0) keep(Math.min(line + 1, text.length));
      last = Math.max(last, text.lastIndexOf('\n', match.index) + 1);
      line = text.indexOf('\n', match.index);
      if (line < 0) line = text.length;
    }
    keep(match.index);
    const one = unescaped(match[0]);
    plain += one;
    last = match.index + match[0].length;
    pieces.push({ from: match.index, to: last, length: one.length });
  }
  if (line < 0) return [];
  keep(line);
  const inner = [...find(plain), ...(depth > 1 ? escapedSecrets(plain, find, depth - 1) : [])];
  return placed(inner, pieces);
}

/** Spans of the plain text as spans of the text with escapes. */
function placed(spans: readonly Span[], pieces: readonly Piece[]): Span[] {
  const starts: number[] = [];
  let at = 0;
  for (const { length } of pieces) {
    starts.push(at);
    at += length;
  }
  const indexOf = (offset: number): number => {
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((starts[middle] ?? 0) <= offset) low = middle;
      else high = middle - 1;
    }
    return low;
  };
  return spans.map(({ start, end, kind }) => {
    const first = indexOf(start);
    const last = indexOf(end - 1);
    const before = pieces[first];
    const behind = pieces[last];
    const isWhole = (piece: Piece | undefined) => piece !== undefined && piece.to - piece.from === piece.length;
    return {
      start: (before?.from ?? 0) + (isWhole(before) ? start - (starts[first] ?? 0) : 0),
      end: isWhole(behind) ? (behind?.from ?? 0) + end - (starts[last] ?? 0) : (behind?.to ?? 0),
      kind,
    };
  });
}

/** Base64 of at least nine bytes, which may go on in lines of the same width. */
const base64 =
  /(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{11}[A-Za-z0-9+/_-]+(?:(?:\r?\n|\\n)[ \t]{0,40}[A-Za-z0-9+/_-]{11}[A-Za-z0-9+/_-]+){0,1000}={0,2}/g;
const hexadecimal = /(?<![A-Za-z0-9])[0-9a-f]{24,20000}(?![A-Za-z0-9])/gi;

/** What holds secrets once it is decoded, hidden as a whole. */
export function encodedSecrets(text: string, find: Finder, depth = 2): Span[] {
  return [...runs(text, base64, fromBase64, find, depth), ...runs(text, hexadecimal, fromHexadecimal, find, depth)];
}

function runs(
  text: string,
  pattern: RegExp,
  decode: (run: string) => string | null,
  find: Finder,
  depth: number,
): Span[] {
  return [...text.matchAll(pattern)].flatMap((match): Span[] => {
    const start = match.index;
    const plain = decode(match[0]);
    const kind = plain === null ? null : kindWithin(plain, find, depth);
    return kind === null ? [] : [{ start, end: start + match[0].length, kind: `encoded ${kind}` }];
  });
}

function kindWithin(plain: string, find: Finder, depth: number): string | null {
  const [first] = [...find(plain), ...(depth > 1 ? encodedSecrets(plain, find, depth - 1) : [])];
  if (first) return first.kind.replace(/^encoded /, '');
  const pair = /^[\w.@+ -]{1,64}:([^\s:]{3,200})$/.exec(plain)?.[1];
  if (pair !== undefined && (isSecretish(pair) || /^[^/]{4,}$/.test(pair))) return 'credentials';
  return !/\s/.test(plain.trim()) && plain.length <= 200 && (isMixed(plain.trim(), 8) || isRandom(plain.trim(), 12))
    ? 'secret'
    : null;
}

/** The text, or null if it is none: a byte that no text has, or nothing but the result of chance. */
function fromBase64(run: string): string | null {
  // Three of four characters of base64 are no text from the first one on.
  if (run.length > 200_000 || !/^[A-Za-f\dIQ]/.test(run)) return null;
  const bytes = Buffer.from(run.replace(/\\n|\s/g, ''), 'base64');
  return bytes.length >= 9 ? asText(bytes) : null;
}

function fromHexadecimal(run: string): string | null {
  return run.length > 200_000 ? null : asText(Buffer.from(run, 'hex'));
}

function asText(bytes: Uint8Array): string | null {
  let odd = 0;
  for (const byte of bytes)
    if ((byte < 32 && byte !== 0 && byte !== 9 && byte !== 10 && byte !== 13) || byte > 126) odd++;
  return odd * 50 > bytes.length ? null : Buffer.from(bytes).toString('latin1');
}
