/** A telling name and its value, in the many ways in which the two are written: `=`, `:`, JSON, YAML, XML, calls, prose. */
import { classOfName, isSecretFor, type NameClass } from './names.ts';
import type { Span } from './span.ts';
import { isMixed, isOrdinary, isRandom, isReference, isSecretish } from './value.ts';

/** Where a telling name may be. What surrounds it decides, in `classOfName`. */
const tellings =
  /pass|p(?:ass)?w[dr\b]|pw(?![a-z])|secret|token|key|cred|auth|bearer|sess|sid(?![a-z])|cookie|jwt|sig(?![a-z]|n[^a]|ht|ma)|signature|hmac|salt|(?<![a-z])pin(?![a-z])|t?otp|seed|mnemonic|phrase|psk|nonce|licen[sc]e|webhook|xsrf|csrf|code(?![a-z])|dsn|bindpw|pat(?![a-z])|assertion|verifier|ticket|encrypt|gossip/gi;

const nameCharacter = /[\w.$-]/;

/** The longest name that is looked at; longer runs are no names. */
const longestName = 80;

/** The longest value that is searched for its end. */
const longestValue = 4096;

/** A name and where it stands. */
interface Name {
  readonly text: string;
  readonly start: number;
  readonly end: number;
  readonly kind: Exclude<NameClass, null>;
}

/** Where a value may begin, and how it is written. */
interface Place {
  readonly at: number;
  /** In prose the value stands among words, so it must not be one. */
  readonly style: 'assigned' | 'option' | 'prose' | 'element' | 'tagged';
}

/** Secrets that their names give away. */
export function pairSecrets(text: string): Span[] {
  const spans: Span[] = [];
  let next = 0;
  for (const match of text.matchAll(tellings)) {
    if (match.index < next) continue;
    const name = nameAt(text, match.index, match[0].length);
    next = name.end;
    if (name.kind === null) continue;
    const span = secretAfter(text, { ...name, kind: name.kind });
    if (span === null) continue;
    spans.push(span);
    next = Math.max(next, span.end);
  }
  return spans;
}

function nameAt(text: string, index: number, length: number): Omit<Name, 'kind'> & { readonly kind: NameClass } {
  let start = index;
  let end = index + length;
  while (start > 0 && index - start <= longestName && nameCharacter.test(text[start - 1] ?? '')) start--;
  while (end < text.length && nameCharacter.test(text[end] ?? '')) end++;
  const run = text.slice(start, Math.min(end, start + 2 * longestName));
  // What is left of a closing full stop is the name; its beginning may be an option's dashes.
  const trimmed = run.replace(/[.-]+$/, '');
  const dashes = /^[-.$]*/.exec(trimmed)?.[0].length ?? 0;
  const name = trimmed.slice(dashes);
  const place = { text: name, start: start + dashes, end: start + trimmed.length };
  // The name of a resource, of which the word is a part.
  if (/\barn:[\w:-]{1,100}:$/.test(text.slice(Math.max(0, place.start - 120), place.start)))
    return { ...place, kind: null };
  if (name.length > longestName || end - start > longestName) return { ...place, end, kind: null };
  const before = /([A-Za-z]+)[ \t](?:[A-Za-z]{1,6}[ \t])?$/.exec(text.slice(Math.max(0, start - 24), start))?.[1];
  return { ...place, kind: classOfName(name, before) };
}

/** What stands between a name and its value. Each ends where the value begins. */
const connectors: readonly (readonly [RegExp, Place['style']])[] = [
  // password = , "password": , ['password'] => , password (again): , $password := , Unseal Key 1:
  [
    /(?:\\*["'`])?[\])]?(?:[ \t]{1,3}(?:#?\d{1,2}|\([\w ,-]{1,30}\)))?[ \t]{0,20}(?:=>|:=|::=?|\?=|\|\||={1,2}|:(?![:/]))(?:[ \t]{0,20}(?:str|string|String|&str|Optional\[str\])[ \t]{0,4}=)?(?:\s{0,12}string\(\d{1,6}\))?[ \t]{0,60}/y,
    'assigned',
  ],
  // <password>, <password type="x">
  [/(?:[ \t][^<>\n]{0,120})?>\s{0,20}(?=[^<]{1,4096}<\/)/y, 'element'],
  // name="password" value="…", {"name": "PASSWORD", "value": "…"}, "password": {"value": "…"}, ParameterKey=Password,ParameterValue=…
  [
    /(?:\\*["'`])?(?:\s{0,4}:\s{0,4}\{|\s{0,4}\}?,)?\s{0,40}-?\s{0,4}(?:\\*["'`])?(?:[a-z]{0,20}Value|value|VALUE|content|text|default)(?:\\*["'`])?\s{0,4}[=:]\s{0,4}/y,
    'assigned',
  ],
  // name="password", of a form in parts.
  [/"\r?\n\r?\n/y, 'assigned'],
  // <key>password</key><string>…</string>, <Password><Value>…</Value>
  [/(?:<\/(?:key|name|string)>|>)\s{0,20}<(?:string|value|data)(?:\s[^<>\n]{0,80})?>\s{0,20}/iy, 'tagged'],
  // define('PASSWORD', '…'), config.set("password", "…"), ["--password", "…"]
  [/\\*["']\s{0,4},\s{0,20}(?=\\*["'])/y, 'assigned'],
  // the password is …, token was …, password set to …
  [/["']?[ \t]+(?:is|was|are|=|to|set[ \t]to|changed[ \t]to|reset[ \t]to|now|will[ \t]be)[ \t:]{1,4}/y, 'prose'],
  // | password | … |, of a table or of psql's \\x
  [/[ \t]{0,80}\|[ \t]{1,80}/y, 'prose'],
  // Client secret    …, in columns.
  [/[ \t]{2,40}(?=[\w+/=-]{16,}(?:\s|$))/y, 'prose'],
  // IDENTIFIED BY, password …, --password …
  [/[ \t]/y, 'prose'],
];

function secretAfter(text: string, name: Name): Span | null {
  for (const [connector, style] of connectors) {
    if (style === 'element' && !/<(?:[\w-]{1,30}:)?$/.test(text.slice(Math.max(0, name.start - 32), name.start)))
      continue;
    connector.lastIndex = name.end;
    if (!connector.test(text)) continue;
    const gap = text.slice(name.end, connector.lastIndex);
    const isOption = style === 'prose' && /[-/]/.test(text[name.start - 1] ?? '') && /^[ \t]$/.test(gap);
    const span = secretAt(text, name, { at: connector.lastIndex, style: isOption ? 'option' : style });
    if (span !== null) return span;
  }
  return null;
}

function secretAt(text: string, name: Name, place: Place): Span | null {
  const at = place.style === 'assigned' ? continued(text, name, place.at) : place.at;
  const found =
    quoted(text, at) ??
    (place.style === 'element' || place.style === 'tagged' ? untilTag(text, at) : bare(text, at, name, place.style));
  const value = text.slice(found.start, found.end);
  // A call of code, not a value.
  if (!found.isQuoted && text[found.end] === '(' && /^[A-Za-z_][\w.]*$/.test(value)) return null;
  if (value === '' || !isSecret(name, value, place, found.isQuoted)) return null;
  return { start: found.start, end: found.isQuoted ? found.end : runEnd(text, found.end), kind: kindOf(name) };
}

/** What continues a value that is longer than what was looked at. */
function runEnd(text: string, end: number): number {
  if (!/[\w+/=-]/.test(text[end - 1] ?? '')) return end;
  const run = /[\w+/=-]*/y;
  run.lastIndex = end;
  run.test(text);
  return run.lastIndex;
}

function kindOf({ text }: Name): string {
  if (/pass|pwd|pw$/i.test(text)) return 'password';
  if (/token/i.test(text)) return 'token';
  if (/sess|cookie|sid$/i.test(text)) return 'session';
  return /key/i.test(text) ? 'key' : 'secret';
}

interface Found {
  readonly start: number;
  readonly end: number;
  readonly isQuoted: boolean;
}

/** Where the value of `name:` or `name=\` is that continues on the next line, further in than the name's own line. */
function continued(text: string, name: Name, at: number): number {
  const rest = /(?:[|>][+-]?[ \t]*|\\)?\r?\n([ \t]*)/y;
  rest.lastIndex = at;
  const match = rest.exec(text);
  if (!match) return at;
  const lineStart = text.lastIndexOf('\n', name.start) + 1;
  const indent = /^[ \t]*/.exec(text.slice(lineStart, name.start))?.[0].length ?? 0;
  const isDeeper = (match[1]?.length ?? 0) > indent || match[0].startsWith('\\');
  const line = /[^\n]*/y;
  line.lastIndex = rest.lastIndex;
  const next = line.exec(text)?.[0].trimEnd() ?? '';
  // One scalar and nothing else; what holds `name:` is a mapping.
  return isDeeper && /^["']?[^\s:{}[\]"']+["'}\]),;\\]*(?:&.*)?$|^["'][^"']*["']["'}\]),;]*(?:&.*)?$/.test(next)
    ? rest.lastIndex
    : at;
}

/** The text between the quotes at this place, to the end of the line where they are not closed. */
function quoted(text: string, at: number): Found | null {
  const opening = /(?:[bruBRU]{0,2})(\\*(?:"""|'''|["'`]))/y;
  opening.lastIndex = at;
  const quote = opening.exec(text)?.[1];
  if (quote === undefined) return null;
  const start = opening.lastIndex;
  const line = /[^\n]*/.exec(text.slice(start, start + longestValue))?.[0] ?? '';
  for (let from = 0; ; ) {
    const end = line.indexOf(quote, from);
    if (end < 0) return { start, end: start + line.trimEnd().length, isQuoted: true };
    if (line[end - 1] !== '\\') return { start, end: start + end, isQuoted: true };
    from = end + 1;
  }
}

function untilTag(text: string, at: number): Found {
  const content = /[^<\n]{1,4096}/y;
  content.lastIndex = at;
  const end = at + (content.exec(text)?.[0].length ?? 0);
  return { start: at, end: trimmedEnd(text, at, end), isQuoted: true };
}

function trimmedEnd(text: string, start: number, end: number): number {
  let last = end;
  while (last > start && /\s/.test(text[last - 1] ?? '')) last--;
  return last;
}

/** Names whose values are several words. */
const ofWords = /phrase|mnemonic/i;

/** A value without quotes: up to a blank or a sign that ends it, and further where what follows the sign still belongs to it. */
function bare(text: string, at: number, name: Name, style: Place['style']): Found {
  if (ofWords.test(name.text) && style === 'assigned') {
    const words = /[^\r\n"',;{}<>]{1,400}/y;
    words.lastIndex = at;
    return { start: at, end: trimmedEnd(text, at, at + (words.exec(text)?.[0].length ?? 0)), isQuoted: false };
  }
  const scheme = /(?:bearer|basic|token|digest|apikey|negotiate)[ \t]{1,4}(?=\S)/iy;
  scheme.lastIndex = at;
  const start = scheme.test(text) && style === 'assigned' ? scheme.lastIndex : at;
  const run = /(?:(?!\\[nrt])[^\s"'`,;&|<>(){}[\]\0]){1,2048}/y;
  let end = start;
  for (;;) {
    run.lastIndex = end;
    if (!run.test(text)) break;
    end = run.lastIndex;
    // A sign in the middle of a password, unless another pair begins behind it.
    const more = /[,;&|<>(){}[\]](?=[\w!@#$%^*][^\s"'`=:]{0,300}(?:\s|$))/y;
    more.lastIndex = end;
    if (style !== 'assigned' || end - start > longestValue || !more.test(text)) break;
    end = more.lastIndex;
  }
  return {
    start,
    end: end - (/[.:!?]*$/.exec(text.slice(Math.max(start, end - 4), end))?.[0].length ?? 0),
    isQuoted: false,
  };
}

/** Directives of configuration files and SQL, whose value follows after a blank. */
const directive =
  /^(?:requirepass|masterauth|sentinel_pass|bindpw|rootpw|psk|sshpass|storepass|keypass|srcstorepass|deststorepass)$/i;

function isSecret(name: Name, value: string, { style }: Place, isQuoted: boolean): boolean {
  // The quote that closes a text, and what follows it.
  if (isQuoted && /^\s/.test(value)) return false;
  if (style === 'assigned' || style === 'element' || style === 'tagged')
    return isSecretFor(name.kind, name.text, value);
  if (isReference(value) || isOrdinary(value)) return false;
  if (directive.test(name.text)) return true;
  // A place holder of a help text: --password PASSWORD.
  if (style === 'option')
    return !value.startsWith('-') && !/^[A-Z_]+$/.test(value) && isSecretFor(name.kind, name.text, value);
  if (name.kind === 'weak') return false;
  if (isQuoted) return isSecretish(value) && !/\s/.test(value);
  return (
    isRandom(value, 8) ||
    isMixed(value, 8) ||
    (name.kind === 'strong' && isSecretish(value) && /^[A-Z_]+$/.test(name.text) === false)
  );
}
