/** Judges what the shell does to a word before a command sees it: substitutions, parameters, arithmetic. */
import { type ArithmeticExpression, forEachChild, type SyntaxNode, type Word, type WordPart } from 'unbash';
import { type Argument, literalArgument } from './arguments.ts';
import { isSecretName, judgeAssignment } from './assignments.ts';
import { judgeDash } from './dash.ts';
import { judgeIndex } from './evaluated.ts';
import { resolveWord } from './resolve.ts';
import { addOrigins, report, type Scope, type Span } from './scope.ts';
import type { Input } from './table.ts';

/** Texts within texts: `sh -c "ssh host 'sudo …'"` is three. */
export const deepestTexts = 50;

/** Each doubles the number of words; a range of five digits counts as too many at once. */
const mostBraces = 8;

/** UTF-16 units in all extended patterns (`+(a|b)`): the second parser's time grows with their square. */
const mostGlobs = 500;

const nothing: Input = { kind: 'nothing' };

/** Judges what expanding a word runs, and resolves it. */
export function walkWord(word: Word, scope: Scope): Argument {
  let braces = 0;
  const { parts } = word;
  if (parts === undefined) return literalArgument(word.value, scope.place(word.pos, word.end));
  for (const part of parts) {
    walkPart(part, scope);
    if (part.type === 'BraceExpansion') braces += /\d{5}/.test(part.text) ? mostBraces + 1 : 1;
  }
  if (braces > mostBraces)
    report(scope, scope.place(word.pos, word.end), 'word.braces', 'becomes too many words', 'destructive');
  return resolveWord(word, scope.variables, scope.place(word.pos, word.end));
}

export function walkPart(part: WordPart, scope: Scope): void {
  if (part.type === 'Literal' || part.type === 'SingleQuoted') return;
  const at = scope.place(part.pos, part.end);
  switch (part.type) {
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
      part.expression && walkExpression(part.expression, scope);
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
      if (part.index) judgeIndex(part.index, scope);
      if (part.operation?.type === 'Default' && part.operation.operator.includes('='))
        judgeAssignment(part.parameter, null, 'shell', scope, at);
      walkExpressions(part, scope);
      return;
    case 'ExtendedGlob':
      scope.budget.globs += part.text.length;
      if (scope.budget.globs > mostGlobs)
        report(scope, at, 'script.globs', 'has too long extended patterns to be judged', 'destructive');
      walkExpressions(part, scope);
      return;
    case 'Glob':
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
  inside.variables.inBranch(() => scope.judges.node(part.script as SyntaxNode, input, inside));
  addOrigins(inside.origins, scope.origins);
}

/** Everything within expressions (arithmetic, tests, parameter operations) that runs or reads something. */
export function walkExpressions(node: SyntaxNode | ArithmeticExpression, scope: Scope): void {
  forEachChild(node, (child) => walkExpression(child, scope));
}

function walkExpression(node: SyntaxNode | ArithmeticExpression, scope: Scope): void {
  if (node.type === 'CompoundList') return;
  const target = assignedIn(node);
  if (target !== null) judgeAssignment(target, null, 'shell', scope, scope.place(node.pos, node.end));
  if (node.type === 'ArithmeticCommandExpansion') walkArithmeticCommand(node, scope);
  else if (node.type === 'Word') walkWord(node, scope);
  else if (isPart(node)) walkPart(node, scope);
  else walkExpressions(node, scope);
}

/** The name that `n = 1`, `n += 1`, `n++` sets. */
function assignedIn(node: SyntaxNode | ArithmeticExpression): string | null {
  if (node.type === 'ArithmeticBinary' && /^(?:[-+*/%&|^]|<<|>>)?=$/.test(node.operator))
    return node.left.type === 'ArithmeticWord' ? (/^\w+/.exec(node.left.value)?.[0] ?? null) : null;
  if (node.type === 'ArithmeticUnary' && /^(?:\+\+|--)$/.test(node.operator))
    return node.operand.type === 'ArithmeticWord' ? (/^\w+/.exec(node.operand.value)?.[0] ?? null) : null;
  return null;
}

function walkArithmeticCommand(
  node: Extract<ArithmeticExpression, { type: 'ArithmeticCommandExpansion' }>,
  scope: Scope,
): void {
  const { script } = node;
  if (script === undefined)
    report(scope, scope.place(node.pos, node.end), 'script.syntax', 'cannot be read', 'destructive');
  else scope.variables.inBranch(() => scope.judges.node(script, nothing, { ...scope, depth: scope.depth + 1 }));
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

function isPart(node: SyntaxNode | ArithmeticExpression): node is WordPart {
  return partKinds.has(node.type as SyntaxNode['type']);
}
