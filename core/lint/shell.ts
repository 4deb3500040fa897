/** The commands of a script as lint rules ask for them: unwrapped, with what is piped in, and where each stands. */
import { forEachChild, parse, type SyntaxNode } from 'unbash';

export type Tree = ReturnType<typeof parse>;
type Command = Extract<SyntaxNode, { type: 'Command' }>;

/** One command, without the wrappers before it (`sudo`, `env`, `nice`, `timeout` …). */
export interface Call {
  /** The command's name without folders; empty for a lone assignment. */
  readonly name: string;
  /** What follows it, with quotes removed; words that only the host knows are as written. */
  readonly args: readonly string[];
  readonly node: Command;
  /** UTF-16 offsets of the command, wrappers included. */
  readonly start: number;
  readonly end: number;
  /** Something ends it: `timeout 5 …`. */
  readonly limited: boolean;
  /** It reads from a pipe, a file or a here-document. */
  readonly hasInput: boolean;
  /** Names of what its output is piped into. */
  readonly into: readonly string[];
  readonly inFunction: boolean;
}

interface Around {
  readonly hasInput: boolean;
  readonly into: readonly string[];
  readonly inFunction: boolean;
}

/** All simple commands of a tree in source order, those of substitutions included. */
export function callsIn(tree: SyntaxNode): Call[] {
  const calls: Call[] = [];
  const visit = (node: SyntaxNode, around: Around): void => {
    if (node.type === 'Command') calls.push(callOf(node, around));
    if (node.type === 'Pipeline') {
      visitPipeline(node.commands, around, visit);
      return;
    }
    const inner = innerOf(node, around);
    forEachChild(node, (child) =>
      visit(child, child.type === 'Redirect' || child.type === 'Word' ? outer(around) : inner),
    );
  };
  visit(tree, { hasInput: false, into: [], inFunction: false });
  return calls.sort((a, b) => a.start - b.start);
}

function outer({ inFunction }: Around): Around {
  return { hasInput: false, into: [], inFunction };
}

function innerOf(node: SyntaxNode, around: Around): Around {
  if (node.type === 'Function') return { ...around, inFunction: true };
  if (node.type === 'Redirected') return { ...around, hasInput: around.hasInput || node.redirects.some(isInput) };
  return around;
}

function visitPipeline(
  commands: readonly SyntaxNode[],
  around: Around,
  visit: (node: SyntaxNode, around: Around) => void,
): void {
  commands.forEach((command, index) => {
    const into = commands.slice(index + 1).map((next) => (next.type === 'Command' ? unwrapped(next).name : ''));
    visit(command, { ...around, hasInput: around.hasInput || index > 0, into: [...into, ...around.into] });
  });
}

function isInput(node: SyntaxNode): boolean {
  return (
    node.type === 'HereDoc' || node.type === 'HereString' || (node.type === 'Redirect' && node.operator.startsWith('<'))
  );
}

function callOf(node: Command, around: Around): Call {
  const { name, args, limited } = unwrapped(node);
  const hasInput = around.hasInput || node.redirects.some(isInput);
  return {
    name,
    args,
    node,
    start: node.pos,
    end: node.end,
    limited,
    hasInput,
    into: around.into,
    inFunction: around.inFunction,
  };
}

/** Wrappers, and those of their options that take a word. */
const wrappers: Readonly<Record<string, RegExp>> = {
  sudo: /^-[ugpCchrtT]$|^--(?:user|group)$/,
  doas: /^-[uC]$/,
  env: /^-[uC]$/,
  nice: /^-n$/,
  ionice: /^-[cnp]$/,
  nohup: /^$/,
  stdbuf: /^-[ioe]$/,
  time: /^$/,
  command: /^$/,
  exec: /^-a$/,
  timeout: /^-[ks]$|^--(?:kill-after|signal)$/,
  chronic: /^$/,
  setsid: /^$/,
};

function unwrapped(node: Command): { name: string; args: string[]; limited: boolean } {
  let words = [node.name, ...node.args].flatMap((word) =>
    word ? [word.type === 'Word' ? word.value : word.text] : [],
  );
  let limited = false;
  for (let depth = 0; depth < 5; depth++) {
    const name = (words[0] ?? '').replace(/^.*\//, '');
    const takes = wrappers[name];
    if (takes === undefined) return { name, args: words.slice(1), limited };
    const from = afterOptions(words, takes, name === 'env');
    if (name === 'sudo' && words[from] === undefined) return { name, args: words.slice(1), limited };
    limited ||= name === 'timeout';
    words = words.slice(name === 'timeout' ? from + 1 : from);
  }
  return { name: words[0] ?? '', args: words.slice(1), limited };
}

function afterOptions(words: readonly string[], takes: RegExp, assignments: boolean): number {
  let at = 1;
  while (at < words.length) {
    const word = words[at] ?? '';
    if (word === '--') return at + 1;
    if (!word.startsWith('-') && !(assignments && /^\w+=/.test(word))) return at;
    at += takes.test(word) ? 2 : 1;
  }
  return at;
}

/** Whether an option is given: `-f` alone or in a cluster such as `-xf`, or `--follow` with or without a value. */
export function has(args: readonly string[], ...options: readonly string[]): boolean {
  const end = args.indexOf('--');
  const given = end < 0 ? args : args.slice(0, end);
  return options.some((option) =>
    option.startsWith('--') || option.length > 2
      ? given.some((arg) => arg === option || arg.startsWith(`${option}=`))
      : given.some(
          (arg) => /^-[A-Za-z0-9]/.test(arg) && arg.slice(1).includes(option.slice(1)) && !arg.startsWith('--'),
        ),
  );
}

/** Words that are no options. */
export function operands(args: readonly string[]): string[] {
  return args.filter((arg) => !arg.startsWith('-'));
}

/** The tree of a script, or null when it cannot be read. */
export function treeOf(script: string): Tree | null {
  try {
    const tree = parse(script);
    return tree.errors?.length ? null : tree;
  } catch {
    return null;
  }
}
