/** Secrets that a terminal or a log wrapped: what goes on in the next line is hidden with what it goes on from. */
import type { Span } from './span.ts';

/** A line that is nothing but the rest of a token. */
const rest =
  /\\?\r?\n[ \t]{0,40}(?=\S*\d)(?=\S*[A-Za-z])[A-Za-z0-9+/_.~-]{4,400}={0,2}(?=["',;})\]&]{0,4}[ \t]*\\?\r?(?:\n|$)|&)/y;

/** These secrets with the lines that continue them; each must end its own line. */
export function splitSecrets(text: string, found: readonly Span[]): Span[] {
  return found.flatMap(({ end, kind, start }): Span[] => {
    if (end - start < 8 || kind === 'private key' || kind === 'password hash') return [];
    rest.lastIndex = end;
    const match = rest.exec(text);
    if (!match) return [];
    const line = match[0].trimStart();
    // A line of its own kind: a hash, a name, a word with a number.
    if (/^(?:[0-9a-f]{32,}|[a-z]+[-_.]?\d{1,4}|\d[\d.:T-]*Z?)$/.test(line.trim())) return [];
    return [{ start, end: end + match[0].length, kind }];
  });
}
