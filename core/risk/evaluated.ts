/** Texts that bash may evaluate later although they are quoted here: commands within the index of a variable's name. */
import { forEachChild, type SyntaxNode, type Word } from 'unbash';
import { isObeyed } from './assignments.ts';
import { report, type Scope } from './scope.ts';

/** `a[$(reboot)]`: wherever bash takes such a text for a variable or a number, it runs the command. */
export function hidesCommand(text: string): boolean {
  return /\[[^\]]*(?:\$\(|\$\{|`)/.test(text);
}

/** `a[PATH=1]`, `(( IFS += 1 ))`: a text that bash calculates may set a variable that the shell obeys. */
export function setsObeyed(text: string): boolean {
  const names = text.matchAll(/(?:\+\+|--)\s*(\w+)|(\w+)\s*(?:\+\+|--|(?:[-+*/%&|^]|<<|>>)?=(?!=))/g);
  return [...names].some(([, before, after]) => isObeyed(before ?? after ?? '', 'shell'));
}

/** An index, which is calculated. */
export function judgeIndex(index: Word, scope: Scope): void {
  if (setsObeyed(index.text))
    report(scope, scope.place(index.pos, index.end), 'index.dangerous', 'sets what the shell obeys', 'destructive');
}

/** `[[ -v TEXT ]]` and `[[ TEXT -eq 1 ]]` evaluate quoted texts. */
export function judgeTestTexts(node: SyntaxNode, scope: Scope): void {
  forEachChild(node, (child) => {
    if (child.type !== 'Word') judgeTestTexts(child, scope);
    else {
      const at = scope.place(child.pos, child.end);
      if (hidesCommand(child.value))
        report(scope, at, 'test.index', 'runs a command that is hidden in an index', 'destructive');
      if (setsObeyed(child.value)) report(scope, at, 'test.dangerous', 'may set what the shell obeys', 'destructive');
    }
  });
}
