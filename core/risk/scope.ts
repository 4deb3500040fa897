/** What the judging functions share while one script is judged. */
import type { SyntaxNode } from 'unbash';
import type { RiskFlag, RiskLevel } from '../words.ts';
import type { Argument } from './arguments.ts';
import type { OrganisationRule } from './organisation-rule.ts';
import type { Input } from './table.ts';
import type { Variables } from './variables.ts';
import type { RiskReason } from './verdict.ts';

/** UTF-16 offsets into the classified script. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** What came out of the commands whose output reaches this one: running it is worse than running something unknown. */
export type Origin = 'download' | 'decoded';

export interface Scope {
  readonly reasons: RiskReason[];
  readonly commands: readonly OrganisationRule[];
  readonly variables: Variables;
  /** Functions that the script has surely defined before this place. */
  readonly functions: string[];
  /** Variables that hold the name of a file that mktemp made, so that overwriting it loses nothing. */
  readonly made: string[];
  /** Folders in which relative names may stand, as far as the script says: for looking for secrets. */
  readonly folders: string[];
  /** Whether the script's first line asks for bash; otherwise sh (dash, or bash) reads it. */
  readonly bash: boolean;
  /** How deep this text is nested in wrappers and substitutions. */
  readonly depth: number;
  /** Shared by nested texts. */
  readonly budget: { commands: number; expansions: number; globs: number };
  /** Origins of what flows in the current pipeline or substitution. */
  origins: Record<Origin, boolean>;
  /** Set when a command without a built-in entry takes part. */
  readonly unknown: { seen: boolean };
  /** Commands of the tree that a rule has judged. */
  readonly seen: Set<SyntaxNode>;
  readonly judges: Judges;
  /** Maps offsets of the text that is walked to the classified script's. */
  place(start: number, end: number): Span;
}

/** Adds what flowed in a part to what flows in the whole. */
export function addOrigins(from: Scope['origins'], to: Scope['origins']): void {
  to.download ||= from.download;
  to.decoded ||= from.decoded;
}

/** Adds a finding. */
export function report(
  scope: Scope,
  at: Span,
  rule: string,
  text: string,
  level: RiskLevel,
  flag?: RiskFlag | null,
): void {
  const { start, end } = at;
  scope.reasons.push(flag ? { rule, text, level, flag, start, end } : { rule, text, level, start, end });
}

/** What judges nested texts and commands: given to rules so that they need not know the walker. */
export interface Judges {
  node(node: SyntaxNode, input: Input, scope: Scope): void;
  script(text: string, at: Span, scope: Scope): void;
  words(words: readonly Argument[], input: Input, scope: Scope, at: Span): void;
}

/** Judges a word as the text of a script; one that is not literal cannot be seen. */
export function judgeScriptWord(word: Argument, scope: Scope, judges: Judges): void {
  if (word.literal) {
    judges.script(word.text, word, scope);
    return;
  }
  const [level, why] = hiddenLevel(scope);
  report(scope, word, 'shell.hidden', `runs ${why} that is not written here`, level);
}

/** The level of running what cannot be seen: unknown is destructive, fetched or decoded is forbidden. */
export function hiddenLevel(scope: Scope): [RiskLevel, string] {
  if (scope.origins.download) return ['forbidden', 'a download'];
  if (scope.origins.decoded) return ['forbidden', 'decoded text'];
  return ['destructive', 'a text'];
}
