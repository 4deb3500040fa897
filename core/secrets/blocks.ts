/** Private keys of several lines, whole or cut at either end, and those of PuTTY. */
import type { Span } from './span.ts';

/** A first or a last line. */
const boundary = /-{4,5} ?(BEGIN|END) [A-Za-z0-9 ]{0,40}(?:PRIVATE KEY(?: BLOCK)?|Static key V\d{1,2}) ?-{4,5}/g;

/** Characters: a key of 16,384 bits has 13,000, and what a log puts before each line is as much again. */
const longestKey = 40_000;

/** A line of a key: base64 or a header of RFC 1421, perhaps behind what a log or a quotation puts before it. */
const bodyLine =
  /(?:^|[\s>|:"'])(?:[A-Za-z0-9+/=]{16,}|[A-Za-z0-9+/]{1,}={1,2}|(?:Proc-Type|DEK-Info|Version|Comment):.*)(?:\\+[nr]|["',;\s])*$/;

/** A line that holds nothing of a key but may stand between its lines. */
const emptyLine = /^[\s>|#*]*$/;

const kind = 'private key';

export function blockSecrets(text: string): Span[] {
  return [...keys(text), ...puttyKeys(text)];
}

function keys(text: string): Span[] {
  const boundaries = [...text.matchAll(boundary)];
  return boundaries.flatMap((one, at): Span[] => {
    const end = one.index + one[0].length;
    const next = boundaries[at + 1];
    if (one[1] === 'BEGIN') {
      const isClosed = next?.[1] === 'END' && next.index - end <= longestKey;
      return [{ start: one.index, end: isClosed ? next.index + next[0].length : bodyEnd(text, end), kind }];
    }
    const before = boundaries[at - 1];
    const from = before === undefined ? 0 : before.index + before[0].length;
    return [{ start: bodyStart(text, from, one.index), end, kind }];
  });
}

/** How far what follows a first line, cut off before its last, looks like a key: from `at`, on its line and the next ones. */
function bodyEnd(text: string, at: number): number {
  // On one line the breaks are written out: \n.
  const run = /(?:[A-Za-z0-9+/=]|\\+[nr])*/y;
  run.lastIndex = at;
  run.test(text);
  let end = run.lastIndex;
  if (/\S/.test(text.slice(end, lineEnd(text, end)))) return end;
  for (let next = lineEnd(text, end); next < text.length; ) {
    const stop = lineEnd(text, next + 1);
    const line = text.slice(next + 1, stop);
    if (bodyLine.test(line) || (stop === text.length && /^[\s>|]*[A-Za-z0-9+/=]+$/.test(line))) end = stop;
    else if (!emptyLine.test(line)) {
      // Its last line, and what follows the text that the key is in.
      const begun = /^[\s>|]*[A-Za-z0-9+/=]{16,}(?=[^\w+/=-])/.exec(line)?.[0].length ?? 0;
      return begun === 0 ? end : next + 1 + begun;
    }
    next = stop;
  }
  return end;
}

/** From where on what precedes a last line at `at` looks like a key, not before `from`. */
function bodyStart(text: string, from: number, at: number): number {
  const own = from + text.slice(from, at).lastIndexOf('\n') + 1;
  const run = runBefore(text.slice(own, at));
  let start = at - run;
  if (run > 0 || own <= from) return start;
  for (let stop = own - 1; stop > from; ) {
    const lineStart = Math.max(text.lastIndexOf('\n', stop - 1) + 1, from);
    const line = text.slice(lineStart, stop);
    if (bodyLine.test(line)) start = lineStart + (/^\s*/.exec(line)?.[0].length ?? 0);
    else if (!emptyLine.test(line)) break;
    stop = lineStart - 1;
  }
  return start;
}

/** How much of the end of a line is base64, its breaks written out. */
function runBefore(line: string): number {
  let start = line.length;
  while (start > 0 && /[A-Za-z0-9+/=\\]/.test(line[start - 1] ?? '')) start--;
  return line.length - start;
}

function lineEnd(text: string, from: number): number {
  const end = text.indexOf('\n', from);
  return end < 0 ? text.length : end;
}

function puttyKeys(text: string): Span[] {
  const lines = /^[ \t]*Private-(?:Lines: *\d{1,4}((?:\r?\n[ \t]*[A-Za-z0-9+/=]{4,})+)|MAC: *([0-9a-f]{20,}))/gm;
  return [...text.matchAll(lines)].map((match) => {
    const secret = (match[1] ?? match[2] ?? '').trimStart();
    const end = match.index + match[0].length;
    return { start: end - secret.length, end, kind };
  });
}
