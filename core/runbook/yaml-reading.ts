/** YAML read on past its mistakes: each is found where it was made, mended in its line, and the rest is read again. */
import { type Document, LineCounter, parseDocument, type YAMLError } from 'yaml';

export interface YamlMistake {
  /** Offset in the text, whose lines stay what they are however often one of them is mended. */
  readonly line: number;
  readonly column: number;
  readonly code: string;
  readonly message: string;
}

export interface ReadYaml {
  readonly document: Document;
  /** Of the mended text; lines, from 1, are those of the original. */
  readonly counter: LineCounter;
  readonly text: string;
  readonly mistakes: readonly YamlMistake[];
  /** The line of the first mistake that could not be mended: what follows it is not sure. */
  readonly brokenFrom: number;
}

/** More mistakes than this are no front matter. */
const mostRepairs = 25;

/** Null when the text nests so deep that reading it overflows the stack. */
export function readYaml(original: string): ReadYaml | null {
  if (nestsTooDeep(original)) return null;
  const mistakes: YamlMistake[] = [];
  let text = original;
  for (let repairs = 0; ; repairs++) {
    const counter = new LineCounter();
    const document = parsed(text, counter);
    if (document === null) return null;
    const error = [...document.errors, ...document.warnings].find(({ code }) => code !== 'DUPLICATE_KEY');
    if (error === undefined) return { document, counter, text, mistakes, brokenFrom: Number.POSITIVE_INFINITY };
    const mistake = placed(error, text, counter);
    const known = mistakes.some(({ line }) => line === mistake.line);
    if (!known) mistakes.push(mistake);
    const mended = known || repairs >= mostRepairs ? null : mendedLine(text, mistake);
    if (mended === null) return { document, counter, text, mistakes, brokenFrom: mistake.line };
    text = mended;
  }
}

function parsed(text: string, lineCounter: LineCounter): Document | null {
  try {
    return parseDocument(text, { version: '1.2', schema: 'core', stringKeys: true, lineCounter, prettyErrors: false });
  } catch {
    return null;
  }
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

function placed({ code, message, pos }: YAMLError, text: string, counter: LineCounter): YamlMistake {
  const { line, col } = counter.linePos(Math.min(openingOf(message, text, pos[0]), text.length));
  return { line: Math.max(1, line), column: Math.max(1, col), code, message };
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

/** The text with the mistake's line as its author may have meant it: its value as quoted text, its tabs as spaces. */
function mendedLine(text: string, { line, code }: YamlMistake): string | null {
  const lines = text.split('\n');
  const before = lines[line - 1];
  if (before === undefined) return null;
  const after =
    code === 'TAB_AS_INDENT' ? before.replace(/^[ \t]+/, (indent) => indent.replaceAll('\t', '')) : quoted(before);
  if (after === null || after === before) return null;
  lines[line - 1] = after;
  return lines.join('\n');
}

function quoted(line: string): string | null {
  const [, item = '', key, , value = ''] = /^(\s*(?:- )?)([\w.-]+)(\s*:\s*|\s+)(.*)$/.exec(line) ?? [];
  const text = (words: string) => `'${words.replaceAll("'", '"')}'`;
  if (key !== undefined) return `${item}${key}: ${text(value)}`;
  const [, dash, words = ''] = /^(\s*- )(.*)$/.exec(line) ?? [];
  return dash === undefined ? null : `${dash}${text(words)}`;
}
