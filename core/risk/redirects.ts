/** Judges redirections: what is read, what is written, and what standard input is for the command. */
import type { Redirection } from 'unbash';
import { literalArgument } from './arguments.ts';
import { walkPart, walkWord } from './expansions.ts';
import { isSecretPath } from './paths.ts';
import { report, type Scope, type Span } from './scope.ts';
import type { Input } from './table.ts';
import { applyUse, readPath, writePath } from './uses.ts';

/** Texts and expansions in the here-documents of a script: the second parser's time grows with their square. */
const mostParts = 200;

/** Judges one redirection and answers what standard input is after it. */
export function walkRedirect(node: Redirection, input: Input, scope: Scope): Input {
  const at = scope.place(node.pos, node.end);
  if (node.type === 'HereDoc') {
    if (node.closing === undefined)
      report(scope, at, 'script.heredoc', 'has a here-document without an end', 'destructive');
    const parts = node.body.parts ?? [];
    scope.budget.expansions += parts.length;
    if (scope.budget.expansions > mostParts)
      report(scope, at, 'script.expansions', 'has too many expansions in here-documents to be judged', 'destructive');
    for (const part of parts) walkPart(part, scope);
    const literal = parts.every((part) => part.type === 'Literal');
    if (literal) namesSecrets(node.body.text, scope, at);
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
  if (node.type === 'HereString') {
    for (const text of target.values ?? target.hints) namesSecrets(text, scope, at);
    return { kind: 'text', text: target };
  }
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
  if (node.operator === '<>') applyUse(target, 'overwrites', scope, scope.judges);
  else writePath(target, node.operator.endsWith('>>') ? 'appends' : 'overwrites', scope, at);
  return input;
}

/** A line that is a secret's path is handed to a command that will open it: `xargs cat <<< /etc/shadow`. */
function namesSecrets(text: string, scope: Scope, at: Span): void {
  const secret = text.split('\n').find((line) => /^[/~.]\S*$/.test(line.trim()) && isSecretPath(line.trim()));
  if (secret !== undefined)
    report(scope, at, 'path.secret', `names secrets for a command: ${secret.trim()}`, 'read_only', 'sensitive_read');
}
