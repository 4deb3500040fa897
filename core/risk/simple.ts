/** Judges a simple command as the shell runs it: redirections and assignments first, then its words. */
import type { SyntaxNode } from 'unbash';
import { type Argument, literalArgument } from './arguments.ts';
import { assignedText, judgeAssignment } from './assignments.ts';
import { judgeCommand } from './command.ts';
import { judgeIndex } from './evaluated.ts';
import { walkWord } from './expansions.ts';
import { walkRedirect } from './redirects.ts';
import { report, type Scope, type Span } from './scope.ts';
import type { Input } from './table.ts';

/** Commands in one script, those in nested texts included. */
export const mostCommands = 500;

export function walkCommand(node: Extract<SyntaxNode, { type: 'Command' }>, input: Input, scope: Scope): void {
  // The limit is reported; what stands beyond it cannot lower anything any more.
  if (scope.budget.commands > mostCommands) return;
  const at = scope.place(node.pos, node.end);
  let own = input;
  for (const part of node.prefix) own = inputAfter(part, own, scope);
  for (const part of node.suffix) own = inputAfter(part, own, scope);
  for (const part of node.prefix)
    if (part.type === 'Assignment') walkAssignment(part, node.name !== undefined, node, scope);
  if (node.name === undefined) return;
  if (node.name.value === 'exec' && own !== input && !node.suffix.some((part) => part.type === 'Word'))
    report(scope, at, 'exec.input', 'makes the shell go on with another input', 'destructive');
  const words: Argument[] = [];
  addWord(node.name, node.name.value, words, scope);
  for (const part of node.suffix) addWord(part, node.name.value, words, scope);
  judgeWords(words, own, scope, at);
}

function inputAfter(part: SyntaxNode, input: Input, scope: Scope): Input {
  return part.type === 'Redirect' || part.type === 'HereDoc' || part.type === 'HereString'
    ? walkRedirect(part, input, scope)
    : input;
}

function addWord(part: SyntaxNode, name: string, words: Argument[], scope: Scope): void {
  const word = commandWord(part, name, scope);
  if (word !== null && !word.absent) words.push(word);
}

/** Assignments as arguments (`export A=1`, `declare -x A=1`) are words for the command, and assignments for the shell. */
function commandWord(part: SyntaxNode, name: string, scope: Scope): Argument | null {
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
    const at = scope.place(part.pos, part.end);
    // What is assigned was judged here; `=NAME`, which no shell takes for a name, tells that something is.
    return name === 'alias' ? literalArgument(part.text, at) : literalArgument(`=${part.name}`, at);
  }
  return part.type === 'Word' ? walkWord(part, scope) : null;
}

export function judgeWords(words: readonly Argument[], input: Input, scope: Scope, at: Span): void {
  scope.budget.commands++;
  if (scope.budget.commands > mostCommands) {
    report(scope, at, 'script.commands', 'has too many commands to be judged', 'destructive');
    return;
  }
  judgeCommand(words, input, scope, scope.judges, at);
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
  if (forCommand) return;
  scope.variables.assign(node.name);
  if (isTemporaryFile(node)) scope.made.push(node.name);
}

function walkValue(node: Extract<SyntaxNode, { type: 'Assignment' }>, scope: Scope): void {
  if (node.index) {
    judgeIndex(node.index, scope);
    walkWord(node.index, scope);
  }
  if (node.value.type === 'Word') scope.variables.give(node.name, node, walkWord(node.value, scope));
  else for (const word of node.value.elements) walkWord(word, scope);
}

/** `x=$(mktemp)`: a new file of a name that nobody else has. */
function isTemporaryFile(node: Extract<SyntaxNode, { type: 'Assignment' }>): boolean {
  if (node.append || node.index || node.value.type !== 'Word') return false;
  const [outer, second] = node.value.parts ?? [];
  const part = outer?.type === 'DoubleQuoted' && outer.parts.length === 1 ? outer.parts[0] : outer;
  if (second !== undefined || part?.type !== 'CommandExpansion') return false;
  const [statement, more] = part.script?.commands ?? [];
  const command = statement?.type === 'Statement' ? statement.command : statement;
  if (more !== undefined || command?.type !== 'Command' || command.name?.value !== 'mktemp') return false;
  return (
    command.prefix.length === 0 &&
    command.suffix.every(
      (word) => word.type === 'Word' && /^[\w./-]+$/.test(word.text) && !/^-\w*[ud]|^--/.test(word.text),
    )
  );
}
