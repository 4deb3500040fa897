/** A syntax tree as one string: equal for a template and its rendering exactly when rendering changed no structure. */
import { parse, type SyntaxNode } from 'unbash';
import { survey } from './tree.ts';

/** UTF-16 units; longer scripts have no shape. The same cap as the classifier's. */
const longest = 65_536;

/** What of a node says where or how it was written, not what it is. */
const positions = new Set(['pos', 'end', 'source', 'errors', 'body', 'parameterPos', 'parameterEnd', 'operatorEnd']);

/**
 * Describes the kinds and structure of all nodes with their literal texts, except what stands between single quotes.
 * A runbook's value is rendered as one single-quoted word, so template (each placeholder written as `'x'`) and
 * rendering must have the same shape; `'it'\''s'` counts as one quoted text.
 *
 * @returns null when the script has any syntax error, is longer than 65,536 UTF-16 units, or nests too deep to read.
 */
export function treeShape(script: string): string | null {
  if (script.length > longest) return null;
  try {
    const tree = parse(script);
    if (survey(tree).problem !== null) return null;
    // Word parts are lazy accessors that only the tree's own serialisation resolves.
    return JSON.stringify(describe(JSON.parse(JSON.stringify(tree))));
  } catch {
    return null;
  }
}

function describe(value: unknown): unknown {
  if (Array.isArray(value)) return quotedRuns(value).map(describe);
  if (typeof value !== 'object' || value === null) return value;
  const node = value as Record<string, unknown> & { type?: SyntaxNode['type'] };
  if (node.type === 'SingleQuoted') return 'quoted';
  const composed = Object.values(node).some((field) => typeof field === 'object' && field !== null);
  const fields = Object.entries(node).filter(([key, field]) => keeps(key, field, composed));
  return fields.map(([key, field]) => [key, describe(field)]);
}

/** The text of a composed node repeats its children's; a here-document's `body` is a node, an arithmetic one text. */
function keeps(key: string, field: unknown, composed: boolean): boolean {
  if (field === undefined) return false;
  if (key === 'body' && typeof field === 'object') return true;
  if (positions.has(key)) return false;
  return !(composed && typeof field === 'string' && (key === 'text' || key === 'value'));
}

/** Joins `'a'\''b'`, the only way to write a quote inside a single-quoted text, into its first part. */
function quotedRuns(parts: readonly unknown[]): unknown[] {
  return parts.filter((part, index) => index === 0 || !(isQuoted(part) && isQuoted(parts[index - 1])));
}

function isQuoted(part: unknown): boolean {
  const node = part as { type?: string; text?: string };
  return node?.type === 'SingleQuoted' || (node?.type === 'Literal' && node.text === "\\'");
}
