/** Foreign Markdown in, a runbook of ours out, with a list of all that was dropped or guessed. No command is invented. */
import { toString as textOf } from 'mdast-util-to-string';
import { stringify } from 'yaml';
import { type Block, blocksOf, type Code, placeOf } from '../runbook/blocks.ts';
import { maximumTitleLength } from '../runbook/limits.ts';
import { proseOf } from '../runbook/prose.ts';
import { readText } from '../runbook/text.ts';
import { importFront } from './front.ts';
import { type Made, scriptOf } from './script.ts';

/** One thing that a person has to look at. */
export interface Note {
  /** Line of the foreign file, from 1; 0 where it is about the whole. */
  readonly line: number;
  readonly text: string;
}

export interface Imported {
  readonly runbook: string;
  readonly notes: readonly Note[];
}

interface ImportedStep {
  readonly title: string;
  readonly prose: string[];
  readonly fences: string[];
}

interface Reader {
  readonly markdown: string;
  readonly notes: Note[];
  readonly parameters: Map<string, string>;
  readonly intro: string[];
  readonly steps: ImportedStep[];
  /** The heading above, as a title, and how often it was used. */
  heading: { readonly text: string; used: number };
  /** Prose that waits for a step to belong to. */
  waiting: { readonly text: string; readonly isTitle: boolean }[];
}

/**
 * Converts a foreign runbook. `name` is its file's name, from which the id is made.
 */
export function importRunbook(original: string, name: string): Imported {
  const { text } = readText(original);
  const front = importFront(text, name);
  const reader: Reader = {
    markdown: front.body,
    notes: [...front.notes],
    parameters: new Map(),
    intro: [],
    steps: [],
    heading: { text: '', used: 0 },
    waiting: [],
  };
  const blocks = blocksOf(front.body) ?? [];
  const [first] = blocks;
  const title =
    front.title ??
    (first?.type === 'heading' && first.depth === 1
      ? plainTitle(textOf(first))
      : plainTitle(name.replace(/\.[^.]*$/, '')));
  for (const block of blocks)
    if (!(block === first && block.type === 'heading' && block.depth === 1)) readBlock(reader, block);
  flush(reader);
  if (reader.steps.length === 0)
    reader.notes.push({ line: 0, text: 'no command was found: write the steps as numbered items' });
  const parameters = Object.fromEntries(
    [...reader.parameters].map(([key, written]) => [
      key,
      { type: 'string', description: `was ${written}`, from: `tag:${key}` },
    ]),
  );
  const head = { ...front.keys(title), ...(reader.parameters.size > 0 ? { parameters } : {}) };
  const yaml = stringify(head, { lineWidth: 0, flowCollectionPadding: false });
  const intro = reader.intro.length > 0 ? `${reader.intro.join('\n\n')}\n\n` : '';
  return {
    runbook: `---\n${yaml}---\n\n# ${title}\n\n${intro}${reader.steps.map(writeStep).join('\n')}`,
    notes: reader.notes.sort((a, b) => a.line - b.line),
  };
}

function readBlock(reader: Reader, block: Block): void {
  if (block.type === 'heading') {
    flush(reader);
    reader.heading = { text: plainTitle(textOf(block)), used: 0 };
  } else if (block.type === 'code') readCode(reader, block, null);
  else if (block.type === 'list') readList(reader, block);
  else if (block.type === 'thematicBreak' || block.type === 'html') {
    if (block.type === 'html') note(reader, block, 'HTML was dropped');
  } else {
    const text = proseOf(reader.markdown, [block]);
    reader.waiting.push({
      text,
      isTitle: block.type === 'paragraph' && text.length <= maximumTitleLength && /[:：]\s*(?:\*\*)?$/.test(text),
    });
  }
}

/** A block of code is a step: named by the item, the line before it that ends with a colon, or the heading. */
function readCode(reader: Reader, code: Code, title: string | null): void {
  const made = scriptOf(code);
  for (const text of made.notes) note(reader, code, text);
  for (const [name, written] of made.parameters) {
    reader.parameters.set(name, written);
    note(
      reader,
      code,
      `${written} became the parameter ${name}, whose value comes from the alarm's tag ${name}: say where it really comes from`,
    );
  }
  const before = reader.waiting.at(-1);
  const own = title ?? (before?.isTitle ? plainTitle(before.text) : null);
  if (own !== null && before?.isTitle && title === null) reader.waiting.pop();
  const named = own ?? headed(reader);
  const last = reader.steps.at(-1);
  if (made.language === 'text' && last !== undefined && title === null) {
    last.fences.push(fenceOf(made));
    return;
  }
  reader.steps.push({ title: named, prose: reader.waiting.splice(0).map(({ text }) => text), fences: [fenceOf(made)] });
}

function headed({ heading, steps }: Reader): string {
  heading.used += 1;
  const text = heading.text === '' ? `Step ${steps.length + 1}` : heading.text;
  return heading.used === 1 ? text : `${text}, part ${heading.used}`;
}

/** Numbered items are steps, and so are bullets with code; other bullets are prose. */
function readList(reader: Reader, list: Extract<Block, { type: 'list' }>): void {
  const hasCode = (block: Block): boolean =>
    block.type === 'code' || ('children' in block && (block.children as Block[]).some(hasCode));
  const inline = (block: Block): boolean =>
    block.type === 'paragraph' && block.children.some((child) => child.type === 'inlineCode' && /\s/.test(child.value));
  const numbered = list.ordered === true;
  if (!numbered && !list.children.some((item) => hasCode(item))) {
    reader.waiting.push({ text: proseOf(reader.markdown, [list]), isTitle: false });
    for (const item of list.children)
      if (item.children.some(inline))
        note(reader, item, 'a command stands in the prose of a bullet: it was left there, and does not run');
    return;
  }
  for (const item of list.children) {
    const [first, ...rest] = item.children;
    const title = first?.type === 'paragraph' ? plainTitle(textOf(first)) : headed(reader);
    const codes = item.children.flatMap((child) => codesOf(child as Block));
    const prose = rest.filter((child) => codesOf(child as Block).length === 0);
    if (codes.length === 0) {
      flush(reader);
      reader.steps.push({
        title,
        prose: prose.map((child) => proseOf(reader.markdown, [child as Block])),
        fences: inlineFences(reader, item.children),
      });
      continue;
    }
    reader.waiting.push(
      ...prose.map((child) => ({ text: proseOf(reader.markdown, [child as Block]), isTitle: false })),
    );
    for (const [index, code] of codes.entries())
      readCode(reader, code, index === 0 ? title : `${title}, part ${index + 1}`);
  }
}

function codesOf(block: Block): Code[] {
  if (block.type === 'code') return [block];
  return 'children' in block ? (block.children as Block[]).flatMap(codesOf) : [];
}

/** The one command that an item shows in its line, if it shows exactly one. */
function inlineFences(reader: Reader, blocks: readonly Block[]): string[] {
  const spans = blocks
    .flatMap((block) => (block.type === 'paragraph' ? block.children : []))
    .filter((child) => child.type === 'inlineCode');
  const commands = spans.filter(({ value }) => /^(?:sudo )?[a-z][\w.-]*\s/.test(value));
  const [only] = commands;
  if (commands.length > 1)
    note(
      reader,
      commands[0] ?? blocks[0],
      'several commands stand in the prose of this item: they were left there, and do not run',
    );
  if (only === undefined || commands.length > 1) return [];
  note(reader, only, `the command \`${only.value}\` stood in the line: it became the step's script`);
  const code = { type: 'code', lang: 'bash', value: only.value, position: only.position } as Code;
  const made = scriptOf(code);
  for (const text of made.notes) note(reader, only, text);
  for (const [name, written] of made.parameters) reader.parameters.set(name, written);
  return [fenceOf(made)];
}

function note(reader: Reader, node: Parameters<typeof placeOf>[0] | undefined, text: string): void {
  reader.notes.push({ line: node ? placeOf(node).line : 0, text });
}

/** Prose after the last step belongs to it, before the first to the whole. */
function flush(reader: Reader): void {
  const texts = reader.waiting.splice(0).map(({ text }) => text);
  const last = reader.steps.at(-1);
  const heading =
    reader.heading.text !== '' && reader.heading.used === 0 && texts.length > 0 ? [`**${reader.heading.text}**`] : [];
  if (last === undefined) reader.intro.push(...heading, ...texts);
  else last.prose.push(...heading, ...texts);
}

function fenceOf({ language, script }: Made): string {
  const marks = /^\s*```/m.test(script) ? '~~~~' : '```';
  return `${marks}${language}\n${script}\n${marks}`;
}

function writeStep({ title, prose, fences }: ImportedStep, index: number): string {
  const indent = ' '.repeat(String(index + 1).length + 2);
  // A command under a step comes first: what is said of it stands before the next one.
  const parts = [...prose, ...fences].map((part) => part.replace(/^(?=.)/gm, indent));
  return `${[`${index + 1}. ${title}`, ...parts].join('\n\n')}\n`;
}

/** One line, without the numbers, emoji and marks with which headings are dressed. */
function plainTitle(text: string): string {
  const plain = text
    .replace(/\p{Extended_Pictographic}|\ufe0f|\u200d|\u20e3/gu, '')
    .replace(/\s+/g, ' ')
    .replace(/^[\s*#>-]*(?:step\s*)?\d{1,2}\s*[.:)–—-]\s*/i, '')
    .replace(/[\s*:：]+$/, '')
    .replace(/[<>]/g, '')
    .trim();
  return (plain === '' ? 'Step' : plain).slice(0, maximumTitleLength);
}
