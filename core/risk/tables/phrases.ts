/** What the argument tables share for tools whose words are a phrase: `virsh pool-info x`, `ceph osd pool ls detail`. */
import type { Call, Rule } from '../table.ts';

interface Phrases extends Partial<Rule> {
  readonly does: string;
  /** Fits the words that are no options, joined by spaces (an open word is `…`), when they only show. */
  readonly shows: RegExp;
  /** Those that change something which can be taken back. */
  readonly changes?: RegExp;
  /** Those that show a secret. */
  readonly secrets?: RegExp;
}

/** An entry whose phrase decides: what fits none of the patterns is destructive. Options hold wherever they stand. */
export function phrases({ does, shows, changes, secrets, ...more }: Phrases): Rule {
  return {
    does,
    level: 'read_only',
    operands: 'text',
    ...more,
    check: (call) => {
      more.check?.(call);
      const phrase = call.operands.map((word) => (word.literal ? word.text : '…')).join(' ');
      // After `--` some of these tools begin another command.
      const several = call.words.some((word) => word.text === '--') || /[;\n]/.test(phrase);
      if (secrets?.test(phrase) && !shows.test(phrase))
        call.raise('secret', 'shows a secret', 'read_only', 'sensitive_read');
      if (several || !(shows.test(phrase) || secrets?.test(phrase) || changes?.test(phrase)))
        call.raise('verb', `is not known to only show: ${phrase || 'no words'}`, 'destructive');
      else if (changes?.test(phrase)) call.raise('verb', `changes something: ${phrase}`, 'modifying');
    },
  };
}

/** Words that such a tool takes after its verb: names, numbers, paths, and open words that are no option. */
export const names = '(?: [\\w…./:@,=+*%[\\]-]+)*';

/** `status …|list …`, each with further words. */
export function verbs(list: string): RegExp {
  const alternatives = list
    .trim()
    .split(/\s*,\s*/)
    .join('|');
  return new RegExp(`^(?:${alternatives})${names}$`);
}

/** The same without further words. */
export function only(list: string): RegExp {
  const alternatives = list
    .trim()
    .split(/\s*,\s*/)
    .join('|');
  return new RegExp(`^(?:${alternatives})$`);
}

/** Both: a phrase that fits one of the two. */
export function either(first: RegExp, second: RegExp): RegExp {
  return new RegExp(`${first.source}|${second.source}`);
}

/** An option that names another configuration, unless it is the machine's own below /etc. */
export function ownConfiguration(folder: string): RegExp {
  return new RegExp(`^/etc/${folder}/(?!.*\\.\\.)[\\w./-]+$`);
}

/** For checks: the given values of an option's names. */
export function valuesOf(call: Call, pattern: RegExp): readonly string[] {
  return call.options.flatMap((option) => (pattern.test(option.name) && option.value ? [option.value.text] : []));
}
