/** Secrets in tables: what stands below a telling name in the first line of comma-, tab- or bar-separated lines. */
import { classOfName, isSecretFor } from './names.ts';
import type { Span } from './span.ts';
import { isSecretish } from './value.ts';

/** Lines below a heading that are looked at: more than a query without a limit prints into 24,000 characters. */
const longestTable = 2000;

interface Cell {
  readonly text: string;
  readonly start: number;
}

export function columnSecrets(text: string): Span[] {
  const headings = /^[^\n]*(?:pass|pwd|secret|token|key|credential)[^\n]*$/gim;
  const spans: Span[] = [];
  let next = 0;
  for (const heading of text.matchAll(headings)) {
    if (heading.index < next || heading[0].length > 2000) continue;
    const separator = ['|', '\t', ';', ','].find((one) => heading[0].includes(one));
    if (separator === undefined) continue;
    const names = cellsOf(heading[0].replace(/^.{0,200}["'=](?=\w{1,40}[|\t;,])/, ''), 0, separator);
    // A heading is nothing but names.
    if (names.length < 2 || !names.every(({ text: name }) => /^[\w.#()-]{0,40}$/.test(name))) continue;
    const kinds = names.map(({ text: name }) => classOfName(name.replaceAll(' ', '_')));
    if (kinds.every((kind) => kind === null || kind === 'weak')) continue;
    let at = heading.index + heading[0].length + 1;
    for (let lines = 0; at < text.length && lines < longestTable; lines++) {
      const end = text.indexOf('\n', at);
      const line = text.slice(at, end < 0 ? text.length : end);
      const cells = cellsOf(line, at, separator);
      if (/^[\s|+-]*$/.test(line) ? line.trim() === '' : cells.length !== names.length) break;
      cells.forEach(({ text: value, start }, column) => {
        if (isSecretish(value) && isSecretFor(kinds[column] ?? null, names[column]?.text ?? '', value))
          spans.push({ start, end: start + value.length, kind: 'password' });
      });
      at += line.length + 1;
    }
    next = at;
  }
  return spans;
}

/** The cells of a line, without quotes and blanks around them; `offset` is where the line begins. */
function cellsOf(line: string, offset: number, separator: string): Cell[] {
  let at = offset;
  return line.split(separator).map((cell) => {
    const blank = /^[\s"']*/.exec(cell)?.[0].length ?? 0;
    const start = at + blank;
    at += cell.length + separator.length;
    return { text: cell.slice(blank).replace(/[\s"'&}].*$/, ''), start };
  });
}
