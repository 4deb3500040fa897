/** Variables that nothing sets: each script runs in a shell of its own, which knows of no other step and no profile. */
import { forEachChild, type SyntaxNode } from 'unbash';
import type { Finding } from '../runbook/problem.ts';
import type { JudgedScript } from './judged.ts';
import { has } from './shell.ts';

/** What bash sets itself, and what the agent of Systems Manager gives to scripts. */
const given =
  /^(?:BASH\w*|DIRSTACK|EPOCH\w+|EUID|FUNCNAME|GROUPS|HISTCMD|HOME|HOST(?:NAME|TYPE)|IFS|LANG|LC_\w+|LINENO|LOGNAME|MACHTYPE|OLDPWD|OPTARG|OPTERR|OPTIND|OSTYPE|PATH|PIPESTATUS|PPID|PS\d|PWD|RANDOM|REPLY|SECONDS|SHELL|SHELLOPTS|SHLVL|SRANDOM|TERM|TMPDIR|TZ|UID|USER|_|AWS_SSM_\w+|COPROC|MAPFILE)$/;

interface Use {
  readonly name: string;
  readonly offset: number;
}

/** The first use of each name that nothing in its script sets. */
export function unsetVariables(judged: JudgedScript): Finding[] {
  const set = namesSet(judged);
  const positional = judged.calls.some(
    ({ name, args }) => name === 'set' && args.some((arg) => arg === '--' || !/^[-+]/.test(arg)),
  );
  const uses = usesIn(judged.tree, false).filter(({ name }) =>
    /^[1-9]\d*$/.test(name) ? !positional : !set.has(name) && !given.test(name),
  );
  const first = uses.filter(({ name }, index) => uses.findIndex((use) => use.name === name) === index);
  return first.map(({ name, offset }) => {
    const message = /^\d/.test(name)
      ? `$${name} is empty: a script has no arguments`
      : `$${name} is set nowhere in this script; what another step or a profile sets is not known here`;
    const fix = /^\d/.test(name)
      ? 'declare a parameter; in awk, use single quotes'
      : `declare a parameter and write {{ ${name.toLowerCase()} }}, or set ${name} in the script`;
    return judged.at(offset, 'unset-variable', message, fix);
  });
}

function usesIn(node: SyntaxNode, inFunction: boolean): Use[] {
  const uses: Use[] = [];
  const inside = inFunction || node.type === 'Function';
  const name = nameIn(node);
  if (name !== null && !(inFunction && /^\d/.test(name))) uses.push({ name, offset: node.pos });
  forEachChild(node, (child) => void uses.push(...usesIn(child, inside)));
  return uses;
}

/** The variable that an expansion needs; one with a default, or a check of its own, needs none. */
function nameIn(node: SyntaxNode): string | null {
  if (node.type === 'SimpleExpansion') return /^\$([A-Za-z_]\w*|[1-9])$/.exec(node.text)?.[1] ?? null;
  if (node.type !== 'ParameterExpansion' || node.prefix === '!') return null;
  const { operation, parameter } = node;
  if (operation?.type === 'Default') return null;
  return /^(?:[A-Za-z_]\w*|[1-9]\d*)$/.test(parameter) ? parameter : null;
}

/** Commands whose words are names that they set, and the options that name one. */
const setters = new Set([
  'read',
  'mapfile',
  'readarray',
  'export',
  'declare',
  'typeset',
  'local',
  'readonly',
  'getopts',
  'let',
  'unset',
]);

function namesSet({ tree, calls }: JudgedScript): Set<string> {
  const names = new Set<string>();
  const visit = (node: SyntaxNode): void => {
    if (node.type === 'Assignment') names.add(node.name);
    if (node.type === 'For' || node.type === 'Select') names.add(node.name.value);
    if (node.type === 'FileDescriptorVariable') names.add(node.name);
    if (/^Arithmetic/.test(node.type)) for (const name of arithmeticNames(node)) names.add(name);
    forEachChild(node, visit);
  };
  visit(tree);
  for (const { name, args } of calls) {
    if (setters.has(name)) for (const arg of args) names.add(arg.replace(/[=+[].*$/s, ''));
    if (name === 'printf' && has(args, '-v')) names.add(args[args.indexOf('-v') + 1] ?? '');
    // What is read in from a file may set anything.
    if (name === 'source' || name === '.' || name === 'eval')
      return new Proxy(names, { get: (all, key) => (key === 'has' ? () => true : Reflect.get(all, key)) });
  }
  return names;
}

function arithmeticNames(node: SyntaxNode): string[] {
  const text = 'body' in node && typeof node.body === 'string' ? node.body : 'text' in node ? String(node.text) : '';
  return [...text.matchAll(/([A-Za-z_]\w*)\s*(?:[-+*/%]?=(?!=)|\+\+|--)/g)].map((match) => match[1] ?? '');
}
