/** The risk floor: judges a script by every command of its syntax tree. Deterministic, pure, and it never throws. */
import { parse } from 'unbash';
import { higherRisk, type RiskFlag, type RiskLevel } from '../words.ts';
import { disagreement, type Reparse } from './agreement.ts';
import { forbiddenCharacter } from './characters.ts';
import type { OrganisationRule } from './organisation-rule.ts';
import type { Scope } from './scope.ts';
import { mostCommands } from './simple.ts';
import { type Survey, survey } from './tree.ts';
import { Variables } from './variables.ts';
import type { RiskReason, RiskVerdict } from './verdict.ts';
import { judges, walkTree } from './walk.ts';

export type { Reparse } from './agreement.ts';

/** UTF-16 units (64 KB of ASCII): SSM's own limit for a document's parameters is of this size. */
export const longestScript = 65_536;

/** What `classify` needs from outside: the second parser, and the organisation's own list. */
export interface ClassifyTools {
  /** Absent or throwing means that nothing is read_only. */
  readonly reparse?: Reparse;
  readonly commands?: readonly OrganisationRule[];
}

/**
 * Judges a script: the highest level of its findings, their flags, and every finding as a reason.
 *
 * @param script the exact text that would be sent to the host's shell.
 */
export function classify(script: string, tools: ClassifyTools): RiskVerdict {
  try {
    return judge(script, tools);
  } catch (error) {
    const why = error instanceof RangeError ? 'nests too deep to be judged' : 'could not be judged';
    return refusal(script, 'script.crash', why, false);
  }
}

function judge(script: string, tools: ClassifyTools): RiskVerdict {
  const character = forbiddenCharacter(script);
  if (character !== null) {
    const text = `hides what it does with the character ${character.name}`;
    const at = { start: character.at, end: character.at + 1 };
    return verdict([{ rule: 'script.character', text, level: 'forbidden', ...at }], true);
  }
  if (script.length > longestScript) return refusal(script, 'script.length', 'is longer than 64 KB');
  if (!/^(?!#!)|^#! ?(?:\/usr)?\/bin\/(?:env )?(?:ba|da)?sh(?: -[eux]+)?[ \t]*(?:\n|$)/.test(script)) {
    return refusal(script, 'script.interpreter', 'asks for an interpreter other than sh or bash');
  }
  // Each substitution holds a command: so many are refused before anything reads them.
  if (script.length > mostCommands && countSubstitutions(script) > 2 * mostCommands)
    return refusal(script, 'script.commands', 'has too many commands to be judged');
  const tree = parse(script);
  const found = survey(tree);
  if (found.problem !== null) return refusal(script, 'script.syntax', `cannot be read: ${found.problem}`);
  const text = { script, tree, ...found };
  const scope = openScope(text, tools, null);
  walkTree(tree, found.commands, scope);
  const first = readings(text, tools, scope) ?? verdict(scope.reasons, !scope.unknown.seen);
  if (first.level !== 'read_only') return first;
  const doubt = disagreement(found.commands, script, tools.reparse);
  if (doubt === null) return first;
  const doubted = refusal(script, 'script.disagreement', doubt, first.known);
  return verdict([...first.reasons, ...doubted.reasons], first.known);
}

/** The whole script is destructive. */
function refusal(script: string, rule: string, text: string, known = true): RiskVerdict {
  return verdict([{ rule, text, level: 'destructive', start: 0, end: script.length }], known);
}

/** Names of the environment in one script; each doubles the number of readings. */
const mostInherited = 5;

/** UTF-16 units: longer scripts are read once. */
const longestRead = 4_096;

/**
 * What nothing in the script sets comes from the environment of the machine's own agent, which only its root can write,
 * and whoever is root there needs no script of ours. So such a name is not set, or holds one plain word. A script that
 * is asked about only for such words is judged with every choice of them set and not set; null unless all of them read.
 */
function readings(text: Text, tools: ClassifyTools, plain: Scope): RiskVerdict | null {
  const { script, tree, commands } = text;
  if (!script.includes('$') || script.length > longestRead) return null;
  if (!plain.reasons.some((reason) => /\.(?:open|egress)$/.test(reason.rule))) return null;
  const set = openScope(text, tools, new Set());
  walkTree(tree, commands, set);
  const names = [...set.variables.inherited];
  const reasons = [...set.reasons];
  if (names.length === 0 || names.length > mostInherited || !isRead(reasons)) return null;
  for (let choice = 1; choice < 2 ** names.length; choice++) {
    const unset = new Set(names.filter((_, index) => choice & (1 << index)));
    const scope = openScope(text, tools, unset);
    walkTree(tree, commands, scope);
    if (!isRead(scope.reasons)) return null;
    reasons.push(...scope.reasons.filter((reason) => reason.flag !== undefined));
  }
  return verdict(reasons, !plain.unknown.seen && !set.unknown.seen);
}

function isRead(reasons: readonly RiskReason[]): boolean {
  return reasons.every((reason) => reason.level === 'read_only');
}

function countSubstitutions(script: string): number {
  return script.match(/\$\((?!\()|`/g)?.length ?? 0;
}

interface Text extends Survey {
  readonly script: string;
  readonly tree: ReturnType<typeof parse>;
}

function openScope({ script, setting }: Text, tools: ClassifyTools, unset: ReadonlySet<string> | null): Scope {
  return {
    reasons: [],
    commands: tools.commands ?? [],
    variables: new Variables(setting, unset),
    functions: [],
    made: [],
    folders: [],
    bash: /^#!.*\bbash\b/.test(script),
    depth: 0,
    budget: { commands: 0, expansions: 0, globs: 0 },
    origins: { download: false, decoded: false },
    unknown: { seen: false },
    seen: new Set(),
    judges,
    // A tolerant parser may place what is missing behind the end.
    place: (start, end) => ({ start: Math.min(start, script.length), end: Math.min(end, script.length) }),
  };
}

function verdict(reasons: readonly RiskReason[], known: boolean): RiskVerdict {
  let level: RiskLevel = 'read_only';
  const flags: RiskFlag[] = [];
  for (const reason of reasons) {
    level = higherRisk(level, reason.level);
    if (reason.flag !== undefined && !flags.includes(reason.flag)) flags.push(reason.flag);
  }
  return { level, flags, reasons, known };
}
