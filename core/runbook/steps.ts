/** The steps of a runbook: its numbered list items, and the fences indented under them. */
import { toString as textOf } from 'mdast-util-to-string';
import { isBuiltinOrKnown } from '../risk/catalogue.ts';
import { alternativesOf, choiceFindings, choiceUnder, deeperCodes } from './alternatives.ts';
import {
  type Block,
  blocksOf,
  type Code,
  codesIn,
  type Heading,
  type HiddenByHtml,
  hiddenByHtml,
  type Item,
  isClosed,
  marksOf,
  placeOf,
} from './blocks.ts';
import { companions, type Fence, illustrationLanguage, readFence, type ScriptKind, shellLanguages } from './fence.ts';
import { indentFences } from './indent.ts';
import { defaultTimeoutSeconds, maximumSteps, maximumTitleLength } from './limits.ts';
import { type Finding, type Place, shown } from './problem.ts';
import { proseOf, sectionOf } from './prose.ts';
import type { RuleName } from './rules.ts';
import type { ScriptTemplate, Step } from './runbook.ts';
import { type DraftScript, readScript } from './scripts.ts';
import { isTranscript, typedIn } from './transcript.ts';

/** A step as far as it can be read, with what rules about the Markdown need to know of it. */
export interface DraftStep extends Step {
  readonly item: Item;
  readonly scripts: readonly DraftScript[];
  /** Its alternatives, each read like a step. */
  readonly ways: readonly DraftStep[];
  /** It has code that is no script here: what it says is known, and what it would do is not. */
  readonly foreign: boolean;
}

export interface ReadSteps {
  readonly steps: readonly DraftStep[];
  readonly ifAlarmStays: string;
  readonly blocks: readonly Block[];
  /** Scripts that stand where none runs. They have faults of their own, which are told at once. */
  readonly stray: readonly DraftScript[];
  readonly findings: readonly Finding[];
}

/** Collects findings while the document is read. */
interface Reader {
  readonly markdown: string;
  readonly lines: readonly string[];
  /** Null when the file does not tell which parameters it declares. */
  readonly declared: ReadonlySet<string> | null;
  readonly stray: DraftScript[];
  readonly report: (place: Place, rule: RuleName, message: string, fix: string) => void;
}

/** Reads the steps of a Markdown body whose front matter is blanked out. Never throws; findings come with the steps. */
export function readSteps(markdown: string, declared: ReadonlySet<string> | null): ReadSteps {
  const repaired = indentFences(markdown);
  const findings: Finding[] = [...repaired.findings];
  const reader: Reader = {
    markdown: repaired.markdown,
    lines: markdown.split('\n'),
    declared,
    stray: [],
    report: ({ line, column }, rule, message, fix) => void findings.push({ line, column, rule, message, fix }),
  };
  const blocks = blocksOf(repaired.markdown);
  if (blocks === null) {
    reader.report(
      { line: 1, column: 1 },
      'file-too-large',
      'the file nests lists or quotes too deep to be read',
      'write it flat',
    );
    return { steps: [], ifAlarmStays: '', blocks: [], stray: [], findings };
  }
  const hidden = hiddenByHtml(blocks);
  findings.push(...hidden.findings);
  const steps = readLists(reader, blocks, hidden);
  if (steps.length === 0 && findings.length === repaired.findings.length)
    reader.report(
      { line: 1, column: 1 },
      'no-steps',
      'the file has no steps',
      'write each as a numbered list item ("1. …") with its fence indented under it',
    );
  const last = steps[maximumSteps];
  if (last)
    reader.report(
      placeOf(last.item),
      'too-many-steps',
      `the file has ${steps.length} steps; at most ${maximumSteps} are allowed`,
      'split the runbook',
    );
  return {
    steps,
    ifAlarmStays: sectionOf(repaired.markdown, blocks, /^if the alarm stays\b/i),
    blocks,
    stray: reader.stray,
    findings,
  };
}

function readLists(reader: Reader, blocks: readonly Block[], hidden: HiddenByHtml): DraftStep[] {
  const steps: DraftStep[] = [];
  const headings = headingSteps(reader, blocks);
  for (const block of blocks) {
    if (block.type !== 'list' || block.ordered !== true) {
      for (const code of codesIn(block))
        if (headings.has(code) || hidden.freed.has(code)) readStray(reader, code);
        else reportStray(reader, code, 'stands outside the numbered steps');
      continue;
    }
    const expected = steps.length + 1;
    const start = block.start ?? 1;
    if (start !== expected && !(start > expected && start <= expected + hidden.items))
      reader.report(
        placeOf(block),
        'step-number',
        `this list begins with ${start}, but its first item is step ${expected}`,
        'number it so, or use bullets where no steps are meant',
      );
    itemNumbers(reader, block.children, start);
    for (const item of block.children) steps.push(readStep(reader, item, steps.length + 1));
  }
  return steps;
}

/** Markdown counts by itself from a list's first number: what is written further down must agree, or be the same throughout. */
function itemNumbers(reader: Reader, items: readonly Item[], start: number): void {
  const written = items.map((item) => Number.parseInt((reader.lines[placeOf(item).line - 1] ?? '').trim(), 10));
  if (written.every((number) => number === written[0])) return;
  const wrong = written.findIndex((number, index) => number !== start + index);
  const item = items[wrong];
  if (item === undefined) return;
  reader.report(
    placeOf(item),
    'item-number',
    `the number ${written[wrong]} is shown as ${start + wrong}: Markdown counts by itself`,
    `write ${start + wrong}, and count on from there`,
  );
}

/** Headings that are numbered like steps, with code under them: the heading is reported, and its code is not again. */
function headingSteps(reader: Reader, blocks: readonly Block[]): Set<Code> {
  const covered = new Set<Code>();
  blocks.forEach((block, index) => {
    if (block.type !== 'heading') return;
    const text = textOf(block);
    const [, word, name = ''] = /^\W*(step\s*)?\d{1,2}\s*[.:)–—-]\s*(.*)$/iu.exec(text) ?? [];
    const rest = blocks.slice(index + 1);
    const end = rest.findIndex(({ type }) => type === 'heading' || type === 'thematicBreak');
    const codes = (end < 0 ? rest : rest.slice(0, end)).filter((other): other is Code => other.type === 'code');
    if (name === '' || (codes.length === 0 && word === undefined)) return;
    for (const code of codes) covered.add(code);
    reportHeading(reader, block, text, name);
  });
  return covered;
}

function reportHeading(reader: Reader, heading: Heading, text: string, name: string): void {
  reader.report(
    placeOf(heading),
    'heading-step',
    `the heading ${shown(text)} is no step, so nothing under it would run`,
    `write it as a numbered list item ("1. ${name}") with its fence indented three spaces; countersign import does so`,
  );
}

/** Each step that runs something by itself: a step, or in its place its alternatives. */
export function leavesOf(steps: readonly DraftStep[]): DraftStep[] {
  return steps.flatMap((step) => (step.ways.length > 0 ? step.ways : [step]));
}

function readStep(reader: Reader, item: Item, number: number): DraftStep {
  const list = choiceUnder(item);
  const step = readItem(reader, item, number, list);
  if (list === null) return step;
  for (const code of deeperCodes(list)) reportStray(reader, code, `is nested too deep under step ${number}`);
  const ways = list.children.map((bullet) => readItem(reader, bullet, number, null, true));
  for (const { rule, message, fix, ...place } of choiceFindings(step, ways)) reader.report(place, rule, message, fix);
  const timeoutSeconds = Math.max(...ways.map((way) => way.timeoutSeconds));
  return {
    ...step,
    ways,
    alternatives: alternativesOf(ways),
    timeoutSeconds,
    when: ways[0]?.when ?? step.when,
    on: ways[0]?.on ?? null,
  };
}

/** @param apart A list that is read by itself. */
function readItem(reader: Reader, item: Item, number: number, apart: Block | null, isWay = false): DraftStep {
  const direct = item.children.filter((child): child is Code => child.type === 'code');
  const others = item.children.filter((other) => other.type !== 'code' && other !== apart);
  if (!isWay)
    for (const child of others)
      for (const code of codesIn(child)) reportStray(reader, code, `is nested too deep under step ${number}`);
  const scripts = new Map<ScriptKind, DraftScript>();
  const read: DraftScript[] = [];
  let settings: Fence | null = null;
  let foreign = false;
  for (const code of direct) {
    const how = readLanguage(reader, code, number);
    if (how === 'illustration') continue;
    foreign ||= how === 'foreign';
    const fence = readFence(code.meta ?? '');
    if (how === 'foreign') continue;
    for (const { word, message, fix } of fence.problems)
      reader.report(inLine(reader, code, word), 'fence-word', message, fix);
    const first = scripts.get(fence.kind);
    if (first) reportSecond(reader, code, fence.kind, number, first.template.line);
    const draft = { step: number, kind: fence.kind, template: readTemplate(code, how, fence.waitSeconds), code };
    const script = readScript(draft, reader.lines, reader.declared);
    for (const finding of script.findings) reader.report(finding, finding.rule, finding.message, finding.fix);
    read.push(script);
    if (first) continue;
    scripts.set(fence.kind, script);
    if (fence.kind === 'command') settings = fence;
  }
  const orphan = [...scripts.values()][0];
  if (orphan && !scripts.has('command') && !foreign)
    reader.report(
      placeOf(orphan.code),
      'companion-without-command',
      `step ${number} has a companion fence but no command`,
      'add a ```bash fence without dry-run, observe, rollback or verify, or remove the companion',
    );
  const templates = Object.fromEntries([...scripts].map(([kind, { template }]) => [kind, template]));
  return {
    number,
    title: readTitle(reader, item, number),
    line: placeOf(item).line,
    command: templates.command ?? null,
    dryRun: templates.dryRun ?? null,
    observe: templates.observe ?? null,
    rollback: templates.rollback ?? null,
    verify: templates.verify ?? null,
    declaredRisk: settings?.declaredRisk ?? null,
    timeoutSeconds: settings?.timeoutSeconds ?? defaultTimeoutSeconds,
    when: settings?.when ?? 'alarm',
    on: settings?.on ?? null,
    prose: proseOf(
      reader.markdown,
      item.children.slice(1).filter((child) => child.type !== 'code' && child !== apart),
    ),
    alternatives: [],
    item,
    scripts: read,
    ways: [],
    foreign,
  };
}

function readTemplate(code: Code, how: 'script' | 'transcript', waitSeconds = 0): ScriptTemplate {
  return {
    waitSeconds,
    text: how === 'script' ? code.value : (typedIn(code.value) ?? code.value),
    line: placeOf(code).line,
  };
}

/** Where a word of the fence's info string stands. */
function inLine(reader: Reader, code: Code, word: string): Place {
  const { line, column } = placeOf(code);
  const at = (reader.lines[line - 1] ?? '').indexOf(word, column);
  return { line, column: at < 0 ? column : at + 1 };
}

function reportSecond(reader: Reader, code: Code, kind: ScriptKind, number: number, first: number): void {
  const word = Object.entries(companions).find(([, field]) => field === kind)?.[0];
  const name = word === undefined ? 'command fence' : `${word} fence`;
  const fix =
    word === undefined
      ? 'make it a step of its own, or mark it dry-run, observe, rollback or verify'
      : 'join them into one';
  reader.report(
    placeOf(code),
    'second-fence',
    `step ${number} has a second ${name} (the first is on line ${first})`,
    fix,
  );
}

/** A step's title is the text of its first paragraph, on one line. */
function readTitle(reader: Reader, item: Item, number: number): string {
  const [first] = item.children;
  const title = first?.type === 'paragraph' ? textOf(first).replace(/\s+/g, ' ').trim() : '';
  if (title === '')
    reader.report(
      placeOf(item),
      'step-title',
      `step ${number} has no title`,
      `write what it does after the number: "${number}. Restart the service"`,
    );
  if (title.length > maximumTitleLength)
    reader.report(
      placeOf(first ?? item),
      'step-title',
      `the title of step ${number} has ${title.length} characters; at most ${maximumTitleLength} fit a card`,
      'put the rest into a paragraph of its own',
    );
  return title;
}

/** Languages that people give a shell's script, or what they copied from a terminal. */
const shellNames = /^(?:|shell|zsh|ksh|ash|dash|bash|sh|command|cmd|terminal)$/i;

/** What a block directly under a step is; reports every block that looks like a script and is none. */
function readLanguage(
  reader: Reader,
  code: Code,
  number: number,
): 'script' | 'transcript' | 'foreign' | 'illustration' {
  if (code.lang === illustrationLanguage) return 'illustration';
  const marks = marksOf(code, reader.markdown);
  const where = `under step ${number}`;
  if (marks === undefined) {
    const fix = 'put ```bash before it and ``` after it';
    const { line, column } = placeOf(code);
    const source = reader.lines[line - 1] ?? '';
    const first = source.slice(column - 1).search(/\S/);
    reader.report(
      { line, column: column + Math.max(0, first) },
      'indented-code',
      `an indented block ${where} is no fence`,
      fix,
    );
    return 'foreign';
  }
  if (!isClosed(code, marks, reader.markdown))
    reader.report(
      placeOf(code),
      'unclosed-fence',
      `the fence ${where} is never closed`,
      `end it with a line ${marks}, indented like its first line`,
    );
  if (code.lang && shellLanguages.includes(code.lang)) return 'script';
  const lang = code.lang ?? '';
  reader.report(
    placeOf(code),
    'fence-language',
    `the fence ${where} has the language ${shown(lang)}; must be ${shellLanguages.join(' or ')}, or ${illustrationLanguage} for what people only read`,
    languageFix(lang),
  );
  if (isTranscript(lang)) return 'transcript';
  return shellNames.test(lang) ? 'script' : 'foreign';
}

function languageFix(lang: string): string {
  if (isTranscript(lang)) return 'write ```bash with the commands alone, without prompts and output';
  if (shellNames.test(lang)) return 'write ```bash';
  if (/^(?:powershell|pwsh|ps1|cmd|bat|batch)$/i.test(lang))
    return 'scripts run in bash on Linux: write what it does in bash';
  return `call the program that reads it from a \`\`\`bash fence, or write \`\`\`${illustrationLanguage}`;
}

/** What is wrong with a script that would not run: it will be moved, and should be right then. */
function readStray(reader: Reader, code: Code): void {
  const lang = code.lang ?? '';
  const transcript = isTranscript(lang);
  if (!transcript && !shellNames.test(lang)) return;
  if (code.value.trim() === '' || (lang === '' && !looksTyped(code.value))) return;
  const template = readTemplate(code, transcript ? 'transcript' : 'script');
  const script = readScript({ step: 0, kind: 'command', template, code }, reader.lines, reader.declared);
  reader.stray.push(script);
  for (const finding of script.findings) reader.report(finding, finding.rule, finding.message, finding.fix);
}

/** Whether a block without a language is what somebody types, rather than what a program prints. */
function looksTyped(text: string): boolean {
  return text.split('\n').some((line) => {
    const [, prompt, name = ''] = /^\s*([$#%]\s+)?(?:sudo\s+)?([a-z][\w.-]*)(?:\s|$)/.exec(line) ?? [];
    return name !== '' && (prompt?.startsWith('$') === true || isBuiltinOrKnown(name));
  });
}

function reportStray(reader: Reader, code: Code, where: string): void {
  if (code.lang !== illustrationLanguage) readStray(reader, code);
  const marks = marksOf(code, reader.markdown);
  if (marks !== undefined && !isClosed(code, marks, reader.markdown))
    reader.report(
      placeOf(code),
      'unclosed-fence',
      'this fence is never closed, so all that follows is code',
      `end it with a line ${marks}`,
    );
  else if (code.lang !== illustrationLanguage)
    reader.report(
      placeOf(code),
      'stray-code',
      `this code block ${where}, so it would never run`,
      `indent it directly under a numbered item (three spaces under "1. ", four under "10. "), or use ${illustrationLanguage} for what people only read`,
    );
}
