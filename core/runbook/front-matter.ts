/** A runbook's front matter: strict YAML between two `---` lines, every finding with its place, and whatever of it can be read. */
import {
  type Document,
  isAlias,
  isCollection,
  isMap,
  isNode,
  isPair,
  isScalar,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import { readKeys } from './front-matter-findings.ts';
import { FrontMatter, ParameterEntry } from './front-matter-schema.ts';
import type { Finding, Place } from './problem.ts';

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
  const read = readYaml(lines.slice(begin + 1, end).join('\n'), begin + 1);
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

function readYaml(text: string, linesBefore: number): Omit<ReadFrontMatter, 'body'> {
  const counter = new LineCounter();
  const placeAt = (offset: number): Place => {
    const { line, col } = counter.linePos(Math.min(offset, text.length));
    return { line: Math.max(1, line) + linesBefore, column: Math.max(1, col) };
  };
  const document = nestsTooDeep(text) ? null : readDocument(text, counter);
  if (document === null) {
    const message = 'the front matter nests too deep to be read';
    return {
      ...nothing,
      findings: [{ rule: 'yaml-syntax', line: linesBefore + 1, column: 1, message, fix: 'write it flat' }],
    };
  }
  const syntax = syntaxFindings(document, text, placeAt);
  const broken = syntax.filter(({ rule }) => rule === 'yaml-syntax');
  keepNumbersAsWritten(document);
  const value: unknown = document.toJS({ maxAliasCount: -1 }) ?? {};
  const placeOf: ReadFrontMatter['placeOf'] = (path, part = 'key') => placeAt(offsetOf(document.contents, path, part));
  const keys = readKeys(value, placeOf);
  const findings = [...syntax, ...keys.findings.filter((finding) => counts(finding, syntax, broken))];
  return {
    value: findings.length > 0 ? null : keys.value,
    partial: partOf(value),
    declared: declaredNames(document, broken.length > 0 ? text : ''),
    findings,
    placeOf,
    has: (path) => document.hasIn(path),
  };
}

/** Brackets within brackets, deeper than any front matter has reason to. */
function nestsTooDeep(text: string): boolean {
  let depth = 0;
  let deepest = 0;
  for (const bracket of text.match(/[[\]{}]/g) ?? []) {
    depth += '[{'.includes(bracket) ? 1 : -1;
    deepest = Math.max(deepest, depth);
  }
  return deepest > 50;
}

/** Null when the text nests so deep that reading it overflows the stack. */
function readDocument(text: string, lineCounter: LineCounter): Document | null {
  try {
    return parseDocument(text, { version: '1.2', schema: 'core', stringKeys: true, lineCounter, prettyErrors: false });
  } catch {
    return null;
  }
}

function syntaxFindings(document: Document, text: string, placeAt: (offset: number) => Place): Finding[] {
  const seen = new Set<string>();
  const findings = [...document.errors, ...document.warnings].map(({ code, message, pos }): Finding => {
    const place = placeAt(openingOf(message, text, pos[0]));
    if (code === 'DUPLICATE_KEY') {
      const key = /^[^:\n]*/.exec(text.slice(pos[0]))?.[0].trim() ?? '';
      return {
        rule: 'duplicate-key',
        ...place,
        message: `the front matter repeats ${key}: ${message}`,
        fix: 'keep one',
      };
    }
    return { rule: 'yaml-syntax', ...place, message: `the front matter is not YAML: ${message}`, fix: cureOf(code) };
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
  // One slip of the pen makes several errors of the parser: the first tells.
  return findings.filter(({ rule, line, column }) => {
    const once = rule === 'yaml-syntax' ? rule : `${rule}:${line}:${column}`;
    return !seen.has(once) && seen.add(once);
  });
}

/** An error about what is never closed is found where the next thing begins; it stands where it was opened. */
function openingOf(message: string, text: string, offset: number): number {
  const marks = /quote/i.test(message) ? /["']/ : /Flow (?:sequence|map)/.test(message) ? /[[{]/ : null;
  if (marks === null) return offset;
  const lines = text.slice(0, offset).split('\n');
  for (let row = lines.length - 1; row >= 0; row--) {
    const column = (lines[row] ?? '').search(marks);
    if (column >= 0) return lines.slice(0, row).join('\n').length + (row > 0 ? 1 : 0) + column;
  }
  return offset;
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

/** What is wrong with a key, unless the YAML around it is broken: then only what stands before the break is sure. */
function counts(finding: Finding, syntax: readonly Finding[], broken: readonly Finding[]): boolean {
  if (syntax.some(({ line }) => line === finding.line)) return false;
  return broken.every(({ line }) => finding.line < line) && (broken.length === 0 || finding.rule !== 'missing-key');
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
