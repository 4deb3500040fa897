/** A runbook's front matter: strict YAML between two `---` lines, every finding with its line. */
import { type Document, isAlias, isNode, isPair, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type * as z from 'zod';
import { FrontMatter } from './front-matter-schema.ts';
import { type Problem, shown } from './problem.ts';

export interface ReadFrontMatter {
  readonly value: FrontMatter | null;
  readonly problems: readonly Problem[];
  /** 1-based line of what stands at a path such as `['parameters', 'log_dir', 'default']`, or of its nearest parent. */
  readonly lineOf: (path: readonly PropertyKey[]) => number;
  /** The file with the front matter blanked out, so that line numbers stay. */
  readonly body: string;
}

/** Reads what stands between the first line `---` and the next one. Never throws. */
export function readFrontMatter(markdown: string, file: string): ReadFrontMatter {
  const lines = markdown.split('\n');
  const end = lines[0] === '---' ? lines.indexOf('---', 1) : -1;
  if (end < 0) return { ...nothing(markdown), problems: [{ file, line: 1, text: unopened }] };
  const blanked = lines.map((line, index) => (index <= end ? '' : line)).join('\n');
  return { ...readYaml(lines.slice(1, end).join('\n'), file), body: blanked };
}

const unopened =
  'the file has no front matter; begin it with a line "---", then YAML (id, title, owner, severity, match), then a line "---"';

function nothing(body: string) {
  return { value: null, lineOf: () => 1, body };
}

function readYaml(text: string, file: string): Omit<ReadFrontMatter, 'body'> {
  const counter = new LineCounter();
  // The YAML starts on the file's second line.
  const lineAt = (offset: number) => counter.linePos(offset).line + 1;
  const document = readDocument(text, counter);
  if (document === null)
    return { ...unread, problems: [{ file, line: 2, text: 'the front matter nests too deep to be read' }] };
  const problems: Problem[] = [...document.errors, ...document.warnings].map((error) => ({
    file,
    line: lineAt(error.pos[0]),
    text: `the front matter is not YAML: ${error.message}`,
  }));
  visit(document, {
    Alias: (_key, alias) => {
      problems.push({
        file,
        line: lineAt(alias.range?.[0] ?? 0),
        text: `the alias *${alias.source} is not allowed; write the value out`,
      });
    },
  });
  const lineOf = (path: readonly PropertyKey[]) => lineAt(offsetOf(document.contents, path));
  if (problems.length > 0) return { value: null, problems, lineOf };
  const value: unknown = document.toJS();
  const parsed = FrontMatter.safeParse(value ?? {});
  if (parsed.success) return { value: parsed.data, problems, lineOf };
  return {
    value: null,
    problems: parsed.error.issues.flatMap((issue) => findings(issue, value, lineOf, file)),
    lineOf,
  };
}

const unread = { value: null, lineOf: () => 1 };

/** Null when the text nests so deep that reading it overflows the stack. */
function readDocument(text: string, lineCounter: LineCounter): Document | null {
  try {
    return parseDocument(text, { version: '1.2', schema: 'core', stringKeys: true, lineCounter, prettyErrors: false });
  } catch {
    return null;
  }
}

function findings(issue: z.core.$ZodIssue, value: unknown, lineOf: ReadFrontMatter['lineOf'], file: string): Problem[] {
  const isMatch = issue.code === 'invalid_union' && issue.path.length === 1 && issue.path[0] === 'match';
  if (isMatch) return ofMatch(issue, value, lineOf, file);
  const keys = issue.code === 'unrecognized_keys' ? issue.keys : [null];
  return keys.map((key) => {
    const path = key === null ? issue.path : [...issue.path, key];
    const wrong = path.reduce<unknown>((at, part) => (at as Record<PropertyKey, unknown> | undefined)?.[part], value);
    const is = key !== null ? '' : wrong === undefined ? 'is missing: ' : `is ${shown(wrong)}: `;
    return { file, line: lineOf(path), text: `${path.join('.') || 'the front matter'} ${is}${issue.message}` };
  });
}

/** `match` is one map or a list of them: what is said of the form that it has. */
function ofMatch(
  issue: z.core.$ZodIssueInvalidUnion,
  value: unknown,
  lineOf: ReadFrontMatter['lineOf'],
  file: string,
): Problem[] {
  const isList = Array.isArray((value as { match?: unknown }).match);
  const inner = issue.errors[isList ? 1 : 0] ?? [];
  return inner.flatMap((one) => findings({ ...one, path: [...issue.path, ...one.path] }, value, lineOf, file));
}

/** The offset of the key at the path, or of the innermost node on the way to it. */
function offsetOf(contents: Node | null, path: readonly PropertyKey[]): number {
  let node: unknown = contents;
  let offset = contents?.range?.[0] ?? 0;
  for (const part of path) {
    const items: unknown = (node as { items?: unknown } | null)?.items;
    if (!Array.isArray(items)) break;
    const next: unknown =
      typeof part === 'number' ? items[part] : items.find((item) => isPair(item) && String(item.key) === part);
    if (next === undefined) break;
    const key = isPair(next) ? next.key : next;
    if (isNode(key) && !isAlias(key)) offset = key.range?.[0] ?? offset;
    node = isPair(next) ? next.value : next;
  }
  return offset;
}
