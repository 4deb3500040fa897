/** Secrets by a list of forms, each looked for only where a hint of it stands. */
import { type Span, spansOf } from './span.ts';

/** A form that gives a secret away. */
export interface Known {
  /** As the mark names it. */
  readonly kind: string;
  /** In small letters; a text without it is not looked at, and the pattern is not compiled. */
  readonly hint?: string;
  /** With the flag `g`. Its group `secret`, if it has one, is what is hidden. */
  readonly pattern: RegExp;
  readonly isSecret?: (value: string) => boolean;
}

export function knownSecrets(text: string, all: readonly Known[]): Span[] {
  const lower = text.toLowerCase();
  return all.flatMap(({ kind, hint, pattern, isSecret }) =>
    hint !== undefined && !lower.includes(hint) ? [] : spansOf(text, pattern, kind, isSecret),
  );
}
