/** What one command of a pipeline tells the next: a literal text, or names of files that it will open. */
import type { SyntaxNode } from 'unbash';
import { literalArgument } from './arguments.ts';
import { isSecretPath } from './paths.ts';
import { resolveWord } from './resolve.ts';
import { report, type Scope } from './scope.ts';
import { secretWord } from './secret-words.ts';
import type { Input } from './table.ts';

/** `echo "show stat" | …`: the words are the whole input. Options, backslashes and redirections are not followed. */
export function pipedFrom(node: SyntaxNode | undefined, scope: Scope): Input {
  if (node?.type !== 'Command' || node.name?.value !== 'echo' || node.prefix.length > 0) return { kind: 'pipe' };
  if (scope.functions.includes('echo')) return { kind: 'pipe' };
  const at = scope.place(node.pos, node.end);
  const words: string[] = [];
  for (const part of node.suffix) {
    const word = part.type === 'Word' ? resolveWord(part, scope.variables, at) : null;
    if (!word?.literal || /^-|\\/.test(word.text)) return { kind: 'pipe' };
    words.push(word.text);
  }
  return { kind: 'pipe', text: literalArgument(words.join(' '), at) };
}

/** `docker inspect web | grep -i env`: the description of a container or unit is shown for its environment alone. */
export function picksSecrets(commands: readonly SyntaxNode[], scope: Scope): void {
  if (commands[0]?.type !== 'Command' || !describers.has(commands[0].name?.value ?? '')) return;
  const [first = '', ...rest] = commands.map(textOf);
  if (!describes.test(first)) return;
  const picker = rest.findIndex((text) => /^[ef]?grep /.test(text) && !/ -\w*[cqv]/.test(text) && picks.test(text));
  const node = commands[picker + 1];
  if (picker < 0 || node === undefined) return;
  report(
    scope,
    scope.place(node.pos, node.end),
    'pipe.secret',
    'picks out the environment',
    'read_only',
    'sensitive_read',
  );
}

const describers = new Set(['docker', 'podman', 'nerdctl', 'crictl', 'systemctl', 'kubectl', 'oc', 'sudo']);
const describes =
  /^(?:sudo )?(?:(?:docker|podman|nerdctl|crictl) (?:container )?inspect|systemctl (?:show|cat)|(?:kubectl|oc) .*\b(?:describe|-o ?(?:yaml|json)|--output[= ](?:yaml|json)))\b/;
const picks = new RegExp(`[ '"|(](?:env|environment|envfrom)(?:[ '"|)=:]|$)|${secretWord.source}`, 'i');

function textOf(node: SyntaxNode): string {
  if (node.type !== 'Command') return '';
  return [node.name, ...node.suffix].map((part) => (part?.type === 'Word' ? part.value : '')).join(' ');
}

/** `echo /etc/shadow | xargs cat`: what only prints a secret file's name hands it to a command that opens it. */
export function mentionsSecret(commands: readonly SyntaxNode[], scope: Scope): void {
  const opens = commands.slice(1).some((node) => node.type !== 'Command' || holds(node, 'xargs'));
  if (!opens) return;
  for (const node of commands) {
    if (node.type !== 'Command') continue;
    for (const part of node.suffix) {
      if (part.type !== 'Word') continue;
      const at = scope.place(part.pos, part.end);
      const word = resolveWord(part, scope.variables, at);
      if ((word.values ?? [word.text]).some((text) => isSecretPath(text)))
        report(
          scope,
          at,
          'path.secret',
          `names secrets for the next command: ${word.text}`,
          'read_only',
          'sensitive_read',
        );
    }
  }
}

function holds(node: Extract<SyntaxNode, { type: 'Command' }>, name: string): boolean {
  return [node.name, ...node.suffix].some((part) => part?.type === 'Word' && part.value.endsWith(name));
}
