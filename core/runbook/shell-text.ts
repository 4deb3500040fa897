/** What each character of a script is to the shell, told even where the script is broken and no parser can. */

/** `code`, `s`ingle-quoted, `d`ouble-quoted, `#` comment, `h`ere-document. */
export type Role = 'c' | 's' | 'd' | '#' | 'h';

interface Scan {
  readonly text: string;
  readonly roles: Role[];
  at: number;
  /** Here-documents whose bodies begin on the next line. */
  pending: { readonly end: string; readonly tabs: boolean }[];
}

/** One role per UTF-16 unit. Command substitutions inside double quotes count as quoted. */
export function rolesOf(text: string): readonly Role[] {
  const scan: Scan = { text, roles: new Array<Role>(text.length).fill('c'), at: 0, pending: [] };
  while (scan.at < text.length) step(scan);
  return scan.roles;
}

function step(scan: Scan): void {
  const { text, at } = scan;
  const character = text[at];
  if (character === '\\') scan.at += 2;
  else if (character === "'") quoted(scan, 's', /'/g);
  else if (character === '"') quoted(scan, 'd', /(?<!\\)(?:\\\\)*"/g);
  else if (character === '#' && /^$|[\s;&|(]/.test(text[at - 1] ?? '')) mark(scan, '#', lineEnd(text, at));
  else if (character === '\n') hereDocuments(scan);
  else if (text.startsWith('<<', at) && text[at + 2] !== '<' && text[at - 1] !== '<') hereDocument(scan);
  else scan.at++;
}

function mark(scan: Scan, role: Role, end: number): void {
  scan.roles.fill(role, scan.at, end);
  scan.at = end;
}

function quoted(scan: Scan, role: Role, closing: RegExp): void {
  closing.lastIndex = scan.at + 1;
  const match = closing.exec(scan.text);
  mark(scan, role, match ? match.index + match[0].length : scan.text.length);
}

function hereDocument(scan: Scan): void {
  const match = /^<<(-?)[ \t]*(["'\\]?)([^\s"'\\;&|<>()]+)\2/.exec(scan.text.slice(scan.at, scan.at + 200));
  if (match) scan.pending.push({ end: match[3] ?? '', tabs: match[1] === '-' });
  scan.at += match ? match[0].length : 2;
}

function hereDocuments(scan: Scan): void {
  scan.at++;
  for (const { end, tabs } of scan.pending.splice(0)) {
    while (scan.at < scan.text.length) {
      const stop = lineEnd(scan.text, scan.at);
      const line = scan.text.slice(scan.at, stop);
      mark(scan, 'h', Math.min(stop + 1, scan.text.length));
      if ((tabs ? line.replace(/^\t+/, '') : line) === end) break;
    }
  }
}

function lineEnd(text: string, at: number): number {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
}
