/** The organisation's own list of commands, as written under `commands:` in countersign.yaml. */
import * as z from 'zod';
import { RiskLevel } from '../words.ts';
import { Words } from '../yaml-fields.ts';
import type { Argument } from './arguments.ts';

/** One word of a pattern: literal, or with `*` for any characters (never a `/`-less whole line, never a regular expression). */
const Pattern = z
  .string()
  .min(1)
  .max(200)
  .regex(/^[^\s]+$/, 'one word without spaces; `*` stands for any characters');

/**
 * A command by its name and the shape of its arguments: `match: { command: deployctl, arguments: [status, '*'], more: false }`.
 * `arguments` fits the command's words from the left, each exactly or with `*`; `more` allows further words after them.
 */
export const OrganisationRule = z
  .strictObject({
    match: z.strictObject({
      command: z.string().regex(/^[A-Za-z0-9_.+-]+$/, 'a command name without folders, such as deployctl'),
      arguments: z.array(Pattern).default([]),
      more: z.boolean().default(false),
    }),
    level: RiskLevel.exclude(['forbidden']).optional(),
    forbid: z.literal(true).optional(),
    ask: z.literal(true).optional(),
    owner: Words,
    reason: Words,
  })
  .refine((rule) => [rule.level, rule.forbid, rule.ask].filter((word) => word !== undefined).length === 1, {
    error: 'give exactly one of `level`, `forbid: true` or `ask: true`',
  });
export type OrganisationRule = z.infer<typeof OrganisationRule>;

/** The rules whose command and argument shape fit. An open word fits no pattern, so it can never lower. */
export function matchingRules(
  name: string,
  words: readonly Argument[],
  rules: readonly OrganisationRule[],
): readonly OrganisationRule[] {
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
