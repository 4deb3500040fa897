/** Texts that bash may evaluate later although they are quoted here: commands within the index of a variable's name. */
import { forEachChild, type SyntaxNode } from 'unbash';
import { report, type Scope } from './scope.ts';

/** `a[$(reboot)]`: wherever bash takes such a text for a variable or a number, it runs the command. */
export function hidesCommand(text: string): boolean {
  return /\[[^\]]*(?:\$\(|\$\{|`)/.test(text);
}

/** `[[ -v TEXT ]]` and `[[ TEXT -eq 1 ]]` evaluate quoted texts. */
export function judgeTestTexts(node: SyntaxNode, scope: Scope): void {
  forEachChild(node, (child) => {
    if (child.type !== 'Word') judgeTestTexts(child, scope);
    else if (hidesCommand(child.value)) {
      const at = scope.place(child.pos, child.end);
      report(scope, at, 'test.index', 'runs a command that is hidden in an index', 'destructive');
    }
  });
}
