/** Splits a command's words into options and operands, as getopt does with the table's option list. */

import { higherRisk, type RiskLevel } from '../words.ts';
import { type Argument, literalArgument, mayBeOption } from './arguments.ts';
import type { Effect, GivenOption, KnownOption, Rule } from './table.ts';

export interface SplitWords {
  readonly options: readonly GivenOption[];
  readonly operands: readonly Argument[];
  /** Words that may turn out to be options when they are expanded. */
  readonly doubtful: readonly Argument[];
  /** Index into the words of the first operand; the number of words if there is none. */
  readonly firstOperand: number;
}

/** A rule's options in look-up form; parents' options hold for sub-commands. */
export interface OptionList {
  readonly byName: ReadonlyMap<string, KnownOption>;
  readonly style: 'dash' | 'word' | 'plain';
  /** Whether what is not listed is a parameter of a request. */
  readonly requests: boolean;
  /** The highest level to which an option could raise: of those listed, where these are all. */
  readonly reach: RiskLevel;
}

const compiled = new WeakMap<Rule, OptionList>();

/** Compiles a rule's option list once. `parent` must be the same rule at every call. */
export function optionList(rule: Rule, parent: OptionList | null): OptionList {
  let list = compiled.get(rule);
  if (list === undefined) {
    list = compile(rule, parent);
    compiled.set(rule, list);
  }
  return list;
}

function compile(rule: Rule, parent: OptionList | null): OptionList {
  const byName = new Map(parent?.byName);
  const requests = rule.parameters === 'request' || (parent?.requests ?? false);
  const add = (spec: string, effect: Effect | null, mode: RiskLevel | null) => {
    const names = optionNames(spec);
    for (const [index, alias] of spec.split(/\s+/).entries()) {
      byName.set(names[index] ?? alias, { names, takes: takes(alias), effect, mode });
    }
  };
  for (const spec of (rule.options ?? '').split(/\s+/).filter(Boolean)) add(spec, null, null);
  for (const [spec, mode] of Object.entries(rule.modes ?? {})) add(spec, null, mode);
  for (const [spec, effect] of Object.entries(rule.effects ?? {})) add(spec, effect, null);
  return {
    byName,
    style: rule.style ?? parent?.style ?? 'dash',
    requests,
    reach:
      rule.complete || requests ? [...byName.values()].map(reachOf).reduce(higherRisk, 'read_only') : 'destructive',
  };
}

/** What an option could raise to, whatever its value is. */
function reachOf({ effect, mode }: KnownOption): RiskLevel {
  const writes =
    effect?.value !== undefined &&
    !['reads', 'tree', 'names', 'opens', 'folder', 'text', 'url', 'host', 'quiet_host'].includes(effect.value);
  return writes ? 'destructive' : higherRisk(effect?.level ?? 'read_only', mode ?? 'read_only');
}

/** `-o: --output=` → `-o`, `--output`. */
export function optionNames(spec: string): string[] {
  return spec.split(/\s+/).map((name) => name.replace(/(?:\[=\]|[=:?])$/, ''));
}

function takes(spec: string): KnownOption['takes'] {
  if (/(?:\[=\]|\?)$/.test(spec)) return 'attached';
  return /[:=]$/.test(spec) ? 'value' : 'nothing';
}

/** @param stopAtOperand whether the first operand ends the options (wrappers, sub-commands). */
export function splitWords(words: readonly Argument[], list: OptionList, stopAtOperand: boolean): SplitWords {
  const options: GivenOption[] = [];
  const operands: Argument[] = [];
  const doubtful: Argument[] = [];
  let firstOperand = words.length;
  if (list.style === 'plain') return { options, operands: words, doubtful, firstOperand: 0 };
  for (let index = 0; index < words.length; index++) {
    const word = words[index];
    if (word === undefined) break;
    const ends = word.literal && word.text === '--';
    if (ends || !mayBeOption(word)) {
      firstOperand = Math.min(firstOperand, ends ? index + 1 : index);
      operands.push(...(ends ? words.slice(index + 1) : [word]));
      if (ends) break;
      if (stopAtOperand) break;
      continue;
    }
    if (!isReadable(word)) {
      doubtful.push(word);
      operands.push(word);
      if (stopAtOperand) firstOperand = Math.min(firstOperand, index);
      if (stopAtOperand) break;
      continue;
    }
    const next = words[index + 1];
    const given = list.style === 'word' ? wordOption(word, list, next) : dashOptions(word, list, next);
    options.push(...given);
    if (given.at(-1)?.value === next && next !== undefined) {
      index++;
      if (next.splits) doubtful.push(next);
      // The table may be wrong about a value on this machine: a value that looks like an option counts as both.
      if (next.text.startsWith('-') && next.literal && next.text !== '--')
        options.push(...dashOptions(next, list, undefined).filter((option) => option.known?.effect));
    }
  }
  return { options, operands, doubtful, firstOperand };
}

/** `--since="$x"` and `-n$x` name their option although their value is open. */
function isReadable(word: Argument): boolean {
  return word.literal || (!word.splits && (/^--[\w.-]+=/.test(word.prefix) || /^-\w/.test(word.prefix)));
}

function wordOption(word: Argument, list: OptionList, next: Argument | undefined): GivenOption[] {
  const text = word.literal ? word.text : word.prefix;
  const [name = '', attached] = splitOnce(text.replace(/^--(?=\w)/, '-'));
  const known = list.byName.get(name) ?? list.byName.get(`-${name}`) ?? null;
  if (attached !== undefined) return [{ name, word, value: part(word, attached), known }];
  return [{ name, word, value: known?.takes === 'value' ? (next ?? null) : null, known }];
}

function dashOptions(word: Argument, list: OptionList, next: Argument | undefined): GivenOption[] {
  const text = word.literal ? word.text : word.prefix;
  return text.startsWith('--') ? longOptions(text, word, list, next) : cluster(text, word, list, next);
}

/** An abbreviation is every effect that it may stand for. */
function longOptions(text: string, word: Argument, list: OptionList, next: Argument | undefined): GivenOption[] {
  const [name = '', attached] = splitOnce(text);
  const valueFor = (known: KnownOption) =>
    attached !== undefined ? part(word, attached) : known.takes === 'value' ? (next ?? null) : null;
  const exact = list.byName.get(name);
  if (exact !== undefined) return [{ name, word, value: valueFor(exact), known: exact }];
  const fits = [...list.byName].filter(([key]) => key.startsWith(name)).map(([, option]) => option);
  const raising = fits.filter((option) => option.effect !== null);
  const chosen = raising.length > 0 ? raising : fits.slice(0, 1);
  if (chosen.length === 0)
    return [{ name, word, value: attached === undefined ? null : part(word, attached), known: null }];
  return chosen.map((known) => {
    const given = known.mode !== null ? { ...known, mode: null } : known;
    return { name, word, value: valueFor(known), known: given };
  });
}

/** `-20`, `-1M`. */
function isNumber(text: string): boolean {
  const first = text.charCodeAt(1);
  return first >= 48 && first <= 57 && /^-\d+[a-z]?$/i.test(text);
}

function cluster(text: string, word: Argument, list: OptionList, next: Argument | undefined): GivenOption[] {
  if (isNumber(text) && !list.byName.has(text.slice(0, 2)))
    return [{ name: '-#', word, value: null, known: list.byName.get('-#') ?? null }];
  const found: GivenOption[] = [];
  for (let index = 1; index < text.length; index++) {
    const name = `-${text[index]}`;
    const known = list.byName.get(name) ?? null;
    const rest = text.slice(index + 1);
    if (known === null || known.takes === 'nothing') {
      found.push({ name, word, value: null, known });
      continue;
    }
    const value = rest !== '' || !word.literal ? part(word, rest) : known.takes === 'value' ? (next ?? null) : null;
    found.push({ name, word, value, known });
    break;
  }
  return found;
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf('=');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

/** The tail of a word as a word of its own. */
function part(word: Argument, text: string): Argument {
  if (word.literal) return literalArgument(text, word);
  // A word that is known to start no option has a stand-in for its first open letter at the prefix' end.
  const standIn = word.text.startsWith(word.prefix) ? 0 : 1;
  const written = text.slice(0, text.length - standIn) + word.text.slice(word.prefix.length - standIn);
  return { ...word, text: written, prefix: text, values: null };
}
