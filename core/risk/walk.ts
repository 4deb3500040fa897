/** Walks a syntax tree in the order in which the shell runs it; a node kind without a rule here is destructive. */
import { forEachChild, parse, type SyntaxNode } from 'unbash';
import { judgeAssignment } from './assignments.ts';
import { isBuiltinOrKnown } from './catalogue.ts';
import { judgeDash } from './dash.ts';
import { judgeTestTexts } from './evaluated.ts';
import { deepestTexts, walkExpressions, walkWord } from './expansions.ts';
import { mentionsSecret, picksSecrets, pipedFrom } from './pipes.ts';
import { walkRedirect } from './redirects.ts';
import { addOrigins, type Judges, report, type Scope } from './scope.ts';
import { judgeWords, walkCommand } from './simple.ts';
import type { Input } from './table.ts';
import { type CommandNode, survey } from './tree.ts';

const nothing: Input = { kind: 'nothing' };

export const judges: Judges = {
  node: (node, input, scope) => walkNode(node, input, scope),
  // Only the shell itself calls functions: what a wrapper runs is a program, whatever its name.
  words: (words, input, scope, at) => judgeWords(words, input, { ...scope, functions: [] }, at),
  script: (text, at, scope) => {
    // A shell of its own has none of our functions; what they do was judged where they stand.
    const functions: string[] = [];
    const inside: Scope = {
      ...scope,
      functions,
      depth: scope.depth + 1,
      place: () => ({ start: at.start, end: at.end }),
    };
    if (inside.depth > deepestTexts)
      return report(scope, at, 'script.depth', 'nests too deep to be judged', 'destructive');
    const tree = parse(text);
    const { problem, commands, setting } = survey(tree);
    if (problem !== null) return report(scope, at, 'script.syntax', `cannot be read: ${problem}`, 'destructive');
    inside.variables.collect(setting);
    inside.variables.inOtherShell(() => walkTree(tree, commands, inside));
    addOrigins(inside.origins, scope.origins);
  },
};

/** Judges a whole text's tree, and makes sure that none of its commands was passed over. */
export function walkTree(tree: SyntaxNode, commands: readonly CommandNode[], scope: Scope): void {
  walkNode(tree, nothing, scope);
  const missed = commands.find((command) => !scope.seen.has(command));
  if (missed === undefined) return;
  report(
    scope,
    scope.place(missed.pos, missed.end),
    'node.unseen',
    'holds a command that no rule judges',
    'destructive',
  );
}

/** Judges a node and all below it. `input` is what its standard input is. */
export function walkNode(node: SyntaxNode, input: Input, scope: Scope): void {
  switch (node.type) {
    case 'Script':
    case 'CompoundList':
      walkList(node.commands, input, scope);
      return;
    case 'Statement':
      walkNode(node.command, input, scope);
      return;
    case 'AndOr':
      walkAndOr(node, input, scope);
      return;
    case 'Pipeline':
      walkPipeline(node.commands, input, scope);
      return;
    case 'Command':
      scope.seen.add(node);
      walkCommand(node, input, scope);
      return;
    case 'Redirected':
      walkRedirected(node, input, scope);
      return;
    case 'Subshell':
    case 'BraceGroup':
      node.type === 'Subshell'
        ? scope.variables.inBranch(() => walkNode(node.body, input, scope))
        : walkNode(node.body, input, scope);
      return;
    case 'If':
      walkNode(node.clause, input, scope);
      branch(node.then, input, scope);
      for (const part of node.elif) {
        branch(part.clause, input, scope);
        branch(part.then, input, scope);
      }
      node.else && branch(node.else, input, scope);
      return;
    case 'While':
      branch(node.clause, input, scope);
      branch(node.body, input, scope);
      return;
    case 'For':
    case 'Select':
      for (const word of node.wordlist ?? []) {
        const given = walkWord(word, scope);
        // File names come of a pattern, and words of what splits: neither has the text that is written.
        scope.variables.give(node.name.text, word, given.glob || given.splits ? { ...given, values: null } : given);
      }
      judgeAssignment(node.name.text, null, 'shell', scope, scope.place(node.name.pos, node.name.end));
      scope.variables.inBranch(() => {
        if (node.wordlist) scope.variables.assign(node.name.text);
        walkNode(node.body, input, scope);
      });
      return;
    case 'Case':
      walkWord(node.word, scope);
      for (const item of node.items) {
        for (const word of item.pattern) walkWord(word, scope);
        branch(item.body, input, scope);
      }
      return;
    case 'Function':
      walkFunction(node, scope);
      return;
    case 'TestCommand':
    case 'ArithmeticCommand':
    case 'ArithmeticFor':
      judgeDash(node, scope);
      judgeTestTexts(node, scope);
      walkExpressions(node, scope);
      node.type === 'ArithmeticFor' ? branch(node.body, input, scope) : undefined;
      return;
    default:
      report(scope, scope.place(node.pos, node.end), 'node.unknown', `has no rule: ${node.type}`, 'destructive');
  }
}

/** Each statement has a flow of its own; the origins of all of them are those of the list. */
function walkList(statements: readonly SyntaxNode[], input: Input, scope: Scope): void {
  if (statements.length === 1) {
    walkNode(statements[0] as SyntaxNode, input, scope);
    return;
  }
  const all = { ...scope.origins };
  for (const statement of statements) {
    const inherited = { ...scope.origins };
    walkNode(statement, input, scope);
    addOrigins(scope.origins, all);
    scope.origins = inherited;
  }
  scope.origins = all;
}

function branch(node: SyntaxNode, input: Input, scope: Scope): void {
  scope.variables.inBranch(() => walkNode(node, input, scope));
}

function walkAndOr(node: Extract<SyntaxNode, { type: 'AndOr' }>, input: Input, scope: Scope): void {
  const [first, ...rest] = node.commands;
  if (first) walkNode(first, input, scope);
  const chained = node.operators.every((operator) => operator === '&&');
  const judgeRest = () => {
    for (const command of rest) {
      if (chained) walkNode(command, input, scope);
      else branch(command, input, scope);
    }
  };
  scope.variables.inBranch(judgeRest);
  const proved = chained ? null : provedName(node);
  if (proved !== null) scope.variables.prove(proved);
}

/** `[[ $x =~ ^[0-9]+$ ]] || exit 1`: what follows runs only if the name has that form, which starts no option. */
function provedName(node: Extract<SyntaxNode, { type: 'AndOr' }>): string | null {
  const [test, otherwise, more] = node.commands;
  if (more !== undefined || node.operators[0] !== '||' || test?.type !== 'TestCommand') return null;
  const { expression } = test;
  if (expression.type !== 'TestBinary' || expression.operator !== '=~') return null;
  if (!/^\^\[(?:0-9|a-z|A-Z|a-zA-Z|a-z0-9|a-zA-Z0-9)\](?:\+|\[[\w.-]+\][+*])\$$/.test(expression.right.text))
    return null;
  if (otherwise?.type !== 'Command' || otherwise.name?.text !== 'exit' || otherwise.prefix.length > 0) return null;
  return /^"?\$\{?([A-Za-z_]\w*)\}?"?$/.exec(expression.left.text)?.[1] ?? null;
}

function walkPipeline(commands: readonly SyntaxNode[], input: Input, scope: Scope): void {
  for (let index = 0; index < commands.length; index++) {
    const command = commands[index] as SyntaxNode;
    const piped: Input = index === 1 ? pipedFrom(commands[0], scope) : { kind: 'pipe' };
    scope.variables.inBranch(() => walkNode(command, index === 0 ? input : piped, scope));
  }
  mentionsSecret(commands, scope);
  picksSecrets(commands, scope);
}

function walkRedirected(node: Extract<SyntaxNode, { type: 'Redirected' }>, input: Input, scope: Scope): void {
  const own = node.redirects.reduce((before, redirect) => walkRedirect(redirect, before, scope), input);
  walkNode(node.command, own, scope);
}

/** A function that takes a known command's name would be judged as that command: nothing after it could be believed. */
function walkFunction(node: Extract<SyntaxNode, { type: 'Function' }>, scope: Scope): void {
  const at = scope.place(node.pos, node.end);
  const name = node.name.value;
  const calls = commandNames(node.body);
  if (calls.includes(name)) report(scope, at, 'function.recursive', `calls itself without end: ${name}`, 'forbidden');
  else if (isBuiltinOrKnown(name))
    report(scope, at, 'function.shadows', `redefines a known command: ${name}`, 'destructive');
  scope.variables.inBranch(() => walkNode(node.body, nothing, scope));
  scope.functions.push(name);
}

function commandNames(node: SyntaxNode): string[] {
  const names: string[] = node.type === 'Command' && node.name ? [node.name.value] : [];
  forEachChild(node, (child) => {
    names.push(...commandNames(child));
  });
  return names;
}
