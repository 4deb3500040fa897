/** What an author wrote for people: the prose under a step, and a section by its heading. */
import { toString as textOf } from 'mdast-util-to-string';
import type { Block } from './blocks.ts';

/** Blocks as the author wrote them, without the indent of their list; lines that only the editor broke are one. */
export function proseOf(markdown: string, blocks: readonly Block[]): string {
  const texts = blocks.map(({ type, position }) => {
    const source = markdown.slice(position?.start.offset, position?.end.offset);
    const indent = ' '.repeat((position?.start.column ?? 1) - 1);
    const flush = source.replaceAll(`\n${indent}`, '\n');
    return type === 'paragraph' ? flush.replace(/\s*\n\s*/g, ' ') : flush.replace(/([^\n])\n +(?=[^\s*+-])/g, '$1 ');
  });
  return texts.join('\n\n').trim();
}

/** What stands under the heading that fits, until the next heading of its depth or above. */
export function sectionOf(markdown: string, blocks: readonly Block[], title: RegExp): string {
  const at = blocks.findIndex((block) => block.type === 'heading' && title.test(textOf(block)));
  const heading = blocks[at];
  if (heading?.type !== 'heading') return '';
  const rest = blocks.slice(at + 1);
  const end = rest.findIndex((block) => block.type === 'heading' && block.depth <= heading.depth);
  return proseOf(markdown, end < 0 ? rest : rest.slice(0, end));
}
