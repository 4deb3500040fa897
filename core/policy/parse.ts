/** Reads countersign.yaml: every problem at once, each with its place, its value, what is allowed and how to fix it. */
import { type Document, isCollection, isMap, isScalar, LineCounter, parseDocument, visit } from 'yaml';
import * as z from 'zod';
import { digest } from '../digest.ts';
import { Policy } from './schema.ts';

/** A policy file that is refused. The message has one line per problem: `file:line:column: key.path: value: what it must be`. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
}

interface Problem {
  /** Offset into the text. */
  readonly offset: number;
  readonly text: string;
}

type Path = readonly PropertyKey[];

/** Keys that are refused wherever they stand: the first reads as a way round the approval, the second is no name in a map of names. */
const refusedKey: ReadonlyMap<unknown, string> = new Map([
  ['approval_required', 'mutations always ask; write a standing_approval with owner, reason and expiry'],
  ['__proto__', 'is no name; remove it'],
]);

/** More lines than this tell nothing new. */
const mostProblems = 50;

/**
 * Parses the text of countersign.yaml and fills in all defaults.
 *
 * @param file the name used in messages, such as `countersign.yaml`.
 * @throws PolicyError naming every problem that was found.
 */
export function parsePolicy(text: string, file: string): Policy {
  const lines = new LineCounter();
  const document = readYaml(text, lines, file);
  const unreadable = [...syntaxProblems(document), ...refusedAliases(document)];
  const problems = [...unreadable, ...refusedKeys(document)];
  if (unreadable.length > 0) throw refusal(problems, lines, file);
  const parsed = Policy.safeParse(document.toJS(), { error: unknownKey });
  if (parsed.success && problems.length === 0) return parsed.data;
  const issues = parsed.error?.issues ?? [];
  throw refusal([...problems, ...issues.flatMap((issue) => explain(issue, document))], lines, file);
}

/** SHA-256 of a parsed policy, 64 hexadecimal digits: comments and order of keys do not change it, any value does. */
export function policyDigest(policy: Policy): string {
  return digest('policy/v1', policy);
}

function readYaml(text: string, lineCounter: LineCounter, file: string): Document {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, stringKeys: true });
  } catch (error) {
    throw new PolicyError(`${file}:1:1: is not a YAML file that can be read: ${String(error)}`);
  }
}

function syntaxProblems(document: Document): Problem[] {
  return [...document.errors, ...document.warnings].map(({ pos, message }) => ({ offset: pos[0], text: message }));
}

function refusedKeys(document: Document): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Pair(_, { key }) {
      const why = isScalar(key) ? refusedKey.get(key.value) : undefined;
      if (why) problems.push({ offset: start(key), text: `${key}: ${why}` });
    },
  });
  return problems;
}

/** What is reviewed is what is written: nothing is spelt out elsewhere. */
function refusedAliases(document: Document): Problem[] {
  const problems: Problem[] = [];
  visit(document, {
    Alias(_, alias) {
      problems.push({ offset: start(alias), text: `*${alias.source}: aliases are refused; write the value out` });
    },
  });
  return problems;
}

function explain(issue: z.core.$ZodIssue, document: Document): Problem[] {
  if (issue.code === 'invalid_key')
    return issue.issues.map(({ message }) => describeKey(issue.path, message, document));
  if (issue.code !== 'unrecognized_keys') return [describe(issue.path, issue.message, document)];
  const unknown = issue.keys.filter((key) => !refusedKey.has(key));
  return unknown.map((key) => describeKey([...issue.path, key], issue.message, document));
}

/** For maps of other rooms, which do not list their keys themselves. */
const unknownKey: z.core.$ZodErrorMap = ({ code, inst }) =>
  code === 'unrecognized_keys' && inst instanceof z.ZodObject
    ? `is an unknown key; allowed: ${Object.keys(inst.shape).join(', ')}; correct its spelling or remove it`
    : undefined;

function describeKey(path: Path, message: string, document: Document): Problem {
  const map = find(document, path.slice(0, -1));
  const pair = isMap(map) ? map.items.find(({ key }) => isScalar(key) && key.value === path.at(-1)) : undefined;
  return { offset: start(pair?.key), text: `${written(path)}: ${message}` };
}

function describe(path: Path, message: string, document: Document): Problem {
  const node = find(document, path);
  if (node !== undefined) return { offset: start(node), text: `${written(path)}: ${shown(node)}: ${message}` };
  const parent = find(document, path.slice(0, -1));
  return { offset: start(parent), text: `${written(path)}: is missing: ${message}` };
}

function find(document: Document, path: Path): unknown {
  return path.length === 0 ? document.contents : document.getIn(path, true);
}

function start(node: unknown): number {
  return ((node as { range?: [number, number, number] | null } | undefined)?.range ?? [0])[0];
}

/** `environments.production.accounts[0]`; the whole file is `(file)`. */
function written(path: Path): string {
  const text = path.map((part) => (typeof part === 'number' ? `[${part}]` : `.${String(part)}`)).join('');
  return text.replace(/^\./, '') || '(file)';
}

function shown(node: unknown): string {
  if (isCollection(node)) return isMap(node) ? 'this map' : 'this list';
  const text = JSON.stringify(isScalar(node) ? node.value : node) ?? 'this';
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function refusal(problems: readonly Problem[], lines: LineCounter, file: string): PolicyError {
  const sorted = problems.toSorted((a, b) => a.offset - b.offset);
  const texts = sorted.map(({ offset, text }) => {
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}: ${text}`;
  });
  const lost = texts.length - mostProblems;
  return new PolicyError([...texts.slice(0, mostProblems), ...(lost > 0 ? [`and ${lost} more`] : [])].join('\n'));
}
