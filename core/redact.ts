/** Secrets in texts: found by name, place and form, replaced before anything is shown, stored for people or given to a model. */
import { bareSecrets, guess } from './secrets/bare.ts';
import { blockSecrets } from './secrets/blocks.ts';
import { columnSecrets } from './secrets/columns.ts';
import { encodedSecrets, escapedSecrets } from './secrets/encoded.ts';
import { fileSecrets } from './secrets/files.ts';
import { formSecrets } from './secrets/forms.ts';
import { optionSecrets } from './secrets/options.ts';
import { pairSecrets } from './secrets/pairs.ts';
import { merged, type Span } from './secrets/span.ts';
import { splitSecrets } from './secrets/split.ts';
import { tokenSecrets } from './secrets/tokens.ts';
import { hasLetters } from './secrets/value.ts';
import { vendorSecrets } from './secrets/vendors.ts';

/** A text without its secrets, and how many of each kind were taken out. */
export interface Redaction {
  /** The text with `[redacted: kind]` in each secret's place; as many lines as before. */
  readonly text: string;
  /** Kind, as the marks name it → how often. */
  readonly found: Readonly<Record<string, number>>;
}

/** Marks that are there already: never looked into, never replaced. */
const mark = /\[redacted: [^\]\n]{1,60}\]/g;

/** In the order in which they name what several of them found. */
const finders = [
  blockSecrets,
  tokenSecrets,
  formSecrets,
  vendorSecrets,
  optionSecrets,
  fileSecrets,
  pairSecrets,
  columnSecrets,
  bareSecrets,
];

function findPlain(text: string): Span[] {
  const found = merged(finders.flatMap((find) => find(text)));
  return [...found, ...splitSecrets(text, found)];
}

const findDecoded = (text: string): Span[] => [...findPlain(text), ...encodedSecrets(text, findPlain)];

/** Where the secrets of a text are, in order, apart from each other and from the marks. */
export function secretsIn(text: string): Span[] {
  try {
    return secretsOf(text);
  } catch (error) {
    // A pattern needs more stack than there is, for a line of millions without an end: it is looked at in halves.
    if (!(error instanceof RangeError) || text.length < 100_000) throw error;
    const middle = placeToCut(text);
    const rest = secretsIn(text.slice(middle));
    return [...secretsIn(text.slice(0, middle)), ...moved(rest, middle)];
  }
}

/** Behind the last line feed or blank of the first half, else in the middle. */
function placeToCut(text: string): number {
  const half = text.slice(0, text.length >> 1);
  return Math.max(half.lastIndexOf('\n'), half.lastIndexOf(' ')) + 1 || half.length;
}

const moved = (spans: readonly Span[], by: number): Span[] =>
  spans.map(({ start, end, kind }) => ({ start: start + by, end: end + by, kind }));

function secretsOf(text: string): Span[] {
  // Marks are covered, so that nothing takes their words for a value, in as many characters, so that places stay true.
  const covered = text.replace(mark, (one) => '\ue000'.repeat(one.length));
  const found = [...findDecoded(covered), ...escapedSecrets(covered, findDecoded)];
  return merged(found).flatMap((span) => aroundMarks(covered, span));
}

function aroundMarks(covered: string, { start, end, kind }: Span): Span[] {
  return [...covered.slice(start, end).matchAll(/[^\ue000]+/g)]
    .filter(([piece]) => hasLetters(piece))
    .map((match) => ({ start: start + match.index, end: start + match.index + match[0].length, kind }));
}

/** A mark may change what its neighbours look like. Each look hides more, and two are enough mostly. */
const mostLooks = 8;

/** The text with every secret replaced by `[redacted: what it was]`, line by line; names such as `password=` stay. Idempotent. */
export function redaction(text: string): Redaction {
  const found: Record<string, number> = {};
  let shown = text;
  for (let looks = 0; looks < mostLooks; looks++) {
    const spans = looks === 0 ? secretsIn(shown) : secretsNearMarks(shown);
    if (spans.length === 0) break;
    for (const { kind } of spans) found[kind] = (found[kind] ?? 0) + 1;
    shown = without(shown, spans);
  }
  return { text: shown, found };
}

/** The secrets of the lines around marks, which alone can have changed since the last look. */
function secretsNearMarks(text: string): Span[] {
  return linesNearMarks(text).flatMap(({ from, to }) => moved(secretsIn(text.slice(from, to)), from));
}

function linesNearMarks(text: string): { from: number; to: number }[] {
  const near: { from: number; to: number }[] = [];
  for (let at = text.indexOf('[redacted: '); at >= 0; ) {
    const from = lineStart(text, lineStart(text, lineStart(text, at) - 1) - 1);
    const to = lineEnd(text, lineEnd(text, lineEnd(text, at) + 1) + 1);
    const last = near.at(-1);
    if (last && from <= last.to) last.to = to;
    else near.push({ from, to });
    at = text.indexOf('[redacted: ', lineEnd(text, at));
  }
  return near;
}

const lineStart = (text: string, at: number): number => (at <= 0 ? 0 : text.lastIndexOf('\n', at - 1) + 1);

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}

function without(text: string, spans: readonly Span[]): string {
  let written = '';
  let last = 0;
  for (const { start, end, kind } of spans) {
    written += text.slice(last, start) + marked(text.slice(start, end), kind);
    last = end;
  }
  return written + text.slice(last);
}

/** One mark a line, so that lines stay where they were. */
function marked(secret: string, kind: string): string {
  return secret.replace(/[^\s](?:[^\r\n]*[^\s])?/g, `[redacted: ${kind}]`);
}

/** The text of {@link redaction}. */
export function redact(text: string): string {
  return redaction(text).text;
}

/**
 * Whether a text shows a secret. A command that does is refused; one that only names a variable is not, and neither is
 * one with a word that only looks random, as the version of an object does.
 */
export function containsSecret(text: string): boolean {
  return secretsIn(text).some(({ kind }) => kind !== guess);
}
