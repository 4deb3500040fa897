/** Tells whether an awk program only computes and prints: commands, pipes and files count as acting. */

const keywords = /^(?:print|printf|return|in|else|do|delete|case|and|or|exit|getline)$/;

/**
 * Whether a program may choose the exit code that reboots the host (194), run a command (`system`, pipes, `getline`), write a file (`print > f`), load code (`@`), or
 * cannot be read here. Dangerous names count even within strings, so that a misread quote hides nothing.
 */
export function awkActs(program: string): boolean {
  if (/\b(?:system|getline|close|fflush|extension)\b|@|\|&/.test(program)) return true;
  if (/\bexit\b[\s(]*\d{3}/.test(program)) return true;
  const tokens = tokenise(program);
  return tokens === null || tokens.includes('|') || redirects(tokens);
}

const builtin =
  /^(?:length|atan2|cos|exp|int|log|rand|sin|sqrt|srand|gsub|index|match|split|sprintf|sub|substr|tolower|toupper|next|nextfile)$/;

/** Operators and names as they are, `""` for strings, `//` for patterns; null if it cannot be read. */
function tokenise(program: string): string[] | null {
  const tokens: string[] = [];
  /** For each open parenthesis: whether it holds a condition, after which a statement begins. */
  const conditions: boolean[] = [];
  let begins = true;
  let rest = program;
  while (rest !== '') {
    const found = nextToken(rest, begins ? undefined : tokens.at(-1));
    if (found === null) return null;
    const [token, length] = found;
    rest = rest.slice(length);
    if (token === '') continue;
    begins = false;
    if (token === '(') conditions.push(/^(?:if|while|for|switch)$/.test(tokens.at(-1) ?? ''));
    if (token === ')') begins = conditions.pop() ?? true;
    tokens.push(token);
  }
  return tokens;
}

/** @param before the token before, or undefined where a statement begins. */
function nextToken(text: string, before: string | undefined): [string, number] | null {
  const blank = /^(?:[ \t\r]|\\\n|#[^\n]*)+/.exec(text);
  if (blank) return ['', blank[0].length];
  if (text.startsWith('"')) return whole(/^"(?:[^"\\\n]|\\[\s\S])*"/, text, '""');
  if (text.startsWith('/') && !dividesAfter(before))
    return whole(/^\/(?:[^/\\\n[]|\\.|\[\^?\]?(?:\[:\w+:\]|[^\]/\n])*\])+\//, text, '//');
  // Without its parentheses a function of awk's own may be divided, or take a pattern: awks differ.
  if (text.startsWith('/') && builtin.test(before ?? '')) return null;
  const word = /^(?:[A-Za-z_]\w*|\d[\w.]*|\.\d+|\|\||>>|>=|&&|[+-]{2}|[\s\S])/.exec(text)?.[0] ?? '';
  return /^[\\'`]$/.test(word) ? null : [word, word.length];
}

function whole(pattern: RegExp, text: string, token: string): [string, number] | null {
  const found = pattern.exec(text);
  return found ? [token, found[0].length] : null;
}

/** After a value `/` divides; elsewhere it starts a pattern. */
function dividesAfter(token: string | undefined): boolean {
  return (
    token !== undefined &&
    !keywords.test(token) &&
    (/^[\w.)\]]/.test(token) || token === '""' || token === '//' || token === '++' || token === '--')
  );
}

/** `>` at the level of a print statement names a file; within parentheses it compares. */
function redirects(tokens: readonly string[]): boolean {
  let printing = false;
  let depth = 0;
  for (const token of tokens) {
    if (token === 'print' || token === 'printf') {
      printing = true;
      depth = 0;
    } else if (token === '(' || token === '[') depth++;
    else if (token === ')' || token === ']') depth--;
    else if (/^[;}\n]$/.test(token)) printing = false;
    else if (printing && depth <= 0 && (token === '>' || token === '>>')) return true;
  }
  return false;
}
