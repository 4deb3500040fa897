/** Placeholders in a script: `{{ identifier }}`, allowed only where one single-quoted word can take their place. */
import { forEachChild, parse, type SyntaxNode } from 'unbash';
import { treeShape } from '../risk/shape.ts';
import { didYouMean } from './spelling.ts';
import { type Placeholder, placeholders, substitute } from './substitute.ts';

export interface PlaceholderProblem {
  /** UTF-16 offset in the template. */
  readonly offset: number;
  readonly rule: 'undeclared-parameter' | 'placeholder-position';
  readonly message: string;
  readonly fix: string;
}

/** The template with `'x'` in every placeholder's place: what any rendering must look like. */
export function sample(template: string): string {
  return substitute(template, () => "'x'");
}

/** The same at the template's own offsets: each placeholder becomes a quoted word of its length. */
export function sampleInPlace(template: string): string {
  return substitute(template, ({ start, end }) => `'${'x'.repeat(end - start - 2)}'`);
}

/**
 * Every placeholder that is undeclared or stands where a value could mean more than one word. `declared` is null when
 * nobody knows what is declared; positions are judged only where the shell can parse the script.
 */
export function placeholderProblems(template: string, declared: ReadonlySet<string> | null): PlaceholderProblem[] {
  const found = placeholders(template);
  const parses = treeShape(sample(template)) !== null;
  const words = wordEnds(sample(template));
  const problems = found.flatMap((placeholder, index) => {
    const problem =
      declared !== null && !declared.has(placeholder.name)
        ? undeclared(placeholder.name, declared)
        : parses
          ? positionProblem(placeholder, words.get(sampleEnd(found, index)), template)
          : null;
    return problem === null ? [] : [{ offset: placeholder.start, ...problem }];
  });
  return [...problems, ...oddNames(template, declared)];
}

/** `{{ log-dir }}`, `{{ alarm.name }}`: meant as placeholders, and literal text to us. */
function oddNames(template: string, declared: ReadonlySet<string> | null): PlaceholderProblem[] {
  const odd = /\{\{[ \t]*([A-Za-z_][A-Za-z0-9_]*(?:[-.][A-Za-z0-9_]+)+)[ \t]*\}\}/g;
  return [...template.matchAll(odd)].map(({ 0: written, 1: name = '', index }) => ({
    offset: index,
    rule: 'undeclared-parameter',
    message: `${written} is no placeholder: a parameter's name has lower-case letters, digits and "_"`,
    fix: `${didYouMean(name, [...(declared ?? [])])}declare it under parameters and write {{ ${name.toLowerCase().replace(/[-.]/g, '_')} }}`,
  }));
}

/** Where the placeholder's `'x'` ends in the sample: all before it shrank to three characters. */
function sampleEnd(found: readonly Placeholder[], index: number): number {
  const shrunk = found.slice(0, index + 1).reduce((sum, { start, end }) => sum + (end - start) - 3, 0);
  return (found[index]?.end ?? 0) - shrunk;
}

type Wrong = Omit<PlaceholderProblem, 'offset'>;

function undeclared(name: string, declared: ReadonlySet<string>): Wrong {
  const known = [...declared].join(', ') || 'none';
  return {
    rule: 'undeclared-parameter',
    message: `{{ ${name} }} is not declared; declared: ${known}`,
    fix: `${didYouMean(name, [...declared])}add ${name} under parameters, or, where the braces are meant literally, split them: '{''{ ${name} }}'`,
  };
}

function positionProblem({ name, start }: Placeholder, word: WordPlace | undefined, template: string): Wrong | null {
  const rule = 'placeholder-position';
  const written = `{{ ${name} }}`;
  if (word === undefined)
    return {
      rule,
      message: `${written} stands inside quotes, backquotes, a here-document, a comment, arithmetic or an expansion, or before the end of its word`,
      fix: `make it a word of its own or the end of an unquoted word: printf '%s' ${written}, --dir=${written}; inside a word or a text: sh -c 'tool "$1:443"' sh ${written}`,
    };
  if (word.role === 'command')
    return {
      rule,
      message: `${written} would choose the command`,
      fix: "write the command's name out, and pass the value as an argument",
    };
  if (word.role === 'code')
    return {
      rule,
      message: `${written} would be read as code by the command before it`,
      fix: `pass it as an argument: sh -c 'ls "$1"' sh ${written}`,
    };
  const prefix = template.slice(start - word.prefixLength, start);
  if (!/^[A-Za-z0-9_./:@%+=,-]*$/.test(prefix))
    return {
      rule,
      message: `${written} follows ${JSON.stringify(prefix)} in one word; only letters, digits and _ . / : @ % + = , - may stand before it`,
      fix: 'make it a word of its own',
    };
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
