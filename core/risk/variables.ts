/** The script's own variables: which texts a name can have, and what is sure of them where they are not all known. */
import { forEachChild, type SyntaxNode, type Word } from 'unbash';
import { type Argument, isTame, literalArgument } from './arguments.ts';
import { isSecretPath } from './paths.ts';

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
  'compgen',
]);

/** What `set -- …` sets. */
const positions = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '@', '*'];

/** Words of an array or of `set` that are looked at. */
const mostWords = 16;

/** Commands after which the script may stand in another folder. */
const movers = new Set(['cd', 'pushd', 'command', 'builtin']);

/** What is known of one assignment. */
type Given = Pick<Argument, 'text' | 'literal' | 'values' | 'hints' | 'prefix' | 'tame' | 'spaced'>;

/** What is known of all assignments of a name together. */
interface Known {
  /** Assignments, by the place in the tree; null until the walk has come to one that is not plain text. */
  readonly given: Map<object, Given | null>;
  /** Set in ways that say nothing of the value: read, printf -v, arithmetic. */
  hidden: boolean;
  /** How often it is set anywhere. */
  count: number;
  /** Whether it is surely assigned before the place that is being judged. */
  certain: boolean;
}

const none: ReadonlySet<string> = new Set();

export class Variables {
  private readonly names = new Map<string, Known>();
  /** The certain ones in the order in which they became so, for going back. */
  private readonly order: Known[] = [];
  /** Names whose value a test has proved to be a number or a word, by the test's place in the order. */
  private proved = none;
  /** Whether the script sets variables whose names are not written in it: then no other name is surely the machine's. */
  namesAreOpen = false;
  /** Whether the script may move to a folder in whose name there are spaces; it begins in the agent's own. */
  private moves = false;
  /** Names of the machine's own environment that the words use, while these are read as set or unset. */
  inherited = none;
  /** Texts within texts may run elsewhere, in another environment. */
  private elsewhere = 0;
  private readonly unset: ReadonlySet<string> | null;

  /**
   * @param setting the script's nodes that may set variables.
   * @param unset which names of the environment count as not set, the others as one plain word; null: nothing is said of them.
   */
  constructor(setting: readonly SyntaxNode[], unset: ReadonlySet<string> | null = null) {
    this.unset = unset;
    this.collect(setting);
  }

  readInherited(name: string): 'set' | 'unset' | 'open' {
    if (this.unset === null || this.elsewhere > 0) return 'open';
    if (!this.inherited.has(name)) this.inherited = new Set([...this.inherited, name]);
    return this.unset.has(name) ? 'unset' : 'set';
  }

  get foldersAreOpen(): boolean {
    return this.moves || this.elsewhere > 0;
  }

  /** Runs `judge` for a text that another shell reads. */
  inOtherShell(judge: () => void): void {
    this.elsewhere++;
    this.inBranch(judge);
    this.elsewhere--;
  }

  /** All texts that a name can have here, or null: unknown, set outside, or not surely set yet. */
  valuesOf(name: string): readonly string[] | null {
    const all = this.certainly(name);
    if (all === null) return null;
    const values = new Set<string>();
    for (const one of all) {
      if (one.values === null) return null;
      for (const value of one.values) values.add(value);
    }
    return values.size > 0 ? [...values] : null;
  }

  /** Whether no word of its value can be an option. */
  isTame(name: string): boolean {
    if (this.proved.has(name)) return true;
    return this.certainly(name)?.every(isTame) ?? false;
  }

  /** Whether its value may hold spaces. */
  isSpaced(name: string): boolean {
    return !this.proved.has(name) && (this.certainly(name)?.some((one) => one.spaced) ?? false);
  }

  /** The literal beginning of its value, where that is the same for all. */
  prefixOf(name: string): string {
    const [first = '', ...others] = this.certainly(name)?.map((one) => one.prefix) ?? [];
    return others.every((other) => other === first) ? first : '';
  }

  /** All texts that it may have as far as the script says, whether surely or not; `*` stands for what is open. */
  hintsOf(name: string): readonly string[] | null {
    const known = this.names.get(name);
    if (known === undefined) return null;
    const hints = new Set<string>(known.hidden ? ['*'] : []);
    for (const one of known.given.values()) for (const hint of one?.hints ?? ['*']) hints.add(hint);
    return hints.size <= 32 ? [...hints] : ['*'];
  }

  /** What a substitution may answer, as far as its own words name places of secrets. */
  hintsOfOutput(script: SyntaxNode | undefined): readonly string[] {
    const hints = ['*'];
    const look = (node: SyntaxNode) => {
      if (node.type === 'Word' && node.value.includes('://')) return;
      if (node.type === 'Word' && isSecretPath(node.value)) hints.push(node.value);
      else if (node.type === 'Word' && isSecretPath(`${node.value}/x`)) hints.push(`${node.value}/*`);
      if (hints.length < 8) forEachChild(node, look);
    };
    if (script !== undefined) forEachChild(script, look);
    return hints;
  }

  /** Whether the name is surely set here, by the only assignment that it has in the script. */
  isSetOnce(name: string): boolean {
    const known = this.names.get(name);
    return known?.certain === true && known.count === 1;
  }

  /** Whether the script assigns this name anywhere. */
  touches(name: string): boolean {
    return this.names.has(name);
  }

  /** Notes that a command sets the name to what cannot be said. */
  touch(name: string): void {
    this.hide(name);
  }

  /** Notes what an assignment gives, once the walk has come to it. */
  give(name: string, place: object, given: Given): void {
    const known = this.names.get(name);
    if (known?.given.get(place) === null) known.given.set(place, given);
  }

  assign(name: string): void {
    const known = this.names.get(name);
    if (known === undefined || known.certain) return;
    known.certain = true;
    this.order.push(known);
  }

  /** From here on, and as long as the script sets it in one place only, the name's value has the form that was tested. */
  prove(name: string): void {
    if ((this.names.get(name)?.count ?? 0) <= 1) this.proved = new Set([...this.proved, name]);
  }

  /** Runs `judge`; what it assigns counts only inside (a branch, a loop's body, a function, a subshell). */
  inBranch(judge: () => void): void {
    const before = this.order.length;
    const proved = this.proved;
    judge();
    while (this.order.length > before) (this.order.pop() as Known).certain = false;
    this.proved = proved;
  }

  /** Adds the assignments among the nodes of a tree: of the script, or of a text that it gives to a shell. */
  collect(nodes: readonly SyntaxNode[]): void {
    for (const node of nodes) this.collectFrom(node);
  }

  private collectFrom(node: SyntaxNode): void {
    if (node.type === 'Assignment') {
      const plain = node.value.type === 'Word' && !node.append && !node.index;
      if (node.value.type === 'ArrayValue') this.hideAll([node.name], node.value.elements);
      else if (!plain) this.hide(node.name, node.append ? appended(node) : undefined);
      else this.add(node.name, node, literalText(node.value));
    } else if (node.type === 'For')
      if (node.wordlist) for (const word of node.wordlist) this.add(node.name.text, word, literalText(word));
      else this.hide(node.name.text);
    else if (node.type === 'Select') this.hide(node.name.text);
    else if (node.type === 'ArithmeticWord') this.hide(node.value);
    else if (node.type === 'ParameterExpansion' && node.operation?.type === 'Default') {
      if (/=/.test(node.operation.operator)) this.hide(node.parameter);
    } else if (node.type === 'Command' && setsVariables(node.name)) this.forget(node.name?.value ?? '', node.suffix);
    else if (node.type === 'FileDescriptorVariable') this.hide(node.name);
    if (node.type === 'Command' && node.name?.value === 'set' && node.suffix.some(isPosition))
      this.hideAll(positions, node.suffix);
    if (node.type === 'Command' && movers.has(node.name?.value ?? ''))
      this.moves ||= node.suffix.some((word) => word.type === 'Word' && /[\s$`*?]/.test(word.text));
  }

  /** Every name in the words, those of texts and clusters of options (`-rax`) included, but not what `$` reads. */
  private forget(command: string, words: readonly SyntaxNode[]): void {
    const texts = words.map((word) => (word.type === 'Word' ? word : null));
    // Both shells know these two; with an option the value may become another (`-i`, `-u`), or the shell may not know it.
    const keeps = /^(?:export|readonly)$/.test(command) && !texts.some((word) => word?.text.startsWith('-'));
    for (const word of words) {
      const text = word.type === 'Word' ? word.value : word.type === 'Assignment' ? word.text : '';
      for (const [name] of text.matchAll(/(?<![\w$]|\$\{)[A-Za-z_]\w*/g))
        if (!(keeps && word.type === 'Assignment' && word.name === name)) this.hide(name);
      const cluster = /^-(\w+)/.exec(text)?.[1] ?? '';
      for (let from = 1; from < cluster.length; from++) this.hide(cluster.slice(from));
    }
    const open = (word: Word | null | undefined) => word != null && /[$`\\]/.test(word.text);
    // printf names a variable only after -v, which is its first word; unset and wait give no text to a name.
    if (
      command === 'printf'
        ? open(texts[0]) || (/^-v/.test(texts[0]?.value ?? '') && texts.slice(0, 2).some(open))
        : !/^(?:unset|wait)$/.test(command) && texts.some(open)
    )
      this.namesAreOpen = true;
  }

  private certainly(name: string): readonly Given[] | null {
    const known = this.names.get(name);
    if (known === undefined || known.hidden || !known.certain) return null;
    const all = [...known.given.values()];
    return all.every((one) => one !== null) ? (all as Given[]) : null;
  }

  private known(name: string): Known {
    const known = this.names.get(name) ?? { given: new Map(), hidden: false, count: 0, certain: false };
    this.names.set(name, known);
    known.count++;
    return known;
  }

  private add(name: string, place: object, text: string | null): void {
    this.known(name).given.set(place, text === null ? null : literal(text));
  }

  /** Each of the names is one of the words, as far as these are written. */
  private hideAll(names: readonly string[], words: readonly SyntaxNode[]): void {
    for (const name of names) {
      this.hide(name);
      for (const word of words.slice(0, mostWords))
        if (word.type === 'Word') this.hide(name, literalText(word)?.replace(/^\[[^\]]*\]=/, '') ?? undefined);
    }
  }

  private hide(name: string, hint?: string): void {
    const known = this.known(name);
    known.hidden = true;
    if (hint !== undefined)
      known.given.set({}, { text: hint, literal: false, values: null, hints: [hint], prefix: '', tame: false });
  }
}

function isPosition(word: SyntaxNode): boolean {
  return word.type === 'Word' && !/^[-+]\w/.test(word.text);
}

function literal(text: string): Given {
  return literalArgument(text, { start: 0, end: 0 });
}

/** `p+=/shadow`: whatever it was, its end is known. */
function appended(node: Extract<SyntaxNode, { type: 'Assignment' }>): string | undefined {
  const text = node.value.type === 'Word' ? literalText(node.value) : null;
  return text === null ? undefined : `*${text}`;
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
