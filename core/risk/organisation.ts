/** The organisation's own list of commands, as written under `commands:` in countersign.yaml. */
import type { Argument } from './arguments.ts';
import type { OrganisationRule } from './organisation-rule.ts';

/** The rules whose command and argument shape fit. An open word fits no pattern, so it can never lower. */
export function matchingRules(
  name: string,
  words: readonly Argument[],
  rules: readonly OrganisationRule[],
): readonly OrganisationRule[] {
  if (rules.length === 0) return rules;
  return rules.filter((rule) => rule.match.command === name && fits(rule, words));
}

function fits(rule: OrganisationRule, words: readonly Argument[]): boolean {
  const { arguments: patterns, more } = rule.match;
  const raises = rule.level === undefined;
  if (words.length < patterns.length || (!more && words.length > patterns.length)) return false;
  return words.every((word, index) => {
    const pattern = patterns[index] ?? '*';
    return word.literal ? matches(pattern, word.text) : raises;
  });
}

/** `*` crosses everything but it is a word's own: words never run into each other. */
function matches(pattern: string, text: string): boolean {
  const [first = '', ...rest] = pattern.split('*');
  if (rest.length === 0) return pattern === text;
  const last = rest.pop() ?? '';
  if (!text.startsWith(first) || text.length < first.length + last.length || !text.endsWith(last)) return false;
  let from = first.length;
  for (const piece of rest) {
    const at = text.indexOf(piece, from);
    if (at < 0 || at + piece.length > text.length - last.length) return false;
    from = at + piece.length;
  }
  return true;
}
