/** The script's own variables: which texts a name can have, when every assignment of it is a known text. */
import { forEachChild, type SyntaxNode, type Word } from 'unbash';

/** Commands whose words may name variables that they set, or run a text that does. */
const setters = new Set([
  'command',
  'builtin',
  'eval',
  'trap',
  'coproc',
  'exec',
  'read',
  'mapfile',
  'readarray',
  'getopts',
  'let',
  'printf',
  'unset',
  'wait',
  'select',
  'export',
  'declare',
  'local',
  'typeset',
  'readonly',
]);

export class Variables {
  /** Every assignment anywhere in the script: texts, or null once one is unknown. */
  private readonly texts = new Map<string, readonly string[] | null>();
  /** How often a name is set anywhere. */
  private readonly count = new Map<string, number>();
  /** Names surely assigned before the place that is being judged. */
  private readonly certain = new Set<string>();
  /** The certain names in the order in which they became so, for going back. */
  private readonly order: string[] = [];

  constructor(script: SyntaxNode) {
    this.collect(script);
  }

  /** All texts that a name can have here, or null: unknown, set outside, or not surely set yet. */
  valuesOf(name: string): readonly string[] | null {
    return this.certain.has(name) ? (this.texts.get(name) ?? null) : null;
  }

  /** Whether the name is surely set here, by the only assignment that it has in the script. */
  isSetOnce(name: string): boolean {
    return this.certain.has(name) && this.count.get(name) === 1;
  }

  /** Whether the script assigns this name anywhere. */
  touches(name: string): boolean {
    return this.texts.has(name);
  }

  assign(name: string): void {
    if (this.certain.has(name)) return;
    this.certain.add(name);
    this.order.push(name);
  }

  /** Runs `judge`; what it assigns counts only inside (a branch, a loop's body, a function, a subshell). */
  inBranch(judge: () => void): void {
    const before = this.order.length;
    judge();
    for (const name of this.order.splice(before)) this.certain.delete(name);
  }

  private collect(node: SyntaxNode): void {
    if (node.type === 'Assignment') {
      const plain = node.value.type === 'Word' && !node.append && !node.index;
      this.add(node.name, plain && node.value.type === 'Word' ? literalText(node.value) : null);
    } else if (node.type === 'For')
      for (const word of node.wordlist ?? [null]) this.add(node.name.text, word && literalText(word));
    else if (node.type === 'Select') this.add(node.name.text, null);
    else if (node.type === 'ArithmeticWord') this.add(node.value, null);
    else if (node.type === 'ParameterExpansion' && node.operation?.type === 'Default') this.add(node.parameter, null);
    else if (node.type === 'Command' && setsVariables(node.name)) this.forget(node.suffix);
    else if ('descriptor' in node && node.descriptor?.type === 'FileDescriptorVariable')
      this.add(node.descriptor.name, null);
    forEachChild(node, (child) => this.collect(child));
  }

  /** Every name in the words, those of texts and clusters of options (`-rax`) included, but not what `$` reads. */
  private forget(words: readonly SyntaxNode[]): void {
    for (const word of words) {
      const text = word.type === 'Word' ? word.value : word.type === 'Assignment' ? word.text : '';
      for (const [name] of text.matchAll(/(?<![\w$]|\$\{)[A-Za-z_]\w*/g)) this.add(name, null);
      const cluster = /^-(\w+)/.exec(text)?.[1] ?? '';
      for (let from = 1; from < cluster.length; from++) this.add(cluster.slice(from), null);
    }
  }

  private add(name: string, text: string | null): void {
    this.count.set(name, (this.count.get(name) ?? 0) + 1);
    const before = this.texts.get(name);
    if (text === null || before === null) this.texts.set(name, null);
    else if (!before?.includes(text)) this.texts.set(name, [...(before ?? []), text]);
  }
}

/** Whether the command may set variables of this shell that its words name; a name that is open may be any command. */
function setsVariables(name: Word | undefined): boolean {
  if (name === undefined) return false;
  return (
    setters.has(name.value) ||
    (name.parts ?? []).some((part) => part.type !== 'Literal' && part.type !== 'SingleQuoted')
  );
}

/** A word's text if it has no expansion (quotes are fine), else null. */
function literalText(word: Word): string | null {
  const parts = word.parts ?? [];
  const plain = parts.every((part) => {
    if (part.type === 'DoubleQuoted') return part.parts.every((child) => child.type === 'Literal');
    return part.type === 'Literal' || part.type === 'SingleQuoted';
  });
  return plain && !/[~]/.test(word.text.slice(0, 1)) ? word.value : null;
}
