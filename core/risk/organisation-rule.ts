/** The form of a command in `commands:` of countersign.yaml; apart from what judges by it, since only synth reads the file. */
import * as z from 'zod';
import { RiskLevel } from '../words.ts';
import { Words } from '../yaml-fields.ts';

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
