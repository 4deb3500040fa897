/** Tells whether a sed script only reads and prints: anything outside a small grammar counts as acting. */

/**
 * Whether a script may choose an exit code of three digits (`q194` reboots the host), run a command (`e`), write a file (`w`, `W`), read another (`r`, `R`), or cannot be read here.
 * Where GNU and POSIX sed disagree (a delimiter within brackets), it counts as acting.
 */
export function sedActs(script: string): boolean {
  let rest = script;
  const take = (pattern: RegExp) => {
    const found = pattern.exec(rest);
    if (found) rest = rest.slice(found[0].length);
    return found !== null;
  };
  while (rest !== '') {
    if (take(/^[\s;{}]+/) || take(/^#[^\n]*/)) continue;
    const address = addressEnd(rest);
    if (address > 0) {
      rest = rest.slice(address);
      if (take(/^\s*,\s*/)) {
        const second = addressEnd(rest);
        if (second <= 0) return true;
        rest = rest.slice(second);
      }
      if (!take(/^\s*(?:!\s*)*(?=[^\s])/)) return true;
      if (addressEnd(rest) > 0) return true;
      continue;
    }
    if (take(/^[=dDgGhHnNpPxz]\s*(?=[;}#]|\n|$)/) || take(/^[qQlL]\s*\d{0,2}\s*(?=[;}]|\n|$)/)) continue;
    if (take(/^:[ \t]*[\w.-]+/) || take(/^[btT][ \t]*[\w.-]*\s*(?=[;}]|\n|$)/)) continue;
    if (take(/^[aic](?:[ \t]*\\\n?|[ \t])[^\n]*/)) continue;
    const end = substitutionEnd(rest);
    if (end < 0) return true;
    rest = rest.slice(end);
    if (!take(/^[gpIiM\d]*\s*(?=[;}#]|\n|$)/)) return true;
  }
  return false;
}

/** Length of an address at the start, 0 if there is none, -1 if it cannot be read. */
function addressEnd(text: string): number {
  const plain = /^(?:\d+(?:~\d+)?|\$|[+~]\d+)/.exec(text);
  if (plain) return plain[0].length;
  const custom = /^\\([^\w\s\\])/.exec(text);
  if (!text.startsWith('/') && custom === null) return 0;
  const end = delimited(text, custom ? 2 : 1, custom?.[1] ?? '/');
  return end < 0 ? -1 : end + (/^[IM]*/.exec(text.slice(end))?.[0].length ?? 0);
}

/** Length of `s/…/…/` or `y/…/…/` without its flags, or -1. */
function substitutionEnd(text: string): number {
  const delimiter = /^[sy]([^\w\s\\])/.exec(text)?.[1];
  if (delimiter === undefined) return -1;
  const pattern = delimited(text, 2, delimiter);
  return pattern < 0 ? -1 : unescaped(text, pattern, delimiter);
}

/** The index after the next delimiter that is not escaped; -1 if none, or if a bracket is open there. */
function delimited(text: string, from: number, delimiter: string): number {
  const end = unescaped(text, from, delimiter);
  if (end < 0) return -1;
  const inside = text.slice(from, end - 1).replace(/\\./gs, '');
  return /\[(?!\^?\]?(?:\[[:=.][^\]]*\]|[^\]])*\])/.test(inside) ? -1 : end;
}

function unescaped(text: string, from: number, delimiter: string): number {
  for (let index = from; index < text.length; index++) {
    if (text[index] === '\\') index++;
    else if (text[index] === delimiter) return index + 1;
  }
  return -1;
}
