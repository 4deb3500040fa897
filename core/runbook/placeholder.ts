/** Placeholders in a script: `{{ identifier }}`, allowed only where one single-quoted word can take their place. */
import { forEachChild, parse, type SyntaxNode } from 'unbash';

export interface Placeholder {
  readonly name: string;
  /** UTF-16 offsets of the braces in the template. */
  readonly start: number;
  readonly end: number;
}

export interface PlaceholderProblem {
  /** UTF-16 offset in the template. */
  readonly offset: number;
  readonly text: string;
}

/** Every lone identifier between double braces; anything else between them (`{{.Names}}`, `{{json .}}`) is literal. */
export function placeholders(template: string): Placeholder[] {
  return [...template.matchAll(/\{\{[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*\}\}/g)].map((match) => ({
    name: match[1] ?? '',
    start: match.index,
    end: match.index + match[0].length,
  }));
}

/** The template with each placeholder replaced; a replacement is never looked at again. */
export function substitute(template: string, replacement: (placeholder: Placeholder, index: number) => string): string {
  let text = '';
  let from = 0;
  placeholders(template).forEach((placeholder, index) => {
    text += template.slice(from, placeholder.start) + replacement(placeholder, index);
    from = placeholder.end;
  });
  return text + template.slice(from);
}

/** The template with `'x'` in every placeholder's place: what any rendering must look like. */
export function sample(template: string): string {
  return substitute(template, () => "'x'");
}

/** Every placeholder that is undeclared or stands where a value could mean more than one word. */
export function placeholderProblems(template: string, declared: ReadonlySet<string>): PlaceholderProblem[] {
  const found = placeholders(template);
  const words = wordEnds(sample(template));
  return found.flatMap((placeholder, index) => {
    const text = declared.has(placeholder.name)
      ? positionProblem(placeholder, words.get(sampleEnd(found, index)), template)
      : undeclared(placeholder.name, declared);
    return text === null ? [] : [{ offset: placeholder.start, text }];
  });
}

/** Where the placeholder's `'x'` ends in the sample: all before it shrank to three characters. */
function sampleEnd(found: readonly Placeholder[], index: number): number {
  const shrunk = found.slice(0, index + 1).reduce((sum, { start, end }) => sum + (end - start) - 3, 0);
  return (found[index]?.end ?? 0) - shrunk;
}

function undeclared(name: string, declared: ReadonlySet<string>): string {
  const known = [...declared].join(', ') || 'none';
  return `{{ ${name} }} is not declared; declared: ${known}; add ${name} under parameters, or, where the braces are meant literally, split them: '{''{ ${name} }}'`;
}

function positionProblem({ name, start }: Placeholder, word: WordPlace | undefined, template: string): string | null {
  const written = `{{ ${name} }}`;
  if (word === undefined)
    return `${written} stands inside quotes, backquotes, a here-document, a comment, arithmetic or an expansion, or before the end of its word; make it a word of its own or the end of an unquoted word: printf '%s' ${written}, --dir=${written}`;
  if (word.role === 'command')
    return `${written} would choose the command; write the command's name out, and pass the value as an argument`;
  if (word.role === 'code')
    return `${written} would be read as code by the command before it; pass it as an argument: sh -c 'ls "$1"' sh ${written}`;
  const prefix = template.slice(start - word.prefixLength, start);
  if (!/^[A-Za-z0-9_./:@%+=,-]*$/.test(prefix))
    return `${written} follows ${JSON.stringify(prefix)} in one word; only letters, digits and _ . / : @ % + = , - may stand before it; make it a word of its own`;
  return null;
}

interface WordPlace {
  readonly role: 'argument' | 'command' | 'code';
  /** Characters of the word before the sample's `'x'`. */
  readonly prefixLength: number;
}

/** Nodes whose words the shell takes as they are. What is missing here (expansions, arithmetic, arrays) has no placeholders. */
const takesWords = new Set<string>(['Command', 'Redirect', 'For', 'Case', 'TestBinary', 'TestUnary', 'Assignment']);

/** Every word of the sample that ends in a quoted part of its own, by where it ends. */
function wordEnds(source: string): Map<number, WordPlace> {
  const ends = new Map<number, WordPlace>();
  const visit = (node: SyntaxNode, inside: boolean): void => {
    // Backquotes read backslashes and quotes of their own, before the quotes inside them.
    if (node.type === 'CommandExpansion' && node.text.startsWith('`')) return;
    const usable = node.type === 'Script' || (inside && node.type !== 'ParameterExpansion');
    const children: SyntaxNode[] = [];
    forEachChild(node, (child) => children.push(child));
    for (const child of children) {
      if (
        usable &&
        child.type === 'Word' &&
        takesWords.has(node.type) &&
        source.slice(child.end - 3, child.end) === "'x'"
      )
        ends.set(child.end, { role: roleOf(node, child, source), prefixLength: child.end - 3 - child.pos });
      visit(child, usable);
    }
  };
  try {
    visit(parse(source), true);
  } catch {
    ends.clear();
  }
  return ends;
}

/** Commands that join their arguments into code, and those that read the word after an option as code. */
const joiners = new Set(['eval', 'ssh', 'watch', 'trap', 'alias', 'parallel', 'source', '.']);
const interpreters = /^(?:ba|da|a|k|z)?sh$|^su$|^python[0-9.]*$|^perl$|^ruby$|^node$|^php$/;

function roleOf(parent: SyntaxNode, word: { pos: number; end: number }, source: string): WordPlace['role'] {
  if (parent.type !== 'Command' || !parent.name) return 'argument';
  if (parent.name.pos === word.pos) return 'command';
  const name = parent.name.value.replace(/^.*\//, '');
  if (joiners.has(name)) return 'code';
  const before = source.slice(parent.name.end, word.pos).trim().split(/\s+/).at(-1) ?? '';
  return interpreters.test(name) && /^-[A-Za-z]*[ce]$/.test(before) ? 'code' : 'argument';
}
