/** A runbook's front matter: strict YAML between two `---` lines, every finding with its place, and whatever of it can be read. */
import { type Document, isAlias, isCollection, isMap, isNode, isPair, isScalar, visit } from 'yaml';
import { readKeys } from './front-matter-findings.ts';
import { FrontMatter, ParameterEntry } from './front-matter-schema.ts';
import type { Finding, Place } from './problem.ts';
import { readYaml } from './yaml-reading.ts';

type Path = readonly PropertyKey[];

export interface ReadFrontMatter {
  /** Null unless all of it is right. */
  readonly value: FrontMatter | null;
  /** Each top-level key that is right by itself. */
  readonly partial: Partial<FrontMatter>;
  /** Names that stand under `parameters`, right or wrong; null when the file does not tell. */
  readonly declared: ReadonlySet<string> | null;
  readonly findings: readonly Finding[];
  /** Where the key, or the value, at a path such as `['parameters', 'log_dir', 'default']` stands, or its nearest parent's. */
  readonly placeOf: (path: Path, part?: 'key' | 'value') => Place;
  /** Whether the file has this path. */
  readonly has: (path: Path) => boolean;
  /** The file with the front matter blanked out, so that line numbers stay. */
  readonly body: string;
}

/** Reads what stands between the first line `---` and the next one. Never throws. */
export function readFrontMatter(markdown: string): ReadFrontMatter {
  const lines = markdown.split('\n');
  const { begin, end, bodyFrom, findings } = boundsOf(lines);
  if (begin === null) return { ...nothing, findings, body: markdown };
  const body = lines.map((line, index) => (index < bodyFrom ? '' : line)).join('\n');
  const read = readKeysOf(lines.slice(begin + 1, end).join('\n'), begin + 1);
  return { ...read, findings: [...findings, ...read.findings], body };
}

const nothing: Omit<ReadFrontMatter, 'findings' | 'body'> = {
  value: null,
  partial: {},
  declared: null,
  placeOf: () => ({ line: 1, column: 1 }),
  has: () => false,
};

interface Bounds {
  /** Lines, from 0, of the two marks. */
  readonly begin: number | null;
  readonly end: number;
  readonly bodyFrom: number;
  readonly findings: Finding[];
}

/** Without a second mark the YAML ends where Markdown seems to begin. */
function boundsOf(lines: readonly string[]): Bounds {
  const first = lines.findIndex((line) => line.trim() !== '');
  const mark = lines[first]?.trimEnd();
  if (mark !== '---') return { begin: null, end: 0, bodyFrom: 0, findings: [noFrontMatter(1)] };
  const findings = first === 0 ? [] : [noFrontMatter(first + 1)];
  const end = lines.findIndex((line, index) => index > first && line.trimEnd() === '---');
  const body = lines.findIndex((line, index) => index > first && isMarkdown(line, lines[index - 1] ?? ''));
  const stop = body < 0 ? lines.length : body;
  if (end >= 0 && (end < stop || !hasFence(lines.slice(first, end))))
    return { begin: first, end, bodyFrom: end + 1, findings };
  const unclosed: Finding = {
    rule: 'front-matter-unclosed',
    line: first + 1,
    column: 1,
    message: 'the front matter that begins here never ends',
    fix: 'put a line "---" after its last key, before the Markdown',
  };
  return { begin: first, end: stop, bodyFrom: stop, findings: [...findings, unclosed] };
}

function isMarkdown(line: string, before: string): boolean {
  return /^(?:#{1,6} |\d+[.)] |`{3}|~{3})/.test(line) && (before.trim() === '' || !line.startsWith('#'));
}

function hasFence(lines: readonly string[]): boolean {
  return lines.some((line) => /^\s*(?:`{3}|~{3})/.test(line));
}

function noFrontMatter(line: number): Finding {
  const place = { rule: 'no-front-matter', line, column: 1 } as const;
  return line === 1
    ? {
        ...place,
        message: 'the file has no front matter',
        fix: 'begin it with a line "---", then YAML (id, title, owner, severity, match), then a line "---"',
      }
    : { ...place, message: 'the front matter does not begin on the first line', fix: 'remove what stands before it' };
}

function readKeysOf(text: string, linesBefore: number): Omit<ReadFrontMatter, 'body'> {
  const read = readYaml(text);
  if (read === null) {
    const message = 'the front matter nests too deep to be read';
    return {
      ...nothing,
      findings: [{ rule: 'yaml-syntax', line: linesBefore + 1, column: 1, message, fix: 'write it flat' }],
    };
  }
  const { document, counter, mistakes } = read;
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(Math.min(offset, read.text.length));
    return { line: Math.max(1, line) + linesBefore, column: Math.max(1, col) };
  };
  const syntax = [
    ...mistakes.map(({ line, column, code, message }): Finding => {
      const place = { line: line + linesBefore, column };
      return { rule: 'yaml-syntax', ...place, message: `the front matter is not YAML: ${message}`, fix: cureOf(code) };
    }),
    ...refused(document, read.text, placeAt),
  ];
  keepNumbersAsWritten(document);
  const value: unknown = document.toJS({ maxAliasCount: -1 }) ?? {};
  const placeOf: ReadFrontMatter['placeOf'] = (path, part = 'key') => placeAt(offsetOf(document.contents, path, part));
  const keys = readKeys(value, placeOf);
  const brokenFrom = read.brokenFrom + linesBefore;
  const findings = [...syntax, ...keys.findings.filter((finding) => counts(finding, syntax, brokenFrom))];
  return {
    value: findings.length > 0 ? null : keys.value,
    partial: partOf(value),
    declared: declaredNames(document, brokenFrom < Number.POSITIVE_INFINITY ? text : ''),
    findings,
    placeOf,
    has: (path) => document.hasIn(path),
  };
}

/** Keys that stand twice, aliases, and keys that are no words; what is refused is taken out of the document. */
function refused(document: Document, text: string, placeAt: (offset: number) => Place): Finding[] {
  const findings = document.errors
    .filter(({ code }) => code === 'DUPLICATE_KEY')
    .map(({ message, pos }): Finding => {
      const key = /^[^:\n]*/.exec(text.slice(pos[0]))?.[0].trim() ?? '';
      const what = `the front matter repeats ${key}: ${message}`;
      return { rule: 'duplicate-key', ...placeAt(pos[0]), message: what, fix: 'keep one' };
    });
  visit(document, {
    Alias: (_key, alias) => {
      const place = placeAt(alias.range?.[0] ?? 0);
      const message = `the alias *${alias.source} is not allowed`;
      findings.push({ rule: 'yaml-alias', ...place, message, fix: 'write the value out' });
      return undefined;
    },
    Pair: (_key, { key }) => (isScalar(key) ? undefined : visit.REMOVE),
  });
  withoutAliases(document);
  return findings;
}

/** So that nothing is spelt out, however often it is named: a bomb is a list of empty values. */
function withoutAliases(document: Document): void {
  visit(document, { Alias: () => document.createNode('') });
}

const cures: Readonly<Record<string, string>> = {
  TAB_AS_INDENT: 'indent with spaces',
  BAD_INDENT: 'indent all keys of one map alike',
  MISSING_CHAR: 'close the quote or bracket, and put a space after each ":"',
  UNEXPECTED_TOKEN: 'put text with : # { } [ ] & * ! | > % @ or ` in single quotes',
  BAD_ALIAS: 'put text that begins with * or & in single quotes',
  BLOCK_AS_IMPLICIT_KEY: 'put text with ": " in it in single quotes',
  MULTILINE_IMPLICIT_KEY: 'write each key as "key: value", with a space after the colon',
};

function cureOf(code: string): string {
  return cures[code] ?? 'correct it, or put the text in single quotes';
}

/** `1.10` is `1.10`: a default or an allowed value is the text that stands there. */
function keepNumbersAsWritten(document: Document): void {
  const parameters: unknown = document.get('parameters');
  if (!isMap(parameters)) return;
  for (const { value: entry } of parameters.items) {
    if (!isMap(entry)) continue;
    const values: unknown = entry.get('values', true);
    const scalars = [entry.get('default', true), ...(isNode(values) && 'items' in values ? values.items : [])];
    for (const scalar of scalars)
      if (isScalar(scalar) && typeof scalar.value === 'number' && scalar.source) scalar.value = scalar.source;
  }
}

/** What is wrong with a key, unless its line is broken anyway, or what stands before it could not be read. */
function counts({ line, rule }: Finding, syntax: readonly Finding[], brokenFrom: number): boolean {
  if (syntax.some((mistake) => mistake.line === line && rule !== 'missing-key')) return false;
  return line < brokenFrom && !(rule === 'missing-key' && brokenFrom < Number.POSITIVE_INFINITY);
}

function partOf(value: unknown): Partial<FrontMatter> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return {};
  const given = value as Record<string, unknown>;
  const part: Record<string, unknown> = {};
  for (const [key, schema] of Object.entries(FrontMatter.shape)) {
    const parsed = schema.safeParse(given[key]);
    if (parsed.success) part[key] = parsed.data;
  }
  if (part.parameters === undefined) part.parameters = parametersOf(given.parameters);
  return part as Partial<FrontMatter>;
}

function parametersOf(value: unknown): Record<string, ParameterEntry> {
  if (typeof value !== 'object' || value === null) return {};
  const parsed = Object.entries(value).map(([name, entry]) => [name, ParameterEntry.safeParse(entry)] as const);
  return Object.fromEntries(parsed.flatMap(([name, { data }]) => (data ? [[name, data]] : [])));
}

/** Of broken YAML every word before a colon counts, so that no placeholder is called undeclared by mistake. */
function declaredNames(document: Document, text: string): Set<string> {
  const parameters: unknown = document.get('parameters');
  const names = isMap(parameters) ? parameters.items.map(({ key }) => String(key)) : [];
  return new Set([...names, ...[...text.matchAll(/^\s+([a-z][a-z0-9_]*)\s*:/gm)].map((match) => match[1] ?? '')]);
}

/** The offset of the key or value at the path, or of the innermost node on the way to it. */
function offsetOf(contents: unknown, path: Path, part: 'key' | 'value'): number {
  let node: unknown = contents;
  let offset = isNode(contents) ? (contents.range?.[0] ?? 0) : 0;
  path.forEach((name, depth) => {
    const items: unknown = (node as { items?: unknown } | null | undefined)?.items;
    const next: unknown = !Array.isArray(items)
      ? undefined
      : typeof name === 'number'
        ? items[name]
        : items.find((item) => isPair(item) && String(item.key) === name);
    const valued = depth === path.length - 1 && part === 'value' && isPair(next) && !isBlock(next.value);
    const own = !isPair(next) ? next : valued ? next.value : next.key;
    if (next !== undefined && isNode(own) && !isAlias(own)) offset = own.range?.[0] ?? offset;
    node = isPair(next) ? next.value : next;
  });
  return offset;
}

/** A map or list below its key: the key is where people look for it. Nothing at all is at its key too. */
function isBlock(value: unknown): boolean {
  return !isNode(value) || (isCollection(value) && value.flow !== true) || (isScalar(value) && value.source === '');
}
