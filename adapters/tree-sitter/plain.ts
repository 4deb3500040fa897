/** Reads scripts of one line that hold nothing but words, so that the grammar leaves no choice and no parser is needed. */
import type { SeenCommand } from '../../core/risk/agreement.ts';

/** UTF-16 units: longer ones are the parser's. */
const longest = 1_024;

/** A word without expansions: letters and signs that mean nothing to the shell, and quoted texts that hold no other. */
const word = /(?:[\w./:=@,%+~*?-]|'[^'\n]*'|"[^"\\$`!\n]*")+/y;
const separator = /\|\||&&|\||;/y;
const redirection = /(?:2>&1|[12]?>\/dev\/null)(?=[ |;]|$)/y;
const blanks = / */y;
const program = /^[A-Za-z_/][\w./-]*$/;
const reserved =
  /^(?:if|then|else|elif|fi|do|done|case|esac|while|until|for|select|in|function|time|coproc|declare|typeset|local|let|eval|exec|alias|test)$/;

/** The commands of `a b | c 'd e' && f`; null for everything that is not as plain as that. */
export function plainCommands(text: string): readonly SeenCommand[] | null {
  if (text.length > longest) return null;
  const seen: SeenCommand[] = [];
  let at = 0;
  const take = (pattern: RegExp): string => {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? '';
    at += found.length;
    return found;
  };
  for (let first = true, apart = true; ; ) {
    apart = take(blanks) !== '' || apart;
    if (at === text.length) return first ? null : seen;
    if (!first && take(separator) !== '') {
      first = true;
      apart = true;
      continue;
    }
    // Words and redirections stand apart from each other: `a2>b` and `a"b` are no such lines.
    if (!apart) return null;
    apart = false;
    if (!first && take(redirection) !== '') continue;
    const start = at;
    const found = take(word);
    if (found === '') return null;
    if (!first) continue;
    if (!program.test(found) || reserved.test(found)) return null;
    seen.push({ start, end: at });
    first = false;
  }
}
