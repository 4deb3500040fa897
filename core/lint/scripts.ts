/** What is suspicious about a single script: two ways in one, state that is lost, words of another shell, misspelt commands. */
import { forEachChild, type SyntaxNode } from 'unbash';
import { commandNames, isBuiltinOrKnown } from '../risk/catalogue.ts';
import type { Finding } from '../runbook/problem.ts';
import { rolesOf } from '../runbook/shell-text.ts';
import { distance } from '../runbook/spelling.ts';
import { endlessFindings } from './endless.ts';
import { maskedFailures } from './failures.ts';
import { interactiveFindings } from './interactive.ts';
import type { JudgedScript } from './judged.ts';
import type { Call } from './shell.ts';
import { unsetVariables } from './variables.ts';

/** Every finding about one script that has a tree. */
export function scriptWarnings(judged: JudgedScript): Finding[] {
  const ways = alternatives(judged);
  const stuck = [...endlessFindings(judged), ...interactiveFindings(judged)];
  return [
    ...stuck,
    ...unsetVariables(judged),
    ...ways,
    // Of two ways one is meant to run, and what never ends is to go: which failure hides which is no question yet.
    ...(ways.length + stuck.length > 0 ? [] : maskedFailures(judged)),
    ...lostState(judged),
    ...bashisms(judged),
    ...misspelt(judged),
  ];
}

const or =
  /^\s*#*\s*(?:-+\s*)?(?:or|either|alternatively|otherwise|or else|or use|or if)\b[\s:,.-]*(?!der|ig)|^\s*#+\s*(?:option|alternative|variant|choice|method|way)\s+(?:\d|[a-d]\b)|^\s*#.*\b(?:or alternatively|alternatively)\b|^\s*#+\s*or\b|^\s*#+\s*(?:if|when|for|on)\s+(?:you (?:use|run|have)|using|running|on)\b|^\s*#+\s*(?:on|for|if)\s+(?:debian|ubuntu|rhel|centos|fedora|amazon linux|alpine|redhat|red hat|suse|systemd|sysvinit|docker|podman|kubernetes|k8s)\b/i;

/** A remark, or a bare word, that says "or" between commands: both would run. */
function alternatives({ draft: { mended, kind: _kind }, at, script }: JudgedScript): Finding[] {
  const roles = rolesOf(script);
  const lines = script.split('\n');
  let start = 0;
  const findings: Finding[] = [];
  lines.forEach((line, index) => {
    const begin = start;
    start += line.length + 1;
    const trimmed = begin + line.length - line.trimStart().length;
    const comment = [...line].findIndex((_, column) => roles[begin + column] === '#');
    const words = comment < 0 ? line : line.slice(comment);
    const says = comment >= 0 ? or.test(words) : /^\s*(?:or|OR|Or)[:,]?\s*$/.test(line) && roles[trimmed] === 'c';
    if (!says || !isCode(lines.slice(index + 1)) || findings.length > 0) return;
    const first = comment === 0 || comment === line.length - line.trimStart().length || comment < 0;
    if (
      !isCode(first ? lines.slice(0, index) : [line]) &&
      !/^\s*#+\s*(?:option|alternative|variant|choice|method|if|for|on|when|either)/i.test(words)
    )
      return;
    const place = comment < 0 ? trimmed : begin + comment;
    findings.push(
      at(
        place,
        'alternatives',
        `${JSON.stringify(words.trim())} names another way, and both ways would run, one after the other`,
        'keep one, ask the host which it is (if command -v nginx; then …; fi), or make a bullet list of the ways under the step, of which a person chooses',
      ),
    );
  });
  return mended === '' ? [] : findings;
}

function isCode(lines: readonly string[]): boolean {
  return lines.some((line) => line.trim() !== '' && !line.trim().startsWith('#'));
}

/** What only its own shell remembers; without a word it lists. */
function keepsState({ name, args, node }: Call): boolean {
  if (node.redirects.length > 0) return false;
  if (node.name === undefined) return node.prefix.length > 0;
  return /^(?:cd|pushd|export|alias|umask|set)$/.test(name) && args.some((arg) => !arg.startsWith('-'));
}

/** `cd`, `export` and the like alone in a step: the next step's shell knows nothing of it. */
function lostState({ calls, tree, draft, at }: JudgedScript): Finding[] {
  const [first] = calls;
  const only = calls.every((call) => keepsState(call));
  if (!only || draft.kind !== 'command' || first === undefined || tree.commands.length !== calls.length) return [];
  const message =
    'the script only changes the state of its own shell, which ends with it: the next step knows nothing of it';
  return [at(first.start, 'lost-state', message, 'put it into the script that needs it')];
}

const onlyBash: Readonly<Record<string, (node: SyntaxNode) => string | null>> = {
  TestCommand: () => '[[ ]]',
  ArithmeticCommand: () => '(( ))',
  ArithmeticFor: () => 'for (( ))',
  Select: () => 'select',
  ArrayValue: () => 'an array',
  HereString: () => '<<<',
  ProcessSubstitution: () => '<( )',
  BraceExpansion: () => '{a,b}',
  AnsiCQuoted: () => "$'…'",
  Coproc: () => 'coproc',
  Redirect: (node) => (node.type === 'Redirect' && /^&>/.test(node.operator) ? node.operator : null),
  ParameterExpansion: (node) =>
    node.type === 'ParameterExpansion' &&
    (node.index !== undefined || /^(?:Replace|Slice|CaseModification|Transform)$/.test(node.operation?.type ?? ''))
      ? node.text
      : null,
  Command: (node) =>
    node.type === 'Command' &&
    /^(?:source|declare|typeset|let|mapfile|readarray|shopt|pushd|popd|disown)$/.test(node.name?.value ?? '')
      ? (node.name?.value ?? null)
      : null,
};

/** The first thing in an `sh` script that is bash's own. The host runs bash for both, other readers of the file do not. */
function bashisms({ draft, tree, script, at }: JudgedScript): Finding[] {
  if (draft.language !== 'sh' || /^#!.*\bbash\b/.test(script)) return [];
  const found = firstBashism(tree);
  if (found === null) return [];
  return [at(found.offset, 'bashism-in-sh', `${found.what} is bash's own, and the fence says sh`, 'write ```bash')];
}

function firstBashism(node: SyntaxNode): { what: string; offset: number } | null {
  const what = onlyBash[node.type]?.(node) ?? null;
  if (what !== null) return { what, offset: node.pos };
  let found: { what: string; offset: number } | null = null;
  forEachChild(node, (child) => {
    const inner = firstBashism(child);
    if (inner !== null && (found === null || inner.offset < found.offset)) found = inner;
  });
  return found;
}

/** A command that nobody knows, one or two letters away from one that everybody does. */
function misspelt({ calls, tree, at }: JudgedScript): Finding[] {
  const own = functionsOf(tree);
  return calls.flatMap(({ name, start, node }): Finding[] => {
    const plain = node.name?.type === 'Word' && /^[a-z][a-z0-9_-]{3,}$/.test(name);
    if (!plain || own.has(name) || isBuiltinOrKnown(name)) return [];
    const near = commandNames().find((known) => known.length > 3 && isNear(name, known));
    if (near === undefined) return [];
    return [
      at(
        start,
        'misspelt-command',
        `${name} is not a known command, so the step counts as destructive`,
        `did you mean ${near}? describe a command of your own under commands in countersign.yaml`,
      ),
    ];
  });
}

/** One slip apart; two in a long name. A digit or a prefix more is another program. */
function isNear(name: string, known: string): boolean {
  const most = known.length >= 8 ? 2 : 1;
  if (Math.abs(name.length - known.length) > most || name[0] !== known[0]) return false;
  if (name.replace(/[\d_-]/g, '') === known.replace(/[\d_-]/g, '')) return false;
  if (known.length < 6 && [...name].sort().join('') !== [...known].sort().join('')) return false;
  return distance(name, known) <= most;
}

function functionsOf(node: SyntaxNode): Set<string> {
  const names = new Set(node.type === 'Function' ? [node.name.value] : []);
  forEachChild(node, (child) => {
    for (const name of functionsOf(child)) names.add(name);
  });
  return names;
}
