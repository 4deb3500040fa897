/** The Markdown of a runbook as a tree of blocks, each with its place in the file, and what HTML hides of it. */
import { fromMarkdown } from 'mdast-util-from-markdown';
import type { Finding, Place } from './problem.ts';

type Root = ReturnType<typeof fromMarkdown>;
export type Block = Root['children'][number];
export type Item = Extract<Block, { type: 'list' }>['children'][number];
export type Code = Extract<Block, { type: 'code' }>;
export type Heading = Extract<Block, { type: 'heading' }>;

/** Null when it nests so deep that reading it overflows the stack: every other text is Markdown. */
export function blocksOf(markdown: string): Block[] | null {
  try {
    return fromMarkdown(markdown).children;
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return null;
  }
}

/** All code blocks in a block, at any depth, the block itself included. */
export function codesIn(block: Block): Code[] {
  if (block.type === 'code') return [block];
  return 'children' in block ? (block.children as Block[]).flatMap(codesIn) : [];
}

export function placeOf(node: { position?: { start: Place } | undefined }): Place {
  return { line: node.position?.start.line ?? 1, column: node.position?.start.column ?? 1 };
}

export function lastLineOf(node: { position?: { end: { line: number } } | undefined }): number {
  return node.position?.end.line ?? 1;
}

/** The run of backticks or tildes that opens a fence, as it is written; undefined for an indented block. */
export function marksOf(code: Code, markdown: string): string | undefined {
  const source = markdown.slice(code.position?.start.offset, code.position?.end.offset);
  return /^\s*(`{3,}|~{3,})/.exec(source)?.[1];
}

export function isClosed(code: Code, marks: string, markdown: string): boolean {
  const source = markdown.slice(code.position?.start.offset, code.position?.end.offset);
  const last = (source.split('\n').slice(1).at(-1) ?? '').replace(/^[\s>]*/, '').trimEnd();
  return last.length >= marks.length && last === marks.charAt(0).repeat(last.length);
}

export interface HiddenByHtml {
  readonly findings: readonly Finding[];
  /** Numbered items that are hidden in all. */
  readonly items: number;
  /** Code that an empty line freed from the HTML around it: its step is hidden, which is told already. */
  readonly freed: ReadonlySet<Code>;
}

/** Each HTML block with a fence or a numbered item in it. */
export function hiddenByHtml(blocks: readonly Block[]): HiddenByHtml {
  let items = 0;
  const freed = new Set<Code>();
  const findings = blocks.flatMap(htmlIn).flatMap((node): Finding[] => {
    const numbered = node.value.match(/^[ \t]*\d+[.)][ \t]/gm)?.length ?? 0;
    if (numbered === 0 && !/^[ \t]*(?:`{3}|~{3})|<pre\b/m.test(node.value)) return [];
    items += numbered;
    const comment = node.value.startsWith('<!--');
    const what = comment ? 'this HTML comment' : 'this HTML block';
    const message = `${what} hides steps or code: what stands in it never runs`;
    const fix = comment
      ? 'end the comment with "-->" before them, or delete them'
      : 'leave an empty line after the opening tag, or remove the HTML';
    const at = blocks.indexOf(node);
    for (const code of at < 0 ? [] : codesAfter(blocks.slice(at + 1))) freed.add(code);
    return [{ rule: 'html-hides', ...placeOf(node), message, fix }];
  });
  return { findings, items, freed };
}

function codesAfter(blocks: readonly Block[]): Code[] {
  const end = blocks.findIndex(({ type }) => type === 'html' || type === 'list' || type === 'heading');
  return (end < 0 ? blocks : blocks.slice(0, end)).flatMap(codesIn);
}

function htmlIn(block: Block): Extract<Block, { type: 'html' }>[] {
  if (block.type === 'html') return [block];
  return 'children' in block && block.type !== 'paragraph' ? (block.children as Block[]).flatMap(htmlIn) : [];
}
