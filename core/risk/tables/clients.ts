/** What the argument tables of clients share: changes that can be rehearsed, and input files. */
import type { RiskLevel } from '../../words.ts';
import { type Argument, literalArgument } from '../arguments.ts';

import type { Call, GivenOption, Rule } from '../table.ts';

/** The options of a call with one of these names. */
export function givenOptions(call: Call, ...names: string[]): readonly GivenOption[] {
  return call.options.filter((option) => names.includes(option.name));
}

/**
 * Whether every `--dry-run` of the call (at least one) says that nothing is changed. An option that is not listed could
 * take it for its value.
 */
export function isRehearsal(call: Call): boolean {
  const given = givenOptions(call, '--dry-run');
  if (call.options.some((option) => option.known === null)) return false;
  if (call.operands.some((word) => /^(?:none|false|unchanged)$/.test(word.text))) return false;
  return (
    given.length > 0 &&
    given.every(
      (option) => option.word.literal && (option.value === null || /^(?:client|server|true)$/.test(option.value.text)),
    )
  );
}

/**
 * An entry whose call changes something unless it is a rehearsal.
 *
 * @param more options, effects, examples and a further check.
 */
export function change(does: string, level: RiskLevel, more: Partial<Rule> = {}): Rule {
  return {
    does,
    level: 'read_only',
    operands: 'text',
    ...more,
    options: `--dry-run[=] ${more.options ?? ''}`,
    check: (call) => {
      more.check?.(call);
      if (!isRehearsal(call)) call.raise('change', does, level);
    },
  };
}

/** Judges files that a client sends on (`-f x.yaml`): secrets, addresses, and what flows in from a pipe. */
export function judgeFiles(call: Call, ...names: string[]): void {
  for (const { value } of givenOptions(call, ...names)) {
    if (value === null) continue;
    if (value.text === '-') {
      if (call.input.kind === 'pipe') call.hidden('is told by its input what to do');
    } else if (/:\/\/|^git@|^github\.com|\?ref=/.test(value.text)) {
      call.use(value, 'url');
      call.raise('remote', `takes its input from ${value.text}`, 'destructive', null, value);
    } else call.use(value, 'reads');
  }
}

/** Judges `client …` as if it stood alone: for tools that carry another client inside. */
export function judgeAs(name: string): (call: Call) => void {
  return (call) => {
    const first = call.words[0];
    const at = { start: first?.start ?? 0, end: first?.start ?? 0 };
    const words = first?.literal && first.text === '--' ? call.words.slice(1) : call.words;
    call.judgeWords([literalArgument(name, at), ...words]);
  };
}

/** All texts that a word can be, as far as they are known. */
export function textsOf(word: Argument): readonly string[] {
  return word.values ?? [word.text];
}
