/** Walks a syntax tree in the order in which the shell runs it; a node kind without a rule here is destructive. */
import {
  type ArithmeticExpression,
  forEachChild,
  parse,
  type Redirection,
  type SyntaxNode,
  type Word,
  type WordPart,
} from 'unbash';
import { type Argument, literalArgument, resolveWord } from './arguments.ts';
import { assignedText, isSecretName, judgeAssignment } from './assignments.ts';
import { isBuiltinOrKnown } from './catalogue.ts';
import { judgeCommand } from './command.ts';
import { judgeDash } from './dash.ts';
import { type Judges, type Origin, report, type Scope, type Span } from './scope.ts';
import type { Input } from './table.ts';
import { treeProblem } from './tree.ts';
import { applyUse, readPath, writePath } from './uses.ts';

/** Commands in one script, those in nested texts included. */
export const mostCommands = 500;
/** Texts within texts: `sh -c "ssh host 'sudo …'"` is three. */
export const deepestTexts = 50;

const nothing: Input = { kind: 'nothing' };

export const judges: Judges = {
  // Only the shell itself calls functions: what a wrapper runs is a program, whatever its name.
  words: (words, input, scope, at) => judgeWords(words, input, { ...scope, functions: new Set() }, at),
  script: (text, at, scope) => {
    const inside: Scope = { ...scope, depth: scope.depth + 1, place: () => ({ start: at.start, end: at.end }) };
    if (inside.depth > deepestTexts)
      return report(scope, at, 'script.depth', 'nests too deep to be judged', 'destructive');
    const tree = parse(text);
    const problem = treeProblem(tree);
    if (problem !== null) return report(scope, at, 'script.syntax', `cannot be read: ${problem}`, 'destructive');
    walkNode(tree, nothing, inside);
    for (const origin of inside.origins) scope.origins.add(origin);
  },
};

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
      for (const word of node.wordlist ?? []) walkWord(word, scope);
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
      walkExpressions(node, scope);
      node.type === 'ArithmeticFor' ? branch(node.body, input, scope) : undefined;
      return;
    default:
      report(scope, scope.place(node.pos, node.end), 'node.unknown', `has no rule: ${node.type}`, 'destructive');
  }
}

/** Each statement has a flow of its own; the origins of all of them are those of the list. */
function walkList(statements: readonly SyntaxNode[], input: Input, scope: Scope): void {
  const all = new Set<Origin>(scope.origins);
  for (const statement of statements) {
    const inherited = new Set(scope.origins);
    walkNode(statement, input, scope);
    for (const origin of scope.origins) all.add(origin);
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
}

function walkPipeline(commands: readonly SyntaxNode[], input: Input, scope: Scope): void {
  for (const [index, command] of commands.entries()) {
    scope.variables.inBranch(() => walkNode(command, index === 0 ? input : { kind: 'pipe' }, scope));
  }
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
  scope.functions.add(name);
}

function commandNames(node: SyntaxNode): string[] {
  const names: string[] = node.type === 'Command' && node.name ? [node.name.value] : [];
  forEachChild(node, (child) => {
    names.push(...commandNames(child));
  });
  return names;
}

function walkCommand(node: Extract<SyntaxNode, { type: 'Command' }>, input: Input, scope: Scope): void {
  const at = scope.place(node.pos, node.end);
  let own = input;
  for (const part of [...node.prefix, ...node.suffix]) {
    if (part.type === 'Redirect' || part.type === 'HereDoc' || part.type === 'HereString')
      own = walkRedirect(part, own, scope);
  }
  for (const part of node.prefix)
    if (part.type === 'Assignment') walkAssignment(part, node.name !== undefined, node, scope);
  if (node.name === undefined) return;
  const words = [node.name, ...node.suffix].flatMap((part) => commandWord(part, node.name?.value ?? '', scope));
  judgeWords(words, own, scope, at);
}

/** Assignments as arguments (`export A=1`, `declare -x A=1`) are words for the command, and assignments for the shell. */
function commandWord(part: SyntaxNode, name: string, scope: Scope): Argument[] {
  if (part.type === 'Assignment') {
    walkValue(part, scope);
    const exported = name === 'export' || name === 'declare' || name === 'typeset';
    judgeAssignment(
      part.name,
      assignedText(part.value),
      exported ? 'exported' : 'shell',
      scope,
      scope.place(part.pos, part.end),
    );
    scope.variables.assign(part.name);
    return name === 'alias' ? [literalArgument(part.text, scope.place(part.pos, part.end))] : [];
  }
  return part.type === 'Word' ? [walkWord(part, scope)] : [];
}

function judgeWords(words: readonly Argument[], input: Input, scope: Scope, at: Span): void {
  scope.budget.commands++;
  if (scope.budget.commands > mostCommands) {
    report(scope, at, 'script.commands', 'has too many commands to be judged', 'destructive');
    return;
  }
  judgeCommand(words, input, scope, judges, at);
}

/** `IFS= read` and the like last for one command; without a command they last. */
function walkAssignment(
  node: Extract<SyntaxNode, { type: 'Assignment' }>,
  forCommand: boolean,
  command: Extract<SyntaxNode, { type: 'Command' }>,
  scope: Scope,
): void {
  walkValue(node, scope);
  const reading = node.name === 'IFS' && ['read', 'mapfile', 'readarray'].includes(command.name?.value ?? '');
  const reach = forCommand ? 'command' : 'shell';
  if (!reading) judgeAssignment(node.name, assignedText(node.value), reach, scope, scope.place(node.pos, node.end));
  if (!forCommand) scope.variables.assign(node.name);
}

function walkValue(node: Extract<SyntaxNode, { type: 'Assignment' }>, scope: Scope): void {
  if (node.index) walkWord(node.index, scope);
  if (node.value.type === 'Word') walkWord(node.value, scope);
  else for (const word of node.value.elements) walkWord(word, scope);
}

/** Judges what expanding a word runs, and resolves it. */
export function walkWord(word: Word, scope: Scope): Argument {
  for (const part of word.parts ?? []) walkPart(part, scope);
  return resolveWord(word, scope.variables, scope.place(word.pos, word.end));
}

function walkPart(part: WordPart, scope: Scope): void {
  const at = scope.place(part.pos, part.end);
  switch (part.type) {
    case 'Literal':
    case 'SingleQuoted':
    case 'Glob':
      return;
    case 'AnsiCQuoted':
      judgeDash(part, scope);
      return;
    case 'SimpleExpansion':
      secretVariable(part.text.slice(1), scope, at);
      return;
    case 'DoubleQuoted':
    case 'LocaleString':
      for (const child of part.parts) walkPart(child, scope);
      return;
    case 'CommandExpansion':
    case 'ProcessSubstitution':
      walkSubstitution(part, scope, at);
      return;
    case 'ArithmeticExpansion':
      part.expression && walkExpressions(part.expression, scope);
      return;
    case 'ParameterExpansion':
      secretVariable(part.parameter, scope, at);
      if (part.prefix === '!')
        report(
          scope,
          at,
          'variable.indirect',
          'reads a variable whose name is computed',
          'read_only',
          'sensitive_read',
        );
      if (part.operation?.type === 'Transform')
        report(scope, at, 'variable.transform', 'evaluates a variable', 'destructive');
      walkExpressions(part, scope);
      return;
    case 'ExtendedGlob':
    case 'BraceExpansion':
      walkExpressions(part, scope);
      return;
  }
}

function secretVariable(name: string, scope: Scope, at: Span): void {
  if (!isSecretName(name) || scope.variables.touches(name)) return;
  report(scope, at, 'variable.secret', `uses a secret of the environment: ${name}`, 'read_only', 'sensitive_read');
}

/** The output's origin is that of the command that receives it, but not of the script's later statements. */
function walkSubstitution(
  part: Extract<SyntaxNode, { type: 'CommandExpansion' | 'ProcessSubstitution' }>,
  scope: Scope,
  at: Span,
): void {
  if (part.script === undefined) {
    report(scope, at, 'script.syntax', 'cannot be read', 'destructive');
    return;
  }
  const moved = part.script.source !== undefined;
  const inside: Scope = { ...scope, depth: scope.depth + 1, ...(moved ? { place: () => at } : {}) };
  if (inside.depth > deepestTexts) {
    report(scope, at, 'script.depth', 'nests too deep to be judged', 'destructive');
    return;
  }
  const input: Input = part.type === 'ProcessSubstitution' && part.operator === '>' ? { kind: 'pipe' } : nothing;
  inside.variables.inBranch(() => walkNode(part.script as SyntaxNode, input, inside));
  for (const origin of inside.origins) scope.origins.add(origin);
}

/** Everything within expressions (arithmetic, tests, parameter operations) that runs or reads something. */
function walkExpressions(node: SyntaxNode | ArithmeticExpression, scope: Scope): void {
  forEachChild(node, (child) => {
    if (child.type === 'CompoundList') return;
    if (child.type === 'ArithmeticCommandExpansion') {
      const at = scope.place(child.pos, child.end);
      if (child.script)
        scope.variables.inBranch(() =>
          walkNode(child.script as SyntaxNode, nothing, { ...scope, depth: scope.depth + 1 }),
        );
      else report(scope, at, 'script.syntax', 'cannot be read', 'destructive');
    } else if (child.type === 'Word') walkWord(child, scope);
    else if (isPart(child)) walkPart(child, scope);
    else walkExpressions(child, scope);
  });
}

const partKinds = new Set<SyntaxNode['type']>([
  'Literal',
  'SingleQuoted',
  'Glob',
  'AnsiCQuoted',
  'SimpleExpansion',
  'DoubleQuoted',
  'LocaleString',
  'CommandExpansion',
  'ProcessSubstitution',
  'ArithmeticExpansion',
  'ParameterExpansion',
  'ExtendedGlob',
  'BraceExpansion',
]);

function isPart(node: SyntaxNode): node is WordPart {
  return partKinds.has(node.type);
}

/** Judges one redirection and answers what standard input is after it. */
function walkRedirect(node: Redirection, input: Input, scope: Scope): Input {
  const at = scope.place(node.pos, node.end);
  if (node.type === 'HereDoc') {
    for (const part of node.body.parts ?? []) walkPart(part, scope);
    const literal = (node.body.parts ?? []).every((part) => part.type === 'Literal');
    return {
      kind: 'text',
      text: literal ? literalArgument(node.body.text, at) : null,
    };
  }
  if (node.target === undefined) {
    report(scope, at, 'script.syntax', 'redirects to nothing', 'destructive');
    return input;
  }
  const target = walkWord(node.target, scope);
  if (node.type === 'HereString') return { kind: 'text', text: target };
  if (node.operator === '<') {
    readPath(target, scope);
    return { kind: 'file' };
  }
  if ((node.operator === '>&' || node.operator === '<&') && target.literal && /^(?:\d+-?|-)$/.test(target.text))
    return input;
  if (node.operator === '<&') {
    report(scope, at, 'redirect.open', `uses an open descriptor that is not named here: ${target.text}`, 'destructive');
    return input;
  }
  if (node.operator === '<>') applyUse(target, 'overwrites', scope, judges);
  else writePath(target, node.operator.endsWith('>>') ? 'appends' : 'overwrites', scope, at);
  return input;
}
