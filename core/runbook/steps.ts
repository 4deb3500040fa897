/** The steps of a runbook: its numbered list items, and the fences indented under them. */
import { fromMarkdown } from 'mdast-util-from-markdown';
import { toString as textOf } from 'mdast-util-to-string';
import { treeShape } from '../risk/shape.ts';
import { companions, type Fence, illustrationLanguage, readFence, type ScriptKind, shellLanguages } from './fence.ts';
import { defaultTimeoutSeconds, maximumScriptLength, maximumSteps, maximumTitleLength } from './limits.ts';
import { placeholderProblems, sample } from './placeholder.ts';
import { type Problem, shown } from './problem.ts';
import type { ScriptTemplate, Step } from './runbook.ts';

type Root = ReturnType<typeof fromMarkdown>;
type Block = Root['children'][number];
type Item = Extract<Block, { type: 'list' }>['children'][number];
type Code = Extract<Block, { type: 'code' }>;

/** Collects problems with their lines while the document is read. */
interface Reader {
  readonly markdown: string;
  readonly declared: ReadonlySet<string>;
  readonly report: (line: number, text: string) => void;
}

/** Reads the steps of a Markdown body whose front matter is blanked out. Never throws; problems come with the steps. */
export function readSteps(
  markdown: string,
  file: string,
  declared: ReadonlySet<string>,
): { readonly steps: Step[]; readonly ifAlarmStays: string; readonly problems: Problem[] } {
  const problems: Problem[] = [];
  const reader: Reader = { markdown, declared, report: (line, text) => void problems.push({ file, line, text }) };
  const steps: Step[] = [];
  const blocks = blocksOf(reader);
  for (const block of blocks) {
    if (block.type !== 'list' || block.ordered !== true) {
      for (const code of codesIn(block)) reportStray(reader, code, 'stands outside the numbered steps');
      continue;
    }
    if (block.start !== steps.length + 1)
      reader.report(
        lineOf(block),
        `this list begins with ${block.start}, but its first item is step ${steps.length + 1}; number it so, or use bullets where no steps are meant`,
      );
    for (const item of block.children) steps.push(readStep(reader, item, steps.length + 1));
  }
  if (steps.length === 0)
    reader.report(
      1,
      'the file has no steps; write each as a numbered list item ("1. …") with its fence indented under it',
    );
  if (steps.length > maximumSteps)
    reader.report(
      steps[maximumSteps]?.line ?? 1,
      `the file has ${steps.length} steps; at most ${maximumSteps} are allowed; split the runbook`,
    );
  return { steps, ifAlarmStays: sectionOf(reader, blocks, /^if the alarm stays\b/i), problems };
}

function blocksOf({ markdown, report }: Reader): Block[] {
  try {
    return fromMarkdown(markdown).children;
  } catch (error) {
    // Only a stack that overflows: every text is Markdown.
    if (!(error instanceof RangeError)) throw error;
    report(1, 'the file nests lists or quotes too deep to be read; write it flat');
    return [];
  }
}

function readStep(reader: Reader, item: Item, number: number): Step {
  const direct = item.children.filter((child): child is Code => child.type === 'code');
  for (const child of item.children.filter((other) => other.type !== 'code'))
    for (const code of codesIn(child)) reportStray(reader, code, `is nested too deep under step ${number}`);
  const scripts = new Map<ScriptKind, ScriptTemplate>();
  let settings: Fence | null = null;
  for (const code of direct.filter((block) => isScript(reader, block, number))) {
    const fence = readFence(code.meta ?? '');
    for (const problem of fence.problems) reader.report(lineOf(code), problem);
    if (scripts.has(fence.kind)) reader.report(lineOf(code), second(fence.kind, number, scripts.get(fence.kind)?.line));
    else scripts.set(fence.kind, readScript(reader, code));
    if (fence.kind === 'command') settings ??= fence;
  }
  const orphan = [...scripts.values()][0];
  if (orphan && !scripts.has('command'))
    reader.report(
      orphan.line,
      `step ${number} has a companion fence but no command; add a \`\`\`bash fence without dry-run, observe, rollback or verify, or remove the companion`,
    );
  return {
    number,
    title: readTitle(reader, item, number),
    line: lineOf(item),
    command: scripts.get('command') ?? null,
    dryRun: scripts.get('dryRun') ?? null,
    observe: scripts.get('observe') ?? null,
    rollback: scripts.get('rollback') ?? null,
    verify: scripts.get('verify') ?? null,
    declaredRisk: settings?.declaredRisk ?? null,
    timeoutSeconds: settings?.timeoutSeconds ?? defaultTimeoutSeconds,
    when: settings?.when ?? 'alarm',
    prose: proseOf(
      reader,
      item.children.slice(1).filter((child) => child.type !== 'code'),
    ),
  };
}

/** Blocks as the author wrote them, without the indent of their list; lines that only the editor broke are one. */
function proseOf({ markdown }: Reader, blocks: readonly Block[]): string {
  const texts = blocks.map(({ type, position }) => {
    const source = markdown.slice(position?.start.offset, position?.end.offset);
    const indent = ' '.repeat((position?.start.column ?? 1) - 1);
    const flush = source.replaceAll(`\n${indent}`, '\n');
    return type === 'paragraph' ? flush.replace(/\s*\n\s*/g, ' ') : flush.replace(/([^\n])\n +(?=[^\s*+-])/g, '$1 ');
  });
  return texts.join('\n\n').trim();
}

/** What stands under the heading that fits, until the next heading of its depth or above. */
function sectionOf(reader: Reader, blocks: readonly Block[], title: RegExp): string {
  const at = blocks.findIndex((block) => block.type === 'heading' && title.test(textOf(block)));
  const heading = blocks[at];
  if (heading?.type !== 'heading') return '';
  const rest = blocks.slice(at + 1);
  const end = rest.findIndex((block) => block.type === 'heading' && block.depth <= heading.depth);
  return proseOf(reader, end < 0 ? rest : rest.slice(0, end));
}

function second(kind: ScriptKind, number: number, first: number | undefined): string {
  const word = Object.entries(companions).find(([, field]) => field === kind)?.[0];
  const name = word === undefined ? 'command fence' : `${word} fence`;
  const fix =
    word === undefined
      ? 'make it a step of its own, or mark it dry-run, observe, rollback or verify'
      : 'join them into one';
  return `step ${number} has a second ${name} (the first is on line ${first}); ${fix}`;
}

/** A step's title is the text of its first paragraph, on one line. */
function readTitle(reader: Reader, item: Item, number: number): string {
  const [first] = item.children;
  const title = first?.type === 'paragraph' ? textOf(first).replace(/\s+/g, ' ').trim() : '';
  if (title === '')
    reader.report(
      lineOf(item),
      `step ${number} has no title; write what it does after the number: "${number}. Restart the service"`,
    );
  if (title.length > maximumTitleLength)
    reader.report(
      lineOf(item),
      `the title of step ${number} has ${title.length} characters; at most ${maximumTitleLength} fit a card; put the rest into a paragraph of its own`,
    );
  return title;
}

/** Whether a block directly under a step is a script; reports every block that looks like one and is not. */
function isScript(reader: Reader, code: Code, number: number): boolean {
  if (code.lang === illustrationLanguage) return false;
  const source = reader.markdown.slice(code.position?.start.offset, code.position?.end.offset);
  const [, marks] = /^\s*(`{3,}|~{3,})/.exec(source) ?? [];
  const where = `under step ${number}`;
  if (marks === undefined)
    reader.report(lineOf(code), `an indented block ${where} is no fence; put \`\`\`bash before it and \`\`\` after it`);
  else if (!closes(source, marks))
    reader.report(
      lineOf(code),
      `the fence ${where} is never closed; end it with a line ${marks}, indented like its first line`,
    );
  else if (!code.lang || !shellLanguages.includes(code.lang))
    reader.report(
      lineOf(code),
      `the fence ${where} has the language ${shown(code.lang ?? '')}; must be ${shellLanguages.join(' or ')}, or ${illustrationLanguage} for what people only read`,
    );
  else return true;
  return false;
}

function closes(source: string, marks: string): boolean {
  const last = source.split('\n').slice(1).at(-1)?.trim() ?? '';
  return last.length >= marks.length && last === marks.charAt(0).repeat(last.length);
}

function readScript(reader: Reader, code: Code): ScriptTemplate {
  const template = { text: code.value, line: lineOf(code) };
  if (template.text.trim() === '')
    reader.report(template.line, 'the fence is empty; write the command, or remove the fence for a manual step');
  else checkScript(reader, template);
  return template;
}

function checkScript(reader: Reader, { text, line }: ScriptTemplate): void {
  if (text.length > maximumScriptLength)
    reader.report(
      line,
      `the script has ${text.length} characters; at most ${maximumScriptLength} fit an approval card, and what cannot be shown cannot be approved; split it into steps`,
    );
  else if (treeShape(sample(text)) === null)
    reader.report(line, 'the shell cannot parse this script; check it with: bash -n');
  // The script begins on the line after the fence's.
  else
    for (const { offset, text: problem } of placeholderProblems(text, reader.declared))
      reader.report(line + text.slice(0, offset).split('\n').length, problem);
}

function reportStray(reader: Reader, code: Code, where: string): void {
  if (code.lang === illustrationLanguage) return;
  reader.report(
    lineOf(code),
    `this code block ${where}, so it would never run; indent it directly under a numbered item (three spaces under "1. ", four under "10. "), or use ${illustrationLanguage} for what people only read`,
  );
}

/** All code blocks in a block, at any depth, the block itself included. */
function codesIn(block: Block): Code[] {
  if (block.type === 'code') return [block];
  return 'children' in block ? (block.children as Block[]).flatMap(codesIn) : [];
}

function lineOf(node: { position?: { start: { line: number } } | undefined }): number {
  return node.position?.start.line ?? 1;
}
