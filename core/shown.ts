/** Texts from outside as people may see them: without secrets, nothing hidden, and cut with a note of how much is missing. */
import { redact } from './redact.ts';
import { shorten, shortenStart, visible } from './visible.ts';

/** Characters of which a text is searched for secrets as a whole. Longer ones are outputs, which are stored without them. */
const searched = 64_000;

/** What is looked at of longer ones beyond what is shown: more than any secret needs to be recognised by its beginning. */
const margin = 4096;

/** The part of a text that is looked at when at most `maximum` characters of its beginning, or its end, are shown. */
function near(text: string, maximum: number, keep?: 'end'): string {
  if (text.length <= searched) return text;
  return keep === 'end' ? text.slice(-(maximum + margin)) : text.slice(0, maximum + margin);
}

/** A text from outside as a card may show it: no secrets, nothing hidden, at most `maximum` characters and a note. */
export function shown(text: string, maximum: number): string {
  const head = near(text, maximum);
  return shorten(visible(redact(head)), maximum, text.length - head.length);
}

/** What a tool printed, and how it may be cut. */
export interface Excerptible {
  readonly text: string;
  /** Its end is kept, where an error is; else its beginning. */
  readonly keep?: 'end';
  /** Characters that were cut from it before. */
  readonly missing?: number;
}

/**
 * At most `maximum` characters of what was printed, and how many more there are, counted as they were printed: what stands
 * here for one hidden character is longer.
 */
export function excerpt({ text, keep, missing = 0 }: Excerptible, maximum: number): string {
  const whole = text.trimEnd();
  const part = near(whole, maximum, keep);
  const cut = keep === 'end' ? shortenStart : shorten;
  return visible(cut(redact(part), maximum, whole.length - part.length + missing));
}

/** Like `shown`, on one line: for names, titles and code spans. */
export function shownInline(text: string, maximum: number): string {
  return shown(text.trim().replace(/\s*\n\s*/g, ' ↵ '), maximum);
}
