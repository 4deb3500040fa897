/** The envelope of an entry: what every entry of every release has around its event. */
import * as z from 'zod';
import { Sha256 } from '../digest.ts';

/** The envelope of an entry, which has one shape for ever. `sequence` counts from 1; `at` is ISO 8601; `actor` is the function that says it wrote it. */
export const AuditEntry = z.lazy(() =>
  z.strictObject({
    format: z.literal(1),
    chain: z.string(),
    sequence: z.int().min(1),
    entryId: z.string(),
    at: z.string(),
    actor: z.string(),
    event: z.looseObject({ kind: z.string() }),
    previous: Sha256,
    hash: Sha256,
  }),
);
export type AuditEntry = z.infer<typeof AuditEntry>;
