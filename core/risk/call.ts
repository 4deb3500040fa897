/** One call of a command against its entry: what rules see of it, and what of its words runs as a command of its own. */
import { higherRisk, type RiskFlag, type RiskLevel } from '../words.ts';
import { type Argument, openArgument } from './arguments.ts';
import { judgeWordAssignment } from './assignments.ts';
import type { OptionList, SplitWords } from './options.ts';
import { hiddenLevel, type Judges, judgeScriptWord, type Origin, report, type Scope, type Span } from './scope.ts';
import type { Call, GivenOption, Input, Rule, Use } from './table.ts';
import { applyUse } from './uses.ts';

export interface Target {
  readonly rule: Rule;
  readonly name: string;
  readonly words: readonly Argument[];
  readonly parent: OptionList | null;
  readonly input: Input;
  readonly scope: Scope;
  readonly judges: Judges;
  readonly at: Span;
}

/** Modes replace the entry's own level; of several, the highest counts. An option that is not listed may swallow one. */
export function ownLevel(rule: Rule, options: readonly GivenOption[]): RiskLevel {
  if (options.some((option) => option.known === null)) return rule.level;
  const modes = options.flatMap((option) => option.known?.mode ?? []);
  return modes.length > 0 ? modes.reduce(higherRisk) : rule.level;
}

/** Judges the command that a wrapper runs. */
export function judgeInner(target: Target, split: SplitWords): void {
  const { rule, words, scope, judges, at, name } = target;
  const inner = rule.inner ?? { as: 'words' };
  let from = split.firstOperand;
  if (split.options.some((option) => option.known?.mode)) {
    report(scope, at, name, rule.does, ownLevel(rule, split.options));
    return;
  }
  report(scope, at, name, rule.does, rule.level, rule.flag);
  rule.check?.(callOf(target, split));
  for (let skipped = 0; skipped < (inner.after ?? 0); skipped++, from++) {
    const word = words[from];
    const operands = typeof rule.operands === 'string' ? rule.operands : (rule.operands?.first ?? 'text');
    if (word !== undefined) applyUse(word, operands, scope, judges);
  }
  while (inner.assignments && /^\w+=/.test(words[from]?.prefix ?? '')) {
    judgeWordAssignment(words[from] as Argument, scope);
    from++;
  }
  const rest = words.slice(from);
  if (rest.length === 0) {
    const level = inner.bare ?? 'destructive';
    report(scope, at, `${name}.bare`, level === 'read_only' ? rule.does : 'starts an interactive shell', level);
    return;
  }
  if (inner.as === 'words') {
    judgeWrapped(rest, target, inner.adds === true);
    return;
  }
  const open = rest.find((word) => !word.literal);
  if (open !== undefined) judgeScriptWord(open, scope, judges);
  const written = open === undefined ? rest : rest.slice(0, rest.indexOf(open));
  judges.script(
    written.map((word) => word.text).join(' '),
    { start: rest[0]?.start ?? at.start, end: rest.at(-1)?.end ?? at.end },
    scope,
  );
}

function judgeWrapped(rest: readonly Argument[], target: Target, adds: boolean): void {
  const first = rest[0] as Argument;
  const end = rest.at(-1)?.end ?? first.end;
  const extra: Argument[] = adds ? [openArgument('…', { start: first.start, end })] : [];
  target.judges.words([...rest, ...extra], target.input, target.scope, { start: target.at.start, end: target.at.end });
}

/** What a rule's `check` gets. */
export function callOf(target: Target, split: SplitWords): Call {
  return new TargetCall(target, split);
}

class TargetCall implements Call {
  readonly #target: Target;
  readonly rule: string;
  readonly words: readonly Argument[];
  readonly options: readonly GivenOption[];
  readonly operands: readonly Argument[];
  readonly input: Input;

  constructor(target: Target, split: SplitWords) {
    this.#target = target;
    this.rule = target.name;
    this.words = target.words;
    this.options = split.options;
    this.operands = split.operands;
    this.input = target.input;
  }

  raise(rule: string, does: string, level: RiskLevel, flag?: RiskFlag | null, word?: Argument): void {
    report(this.#target.scope, word ?? this.#target.at, `${this.rule}.${rule}`, does, level, flag);
  }

  use(word: Argument, use: Use): void {
    applyUse(word, use, this.#target.scope, this.#target.judges);
  }

  judgeWords(words: readonly Argument[]): void {
    this.#target.judges.words(words, this.input, this.#target.scope, this.#target.at);
  }

  hidden(what: string, word?: Argument): void {
    const [level, kind] = hiddenLevel(this.#target.scope);
    report(this.#target.scope, word ?? this.#target.at, `${this.rule}.hidden`, `${what} (${kind})`, level);
  }

  origin(origin: Origin): void {
    this.#target.scope.origins[origin] = true;
  }

  judgeScript(word: Argument): void {
    judgeScriptWord(word, this.#target.scope, this.#target.judges);
  }
}
