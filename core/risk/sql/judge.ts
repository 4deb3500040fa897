/** Judges SQL statements: its own reading of the words and a real parser must both see nothing but a query. */

import type { RiskFlag, RiskLevel } from '../../words.ts';
import { personalName } from '../personal.ts';
import { beforeParenthesis, functionRisk } from './functions.ts';
import { parserOf } from './parsers.ts';
import { type Dialect, type SqlStatement, type SqlToken, sqlStatements } from './tokens.ts';

export interface SqlFinding {
  /** Part of a stable rule name, such as `delete` or `function`. */
  readonly rule: string;
  readonly does: string;
  readonly level: RiskLevel;
  readonly flag?: RiskFlag;
}

/** Longer texts are not judged: the parser's time grows faster than the text. */
const longestSql = 8_000;

/** All findings of a text of statements; an empty list means that it only reads. Never throws. */
export function judgeSql(text: string, dialect: Dialect): readonly SqlFinding[] {
  if (text.length > longestSql) return [{ rule: 'length', does: 'is too long to be judged', level: 'destructive' }];
  const statements = sqlStatements(text, dialect);
  if (statements === null)
    return [{ rule: 'syntax', does: 'has comments, escapes or quotes that are not read', level: 'destructive' }];
  return statements.flatMap((statement) => judgeStatement(statement, dialect));
}

/** Statements by their first word, where it alone tells. Those that are missing here and below are destructive. */
const changing: Readonly<Record<string, readonly [RiskLevel, string]>> = {
  insert: ['modifying', 'adds rows'],
  analyze: ['modifying', 'renews statistics'],
  analyse: ['modifying', 'renews statistics'],
  vacuum: ['modifying', 'cleans up tables'],
  reindex: ['modifying', 'rebuilds indexes'],
  checkpoint: ['modifying', 'writes a checkpoint'],
  optimize: ['modifying', 'rebuilds tables'],
  refresh: ['modifying', 'renews a view'],
  comment: ['modifying', 'changes a comment'],
  listen: ['modifying', 'waits for messages'],
  notify: ['modifying', 'sends a message'],
  lock: ['modifying', 'locks tables'],
  unlock: ['modifying', 'unlocks tables'],
  create: ['modifying', 'creates something'],
};

const sessionSettings =
  /^(?:statement_timeout|lock_timeout|idle_in_transaction_session_timeout|application_name|timezone|time_zone|names|work_mem|max_execution_time|wait_timeout|lock_wait_timeout|innodb_lock_wait_timeout|max_statement_time|enable_\w+|client_encoding|client_min_messages|transaction|datestyle)$/;

function judgeStatement(statement: SqlStatement, dialect: Dialect): SqlFinding[] {
  const { tokens } = statement;
  const first = tokens[0]?.kind === 'word' ? tokens[0].text : tokens[0]?.text === '(' ? 'select' : '';
  switch (first) {
    case 'select':
    case 'with':
    case 'table':
      return judgeQuery(statement, dialect);
    case 'explain':
    case 'describe':
    case 'desc':
      return judgeExplain(statement, dialect);
    case 'show':
      return judgeShow(tokens);
    case 'use':
      return tokens.length === 2 ? [] : [unknown(first)];
    case 'begin':
    case 'commit':
    case 'rollback':
    case 'end':
      return plainWords(tokens) && !has(tokens, 'prepared') ? [] : [unknown(first)];
    case 'start':
      return judgeStart(tokens);
    case 'set':
      return judgeSet(tokens);
    case 'pragma':
      return judgePragma(tokens);
    case 'kill':
      return has(tokens, 'query')
        ? [{ rule: 'kill', does: 'cancels a query', level: 'modifying' }]
        : [{ rule: 'kill', does: 'ends a session', level: 'destructive' }];
    default:
      return [...judgeChange(first, tokens), ...judgeWords(tokens)];
  }
}

/** `START TRANSACTION` and its words change nothing; replicas and groups are started too. */
function judgeStart(tokens: readonly SqlToken[]): SqlFinding[] {
  const [, what] = tokens;
  if (what?.text.toLowerCase() === 'transaction' && plainWords(tokens) && !has(tokens, 'prepared')) return [];
  if (/^(?:slave|replica|group_replication|all)$/i.test(what?.text ?? ''))
    return [{ rule: 'start', does: 'starts replication', level: 'modifying' }];
  return [unknown('start')];
}

function unknown(first: string): SqlFinding {
  return {
    rule: first || 'syntax',
    does: `deletes, overwrites or cannot be understood: ${first}`,
    level: 'destructive',
  };
}

/** Creating what runs later, or what replaces, is more than adding a table. */
function judgeChange(first: string, tokens: readonly SqlToken[]): SqlFinding[] {
  const entry = Object.hasOwn(changing, first) ? changing[first] : undefined;
  if (entry === undefined) return [unknown(first)];
  const runs =
    /^(?:or|function|procedure|trigger|event|rule|extension|role|user|server|subscription|language|aggregate|operator|cast|definer|loadable|replace|duplicate|conflict|overwrite|full|as|select)$/;
  const more =
    tokens.some((token) => token.kind === 'word' && runs.test(token.text)) ||
    has(tokens, 'set') ||
    has(tokens, 'drop') ||
    (first === 'vacuum' && has(tokens, 'into'));
  return [{ rule: first, does: entry[1], level: more ? 'destructive' : entry[0] }];
}

/** Findings of words and functions, wherever they stand. Strings are no words. */
function judgeWords(tokens: readonly SqlToken[]): SqlFinding[] {
  const found: SqlFinding[] = [];
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' && token.kind !== 'quoted') continue;
    const name = token.text.toLowerCase();
    const calls = tokens[index + 1]?.text === '(' && tokens[index + 1]?.kind === 'symbol';
    if (calls) found.push(...judgeCall(tokens, index, name, token.kind));
    if (isRowsOfPeople(tokens, index))
      found.push({ rule: 'rows', does: `shows whole rows of ${name}`, level: 'read_only', flag: 'sensitive_read' });
    if (secretNames.test(name) || isServers(tokens, index))
      found.push({ rule: 'secret', does: `shows secrets: ${name}`, level: 'read_only', flag: 'sensitive_read' });
  }
  return found;
}

const secretNames =
  /^(?:pg_shadow|pg_authid|pg_user_mappings?|pg_largeobject|pg_subscription|rolpassword|passwd|subconninfo|umoptions|authentication_string|mysql_native_password|(?:\w+_)?(?:password|passwords|passphrase|secret|secrets|api_?keys?|access_keys?|secret_keys?|private_keys?|token|tokens|credentials?|password_hash|password_digest|encrypted_password|ssn|cvv|credit_card|card_number)|global_priv|slave_master_info|primary_conninfo|salted_hash|system_auth)$/;

/** `SELECT * FROM users`, `TABLE sessions`: whole rows; a count, or columns that are named, are none. */
function isRowsOfPeople(tokens: readonly SqlToken[], index: number): boolean {
  const from = tokens[index - 1]?.text === '.' ? tokens[index - 3] : tokens[index - 1];
  const schema = tokens[index - 1]?.text === '.' ? (tokens[index - 2]?.text.toLowerCase() ?? '') : '';
  if (!/^(?:from|join|table|,)$/i.test(from?.text ?? '') || !personalName.test(tokens[index]?.text ?? '')) return false;
  if (/^(?:information_schema|pg_catalog|performance_schema|sys|system)$/.test(schema)) return false;
  const whole = (token: SqlToken, at: number) =>
    token.kind === 'symbol' && token.text === '*' && tokens[at - 1]?.text !== '(';
  return from?.text.toLowerCase() === 'table' || tokens.some(whole);
}

/** `mysql.servers` keeps the passwords of federated tables. */
function isServers(tokens: readonly SqlToken[], index: number): boolean {
  return (
    tokens[index]?.text.toLowerCase() === 'servers' &&
    tokens[index - 1]?.text === '.' &&
    tokens[index - 2]?.text.toLowerCase() === 'mysql'
  );
}

function judgeCall(tokens: readonly SqlToken[], index: number, name: string, kind: SqlToken['kind']): SqlFinding[] {
  if (kind === 'word' && beforeParenthesis.has(name)) return [];
  const qualified = tokens[index - 1]?.text === '.';
  const schema = qualified ? (tokens[index - 2]?.text.toLowerCase() ?? '') : '';
  if (qualified && !/^(?:pg_catalog|sys|information_schema)$/.test(schema))
    return [{ rule: 'function', does: `calls a function of its own: ${schema}.${name}`, level: 'destructive' }];
  if (isColumnList(tokens, index)) return [];
  const risk = functionRisk(name);
  return risk
    ? [
        {
          rule: 'function',
          does: `${risk.does}: ${name}()`,
          level: risk.level,
          ...(risk.flag ? { flag: risk.flag } : {}),
        },
      ]
    : [];
}

/** `WITH name (a, b) AS (`: a list of columns, no call. */
function isColumnList(tokens: readonly SqlToken[], index: number): boolean {
  if (!['with', 'recursive', ','].includes(tokens[index - 1]?.text ?? '')) return false;
  const close = tokens.findIndex((token, at) => at > index && token.text === ')');
  const inside = tokens.slice(index + 2, close);
  if (close < 0 || inside.some((token) => token.kind === 'symbol' && token.text !== ',')) return false;
  return tokens[close + 1]?.text === 'as' && tokens[close + 2]?.text === '(';
}

/** Words that make a query write, run or reach out. `insert(` and `replace(` are functions on strings. */
const writingWords =
  /^(?:into|insert|update|delete|merge|truncate|drop|alter|create|grant|revoke|call|do|copy|execute|exec|prepare|deallocate|load|outfile|dumpfile|infile|handler|replace|lock|share|nextval|next|previous|procedure|import|refresh|attach|detach|settings)$/;

function judgeQuery(statement: SqlStatement, dialect: Dialect): SqlFinding[] {
  const { tokens } = statement;
  const found = judgeWords(tokens);
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'word' || !writingWords.test(token.text) || tokens[index - 1]?.text === '.') continue;
    if (tokens[index + 1]?.text === '(' && /^(?:replace|insert)$/.test(token.text)) continue;
    const locks = /^(?:update|share)$/.test(token.text) && /^(?:for|key)$/.test(tokens[index - 1]?.text ?? '');
    found.push(
      locks
        ? { rule: 'lock', does: 'locks rows', level: 'modifying' }
        : { rule: token.text, does: `is more than a query: ${token.text.toUpperCase()}`, level: 'destructive' },
    );
  }
  if (found.some((finding) => finding.level === 'destructive')) return found;
  if (selectsUsers(tokens))
    found.push({ rule: 'secret', does: 'shows password hashes', level: 'read_only', flag: 'sensitive_read' });
  const doubt = parserDoubts(statement, dialect);
  return doubt === null ? found : [...found, doubt];
}

/** `SELECT * FROM mysql.user` shows the hashes without naming them. */
function selectsUsers(tokens: readonly SqlToken[]): boolean {
  const table = tokens.some(
    (token, at) =>
      token.text.toLowerCase() === 'user' &&
      tokens[at - 1]?.text === '.' &&
      tokens[at - 2]?.text.toLowerCase() === 'mysql',
  );
  return table && tokens.some((token, at) => token.text === '*' && tokens[at - 1]?.text !== '(');
}

/** The second reader: null when the parser too sees one SELECT and nothing that writes. */
function parserDoubts(statement: SqlStatement, dialect: Dialect): SqlFinding | null {
  const doubt: SqlFinding = { rule: 'syntax', does: 'cannot be read as a query', level: 'destructive' };
  try {
    const parsed: unknown = parserOf(dialect).astify(parseable(statement));
    const trees = Array.isArray(parsed) ? parsed : [parsed];
    return trees.length === 1 && isSelect(trees[0]) && !writes(trees[0]) ? null : doubt;
  } catch {
    return doubt;
  }
}

/** The same query in words that the parser knows: `TABLE x` is a SELECT, `IS DISTINCT FROM` is a comparison. */
function parseable(statement: SqlStatement): string {
  const { tokens, text } = statement;
  const origin = tokens[0]?.start ?? 0;
  let result = '';
  let at = 0;
  for (let index = 0; index < tokens.length; index++) {
    const token = tokens[index] as SqlToken;
    if (token.kind !== 'word') continue;
    const [replaced, count] = rewording(tokens, index);
    if (count === 0) continue;
    result += text.slice(at, token.start - origin) + replaced;
    at = (tokens[index + count - 1] as SqlToken).end - origin;
    index += count - 1;
  }
  return result + text.slice(at);
}

function rewording(tokens: readonly SqlToken[], index: number): [string, number] {
  const words = tokens.slice(index, index + 4).map((token) => (token.kind === 'word' ? token.text : ''));
  if (words[0] === 'table') return [index === 0 ? 'SELECT * FROM' : 'tbl', 1];
  if (words.join(' ') === 'is not distinct from') return ['=', 4];
  if (words.slice(0, 3).join(' ') === 'is distinct from') return ['=', 3];
  if (/^(?:session_user|current_user|current_role)$/.test(words[0] ?? '') && tokens[index + 1]?.text !== '(')
    return ['1', 1];
  if (/^(?:current_)?user$/.test(words[0] ?? '') && tokens[index + 1]?.text === '(') return ['version', 1];
  if (words[0] === 'final' || words[0] === 'prewhere') return [words[0] === 'final' ? '' : 'WHERE', 1];
  return ['', 0];
}

function isSelect(tree: unknown): boolean {
  return typeof tree === 'object' && tree !== null && 'type' in tree && tree.type === 'select';
}

const writingTypes =
  /^(?:insert|update|delete|replace|drop|create|alter|truncate|merge|call|into|grant|execute|use|rename|lock)$/i;

/** Whether any node below writes: `type` says so, or an `into` with a keyword. */
function writes(tree: unknown): boolean {
  if (Array.isArray(tree)) return tree.some(writes);
  if (typeof tree !== 'object' || tree === null) return false;
  if ('type' in tree && typeof tree.type === 'string' && writingTypes.test(tree.type)) return true;
  return Object.values(tree).some(writes);
}

/** What follows EXPLAIN is planned, and run only with ANALYZE. */
function judgeExplain(statement: SqlStatement, dialect: Dialect): SqlFinding[] {
  const { tokens } = statement;
  const start = tokens.findIndex(
    (token) =>
      token.kind === 'word' &&
      /^(?:select|with|insert|update|delete|replace|merge|table|execute|create|declare)$/.test(token.text),
  );
  if (start < 0) return describes(tokens) ? [] : [unknown('explain')];
  const head = tokens.slice(1, start);
  const known =
    /^(?:analyze|analyse|verbose|extended|partitions|format|json|tree|traditional|text|yaml|xml|buffers|costs|settings|timing|wal|summary|on|off|true|false|query|plan|pipeline|syntax|ast|estimate|generic_plan|memory|serialize|none|=|\(|\)|,|0|1)$/;
  if (!head.every((token) => known.test(token.text))) return [unknown('explain')];
  const first = tokens[start] as SqlToken;
  const inner = {
    tokens: tokens.slice(start),
    text: statement.text.slice(first.start - (tokens[0] as SqlToken).start),
  };
  if (/^(?:select|with|table)$/.test(first.text)) {
    // A plan shows no rows.
    return judgeQuery(inner, dialect).filter((finding) => finding.rule !== 'rows');
  }
  const runs = head.some((token) => /^analy[sz]e$/.test(token.text));
  if (runs || /^(?:execute|create|declare)$/.test(first.text)) return judgeStatement(inner, dialect);
  return judgeWords(inner.tokens);
}

/** `DESCRIBE table [column]`, `EXPLAIN FOR CONNECTION 5`. */
function describes(tokens: readonly SqlToken[]): boolean {
  const rest = tokens.slice(1).map((token) => token.text);
  if (/^for connection \d+$/.test(rest.join(' ').replace(/^format = \w+ /, ''))) return true;
  return (
    rest.length > 0 &&
    rest.length <= 5 &&
    tokens.slice(1).every((token) => token.kind === 'word' || token.kind === 'quoted' || token.text === '.')
  );
}

/** SHOW only shows; secrets are flagged. A condition may call functions. */
function judgeShow(tokens: readonly SqlToken[]): SqlFinding[] {
  const found = judgeWords(tokens);
  if (has(tokens, 'into') || has(tokens, 'select')) found.push(unknown('show'));
  // MariaDB shows the hash among the grants.
  if ((has(tokens, 'create') && has(tokens, 'user')) || has(tokens, 'grants'))
    found.push({ rule: 'secret', does: 'shows password hashes', level: 'read_only', flag: 'sensitive_read' });
  // Among all settings is the connection of a replica, with its password.
  if (tokens.length === 2 && has(tokens, 'all'))
    found.push({ rule: 'secret', does: 'shows all settings', level: 'read_only', flag: 'sensitive_read' });
  return found;
}

/** Settings of this session that only limit or format; any other may change the server or what names mean. */
function judgeSet(tokens: readonly SqlToken[]): SqlFinding[] {
  const rest = tokens.slice(1).filter((token) => !/^(?:session|local|@@|\.)$/.test(token.text));
  const name = rest[0]?.text.toLowerCase() ?? '';
  const simple = rest.slice(1).every((token) => !/^[(@,]$|^@@$/.test(token.text) || token.kind === 'string');
  if (sessionSettings.test(name) && simple && !has(tokens, 'global') && !has(tokens, 'write')) return [];
  if (has(tokens, 'role') || has(tokens, 'authorization') || has(tokens, 'password')) return [unknown('set')];
  return [{ rule: 'set', does: `changes a setting: ${name}`, level: 'modifying' }, ...judgeWords(tokens)];
}

/** SQLite's PRAGMA with a name that only reports, and no value to set. */
function judgePragma(tokens: readonly SqlToken[]): SqlFinding[] {
  const reports =
    /^(?:table_info|table_xinfo|table_list|index_list|index_info|index_xinfo|foreign_key_list|foreign_key_check|integrity_check|quick_check|database_list|compile_options|page_count|page_size|freelist_count|collation_list|function_list|pragma_list|data_version)$/;
  const value =
    /^(?:journal_mode|user_version|schema_version|encoding|cache_size|auto_vacuum|synchronous|wal_autocheckpoint|busy_timeout|foreign_keys)$/;
  const name = tokens[1]?.text ?? '';
  const set = tokens.some((token) => token.text === '=');
  if (!set && (reports.test(name) || (value.test(name) && tokens.length === 2))) return [];
  return [{ rule: 'pragma', does: `changes a setting: ${name}`, level: 'destructive' }];
}

function has(tokens: readonly SqlToken[], word: string): boolean {
  return tokens.some((token) => token.kind === 'word' && token.text === word);
}

function plainWords(tokens: readonly SqlToken[]): boolean {
  return tokens.every((token) => token.kind === 'word' || token.text === ',') && !judgeWords(tokens).length;
}
