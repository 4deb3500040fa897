/** One pass over a syntax tree: whether any rule may judge it (no error anywhere, not too deep), and what rules look for in it. */
import { forEachChild, type SyntaxNode } from 'unbash';

/** Nested nodes of any kind; `$(…)` within `$(…)` costs about five each, so this is far beyond readable scripts. */
const deepest = 250;

export type CommandNode = Extract<SyntaxNode, { type: 'Command' }>;

/** What stands in a tree, outer nodes before inner ones and otherwise in the order of the text. */
export interface Survey {
  /** The first problem in words; then the rest says nothing. `unbash` is tolerant, so every nested script's errors count. */
  readonly problem: string | null;
  readonly commands: readonly CommandNode[];
  /** Nodes that may set variables, commands among them. */
  readonly setting: readonly SyntaxNode[];
}

export function survey(tree: SyntaxNode): Survey {
  const commands: CommandNode[] = [];
  const setting: SyntaxNode[] = [];
  let problem: string | null = null;
  let depth = 0;
  const visit = (node: SyntaxNode) => {
    if (problem !== null) return;
    if (depth > deepest) problem = 'nests too deep';
    else if (node.type === 'Script' && 'errors' in node && node.errors?.length)
      problem = node.errors[0]?.message ?? 'syntax error';
    if (problem !== null) return;
    if (node.type === 'Command') commands.push(node);
    if (maySet.has(node.type)) setting.push(node);
    depth++;
    forEachChild(node, visit);
    depth--;
  };
  visit(tree);
  return { problem, commands, setting };
}

const maySet = new Set<SyntaxNode['type']>([
  'Command',
  'Assignment',
  'For',
  'Select',
  'ArithmeticWord',
  'ParameterExpansion',
  'FileDescriptorVariable',
]);
