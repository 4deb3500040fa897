/** Splits SQL into statements of tokens; anything that two servers could read differently is refused, not guessed. */

/** Which server's grammar a text is read by. SQLite, ClickHouse and Cassandra read their queries by PostgreSQL's. */
export type Dialect = 'postgresql' | 'mysql';

export interface SqlToken {
  /** `quoted` is an identifier in quotes; `text` is lower case for words, without quotes for the other kinds. */
  readonly kind: 'word' | 'quoted' | 'string' | 'number' | 'symbol';
  readonly text: string;
  /** UTF-16 offsets into the SQL text. */
  readonly start: number;
  readonly end: number;
}

export interface SqlStatement {
  readonly tokens: readonly SqlToken[];
  readonly text: string;
}

/**
 * Splits at `;` and at the clients' terminators (`\G`, `\gx`). Null for what is not read at all: comments (MySQL runs
 * what stands in `/*!…`), backslashes (escapes depend on server settings), dollar quotes, psql variables, and whatever
 * does not end.
 */
export function sqlStatements(text: string, dialect: Dialect): readonly SqlStatement[] | null {
  const statements: SqlStatement[] = [];
  let tokens: SqlToken[] = [];
  const close = (end: number) => {
    const [first] = tokens;
    if (first) statements.push({ tokens, text: text.slice(first.start, end) });
    tokens = [];
  };
  for (let at = 0; at < text.length; ) {
    const blank = /^\s+/.exec(text.slice(at, at + 200));
    if (blank) {
      at += blank[0].length;
      continue;
    }
    const terminator = terminatorAt(text, at, dialect);
    if (terminator > 0) {
      close(at);
      at += terminator;
      continue;
    }
    const token = tokenAt(text, at, dialect);
    if (token === null) return null;
    tokens.push(token);
    at = token.end;
  }
  close(text.length);
  return statements;
}

function terminatorAt(text: string, at: number, dialect: Dialect): number {
  const form = dialect === 'mysql' ? /^(?:;|\\[gG](?=\s|;|$))/ : /^(?:;|\\gx?(?=\s*$))/;
  return form.exec(text.slice(at, at + 50))?.[0].length ?? 0;
}

const quotes: Readonly<Record<Dialect, Readonly<Record<string, 'string' | 'quoted'>>>> = {
  postgresql: { "'": 'string', '"': 'quoted' },
  mysql: { "'": 'string', '"': 'string', '`': 'quoted' },
};

function tokenAt(text: string, at: number, dialect: Dialect): SqlToken | null {
  const rest = text.slice(at);
  if (/^(?:--|\/\*|\\|\$)/.test(rest) || (dialect === 'mysql' && rest.startsWith('#'))) return null;
  if (dialect === 'postgresql' && /^:(?![:=])["'{A-Za-z_]/.test(rest) && text[at - 1] !== ':') return null;
  const kind = quotes[dialect][rest[0] ?? ''];
  if (kind !== undefined) return quotedAt(text, at, kind);
  const word = /^[A-Za-z_][\w$]*/.exec(rest);
  if (word) return token('word', word[0].toLowerCase(), at, word[0].length);
  const number = /^(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?/.exec(rest);
  if (number) return token('number', number[0], at, number[0].length);
  const symbol = /^(?:::|<>|[<>!:]=|\|\||->>?|#>>?|@@|[-+*/%=<>!~^&|#@?.,:()[\]])/.exec(rest);
  return symbol ? token('symbol', symbol[0], at, symbol[0].length) : null;
}

/** Doubled quotes stand for one; a backslash inside may or may not escape the quote, so there must be none. */
function quotedAt(text: string, at: number, kind: 'string' | 'quoted'): SqlToken | null {
  const quote = text[at] ?? '';
  for (let end = at + 1; end < text.length; end++) {
    if (text[end] === '\\') return null;
    if (text[end] !== quote) continue;
    if (text[end + 1] !== quote) {
      const inside = text.slice(at + 1, end).replaceAll(quote + quote, quote);
      return { kind, text: inside, start: at, end: end + 1 };
    }
    end++;
  }
  return null;
}

function token(kind: SqlToken['kind'], text: string, at: number, length: number): SqlToken {
  return { kind, text, start: at, end: at + length };
}
