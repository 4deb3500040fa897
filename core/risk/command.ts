/** Judges one command: finds its entry, splits its words, applies options, operands, sub-commands and inner commands. */
import type { RiskLevel } from '../words.ts';
import type { Argument } from './arguments.ts';
import { callOf, judgeInner, ownLevel, type Target } from './call.ts';
import { findRule } from './catalogue.ts';
import { type OptionList, optionList, type SplitWords, splitWords } from './options.ts';
import { matchingRules } from './organisation.ts';
import type { OrganisationRule } from './organisation-rule.ts';
import { isProgramFolder } from './paths.ts';
import { hiddenLevel, type Judges, report, type Scope, type Span } from './scope.ts';
import type { GivenOption, Input, KnownOption, Operands, Rule, Use } from './table.ts';
import { applyUse } from './uses.ts';

/** Judges a command given as words, the first of which names it. */
export function judgeCommand(words: readonly Argument[], input: Input, scope: Scope, judges: Judges, at: Span): void {
  const word = words[0];
  if (word === undefined) return;
  const rest = words.slice(1);
  const name = commandName(word);
  if (name === null) {
    unresolved(word, scope, at);
    return;
  }
  const found = scope.functions.includes(name) ? functionRule : findRule(name);
  const own = matchingRules(name, rest, scope.commands);
  for (const rule of own) applyOrganisation(rule, name, scope, at);
  if (found === undefined) {
    unknownCommand(name, own, scope, at);
    return;
  }
  if (rest.length === 1 && rest[0]?.literal && /^--(?:help|version)$/.test(rest[0].text)) {
    report(scope, at, `${name}.help`, 'shows how it is used', 'read_only');
    return;
  }
  judgeRule({ rule: found, name, words: rest, parent: null, input, scope, judges, at });
}

/** Calling a function of the script does what its body does, which is judged where it stands. */
const functionRule: Rule = { does: 'calls a function of the script', level: 'read_only', style: 'plain' };

/** `/usr/bin/ls` → `ls`; null when the word is not literal or names a program elsewhere. */
function commandName(word: Argument): string | null {
  if (!word.literal || word.text === '') return null;
  const slash = word.text.lastIndexOf('/');
  if (slash < 0) return word.text;
  return isProgramFolder(word.text.slice(0, slash)) && !word.text.includes('..') ? word.text.slice(slash + 1) : null;
}

function unresolved(word: Argument, scope: Scope, at: Span): void {
  if (word.literal) {
    scope.unknown.seen = true;
    const [level] = hiddenLevel(scope);
    report(scope, at, 'command.local', `runs a local program or script: ${word.text}`, level);
    return;
  }
  const [level, what] = hiddenLevel(scope);
  report(scope, at, 'command.hidden', `runs ${what} whose name is not written here: ${word.text}`, level);
}

/** Reports what a fitting rule says; the verdict takes the highest level, so a rule about a known command only raises. */
function applyOrganisation(rule: OrganisationRule, name: string, scope: Scope, at: Span): void {
  const text = `${name}: ${rule.reason} (${rule.owner})`;
  if (rule.forbid) report(scope, at, 'organisation.forbid', text, 'forbidden');
  else if (rule.ask) report(scope, at, 'organisation.ask', text, 'modifying');
  else if (rule.level) report(scope, at, 'organisation.level', text, rule.level);
}

/** Only here may the organisation's level lower anything: there is no built-in entry to contradict. */
function unknownCommand(name: string, own: readonly OrganisationRule[], scope: Scope, at: Span): void {
  scope.unknown.seen = true;
  if (own.some((rule) => rule.level !== undefined)) return;
  report(scope, at, 'command.unknown', `is not a known command: ${name}`, 'destructive');
}

function judgeRule(target: Target): void {
  const { rule, words } = target;
  const list = optionList(rule, target.parent);
  const stops = rule.inner !== undefined || rule.subcommands !== undefined || rule.ordered === true;
  const split = splitWords(words, list, stops);
  applyOptions(target, list, split);
  if (rule.yields !== undefined) target.scope.origins[rule.yields] = true;
  if (rule.subcommands !== undefined) {
    judgeSubcommand(target, list, split);
    return;
  }
  if (rule.inner !== undefined) {
    judgeInner(target, split);
    return;
  }
  report(target.scope, target.at, target.name, rule.does, ownLevel(rule, split.options), rule.flag);
  applyOperands(target, split.operands);
  rule.check?.(callOf(target, split));
}

function applyOptions(target: Target, list: OptionList, split: SplitWords): void {
  const { scope, at, name } = target;
  for (const option of split.options) {
    if (option.known === null) {
      // What is destructive anyway needs no second reason.
      if (list.requests || target.rule.level === 'destructive') continue;
      const text = `has an option that is not known to be harmless: ${option.name}`;
      report(scope, at, `${name}.option`, text, 'destructive');
      continue;
    }
    applyEffect(target, option, option.known);
  }
  const doubtful = split.doubtful[0];
  if (doubtful === undefined || list.reach === 'read_only') return;
  report(scope, doubtful, `${name}.open`, `may be given another option by ${doubtful.text}`, list.reach);
}

function applyEffect({ scope, at, name, judges }: Target, option: GivenOption, known: KnownOption): void {
  const { effect } = known;
  if (effect === null) return;
  if (effect.unless !== undefined && option.value !== null && isOwn(option.value, effect.unless)) return;
  if (effect.yields !== undefined) scope.origins[effect.yields] = true;
  if (effect.level !== undefined || effect.flag !== undefined) {
    const rule = `${name}.${known.names.at(-1)?.replace(/^-+/, '')}`;
    report(scope, at, rule, effect.does ?? `is given ${option.name}`, effect.level ?? 'read_only', effect.flag);
  }
  if (effect.value !== undefined && option.value !== null) applyUse(option.value, effect.value, scope, judges);
}

/** A value that is known to be harmless, none, or set by the machine's own administrators. */
function isOwn(value: Argument, own: RegExp): boolean {
  if (value.literal) return value.text === '' || own.test(value.text);
  return value.inherited === true && /^\$\{?\w+\}?$/.test(value.text);
}

function applyOperands(target: Target, operands: readonly Argument[]): void {
  const { rule, scope, judges, at, name } = target;
  if (operands.length === 0) return;
  if (rule.operands === undefined || typeof rule.operands === 'string') {
    for (const word of operands) applyUse(word, rule.operands ?? 'reads', scope, judges);
    return;
  }
  const shape = rule.operands;
  for (let index = 0; index < operands.length; index++)
    applyUse(operands[index] as Argument, operandUse(shape, index, operands.length), scope, judges);
  if (shape.level !== undefined && operands.length > (shape.maximum ?? 0)) {
    report(scope, at, `${name}.operand`, shape.does ?? rule.does, shape.level);
  }
}

function operandUse(shape: Operands, index: number, count: number): Use {
  if (index === 0 && shape.first !== undefined) return shape.first;
  if (index === count - 1 && count > 1 && shape.last !== undefined) return shape.last;
  return shape.rest ?? 'reads';
}

function judgeSubcommand(target: Target, list: OptionList, split: SplitWords): void {
  const { rule, words, scope, at, name } = target;
  const verb = words[split.firstOperand];
  if (verb === undefined) {
    report(scope, at, name, rule.does, ownLevel(rule, split.options), rule.flag);
    return;
  }
  const found = verb.literal ? subcommand(rule, verb.text) : undefined;
  if (found === undefined) {
    const what = verb.literal
      ? `${rule.unlisted ?? `is not a known sub-command of ${name}`}: ${verb.text}`
      : `has an open sub-command: ${verb.text}`;
    report(scope, at, `${name}.subcommand`, what, 'destructive');
    return;
  }
  const rest = words.slice(split.firstOperand + 1);
  const path = `${name}.${verb.text}`;
  if (rest.length === 1 && rest[0]?.literal && rest[0].text === '--help') {
    report(scope, at, `${path}.help`, 'shows how it is used', 'read_only');
    return;
  }
  const inner: Rule = typeof found === 'string' ? shortForm(rule, verb.text, found) : found;
  judgeRule({ ...target, rule: inner, name: path, words: rest, parent: list });
}

const verbs = new WeakMap<Rule, ReadonlyMap<string, Rule | RiskLevel>>();

function subcommand(rule: Rule, verb: string): Rule | RiskLevel | undefined {
  let known = verbs.get(rule);
  if (known === undefined) {
    const entries = Object.entries(rule.subcommands ?? {});
    known = new Map(entries.flatMap(([names, value]) => names.split(/\s+/).map((name) => [name, value] as const)));
    verbs.set(rule, known);
  }
  return known.get(verb);
}

const shortForms = new WeakMap<Rule, Map<string, Rule>>();

/** A level alone, as a rule: `'list show': 'read_only'`. */
function shortForm(parent: Rule, verb: string, level: RiskLevel): Rule {
  const forms = shortForms.get(parent) ?? new Map<string, Rule>();
  shortForms.set(parent, forms);
  const known = forms.get(verb);
  if (known !== undefined) return known;
  const does = {
    read_only: 'only shows',
    modifying: 'changes state',
    destructive: 'may lose something',
    forbidden: 'must not run',
  };
  const made: Rule = { does: `${does[level]}: ${verb}`, level };
  forms.set(verb, made);
  return made;
}
