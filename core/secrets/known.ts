/** Secrets by a list of forms, each looked for only where a hint of it stands. */
import { type Span, spansOf } from './span.ts';

/** A form that gives a secret away. */
export interface Known {
  /** As the mark names it. */
  readonly kind: string;
  /** A text without it is not looked at; a pattern that begins with letters of its own needs none. */
  readonly hint?: RegExp;
  /** With the flag `g`. Its group `secret`, if it has one, is what is hidden. */
  readonly pattern: RegExp;
  readonly isSecret?: (value: string) => boolean;
}

export function knownSecrets(text: string, all: readonly Known[]): Span[] {
  return all.flatMap(({ kind, hint, pattern, isSecret }) =>
    hint !== undefined && !hint.test(text) ? [] : spansOf(text, pattern, kind, isSecret),
  );
}
