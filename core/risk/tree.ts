/** What a syntax tree must satisfy before any rule may judge it: no error anywhere, and not too deep. */
import { forEachChild, type SyntaxNode } from 'unbash';

/** Nested nodes of any kind; `$(…)` within `$(…)` costs about five each, so this is far beyond readable scripts. */
const deepest = 250;

/** The first problem of a tree in words, or null. `unbash` is tolerant, so every nested script's errors count. */
export function treeProblem(node: SyntaxNode, depth = 0): string | null {
  if (depth > deepest) return 'nests too deep';
  if (node.type === 'Script' && 'errors' in node && node.errors?.length)
    return node.errors[0]?.message ?? 'syntax error';
  let problem: string | null = null;
  forEachChild(node, (child) => {
    problem ??= treeProblem(child, depth + 1);
  });
  return problem;
}
