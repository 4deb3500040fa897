/** The policy: every key as `keys.ts` describes it, and what one key demands of another. */
import type * as z from 'zod';
import { PolicyKeys } from './keys.ts';
import { crossCheck } from './references.ts';

/** Parsing a parsed policy gives the same policy, so that a compiled one is checked again where it is loaded. */
export const Policy = PolicyKeys.superRefine((policy, context) => {
  for (const { path, text } of crossCheck(policy)) context.addIssue({ code: 'custom', path: [...path], message: text });
});
export type Policy = z.infer<typeof Policy>;
