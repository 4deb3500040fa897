/** Where sh (dash) reads a text differently from bash: a script without a bash first line must be harmless to both. */
import type { SyntaxNode } from 'unbash';
import { report, type Scope } from './scope.ts';

/**
 * dash knows no `((…))` (it runs the content), no `[[` (so `&&`, `|`, `<` and `>` within are the shell's own) and no
 * `$'…'` (so `\'` ends the text). Each is accepted only in a form that dash reads as the same or as nothing.
 */
export function judgeDash(node: SyntaxNode, scope: Scope): void {
  if (scope.bash) return;
  const at = scope.place(node.pos, node.end);
  if (node.type === 'ArithmeticCommand' || node.type === 'ArithmeticFor') {
    report(scope, at, 'dash.arithmetic', 'is run as commands by sh; start the script with #!/bin/bash', 'destructive');
  } else if (node.type === 'TestCommand' && splitsInDash(node)) {
    report(scope, at, 'dash.test', 'is split into commands by sh; start the script with #!/bin/bash', 'destructive');
  } else if (node.type === 'AnsiCQuoted' && node.text.includes("\\'")) {
    report(scope, at, 'dash.quote', "ends earlier for sh: \\' within $'…'", 'destructive');
  }
}

/** Whether a `[[` has operators that dash would take for its own, other than `&& -f x` and `|| -f x`, which run nothing. */
function splitsInDash(node: SyntaxNode): boolean {
  switch (node.type) {
    case 'TestCommand':
      return splitsInDash(node.expression);
    case 'TestLogical':
      return node.operands.some((operand, index) => (index > 0 && !startsWithDash(operand)) || splitsInDash(operand));
    case 'TestGroup':
      return true;
    case 'TestNot':
      return splitsInDash(node.operand);
    case 'TestBinary':
      return ['<', '>'].includes(node.operator) || /[|&;<>()]/.test(node.right.text.replace(/'[^']*'|"[^"]*"/g, ''));
    default:
      return false;
  }
}

function startsWithDash(node: SyntaxNode): boolean {
  return node.type === 'TestUnary' && node.operator.startsWith('-') && node.operand.pos > node.pos;
}
