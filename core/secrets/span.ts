/** Where secrets stand in a text, and how findings of several kinds become one list. */

/** A piece of a text that must not be shown: UTF-16 offsets, and what it is, in the words of the mark. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly kind: string;
}

/** One way of looking for secrets. Finders see the text alone, never each other's findings. */
export type Finder = (text: string) => Span[];

/**
 * The spans of a pattern with the flag `g`: what its group `secret` matched, or all of it if it has none.
 * `isSecret` may refuse a match by its text.
 */
export function spansOf(
  text: string,
  pattern: RegExp,
  kind: string,
  isSecret: (secret: string) => boolean = () => true,
): Span[] {
  const spans: Span[] = [];
  for (const match of text.matchAll(pattern)) {
    const secret = match.groups?.secret ?? match[0];
    // A group always closes a match but for what a look-ahead could have asked, so its last place is the right one.
    const start = match.index + match[0].lastIndexOf(secret);
    if (secret !== '' && isSecret(secret)) spans.push({ start, end: start + secret.length, kind });
  }
  return spans;
}

/** Spans without overlaps, in the order of the text. Where some overlap, the kind that was found first gives the name. */
export function merged(found: readonly Span[]): Span[] {
  const ranked = found.map((span, rank) => ({ ...span, rank })).sort((a, b) => a.start - b.start || b.end - a.end);
  const apart: (Span & { rank: number })[] = [];
  for (const span of ranked) {
    const last = apart.at(-1);
    if (!last || span.start >= last.end) apart.push(span);
    else {
      const { kind, rank } = span.rank < last.rank ? span : last;
      apart[apart.length - 1] = { start: last.start, end: Math.max(last.end, span.end), kind, rank };
    }
  }
  return apart;
}
