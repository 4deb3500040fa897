/** compiled.json: what was reviewed, as it lies beside every function's code. Checked at synth, where it is made; the functions look at its format alone. */
import * as z from 'zod';
import { Sha256 } from './digest.ts';
import { Policy } from './policy/schema.ts';
import { Runbook } from './runbook/runbook.ts';

export const Compiled = z.strictObject({
  /** Raised when the shape changes in a way that older code would misread. */
  format: z.literal(1),
  /** The release that made it, and whose functions alone may read it. */
  release: z.string().min(1),
  runbooks: z.array(Runbook),
  policy: Policy,
  policyDigest: Sha256,
  /** The SSM document that runs scripts: its name contains the start of its digest, so a changed document is a new one. */
  document: z.strictObject({
    name: z.string().regex(/^countersign-run-[0-9a-f]{12}$/),
    digest: Sha256,
    content: z.string(),
  }),
});
export type Compiled = z.infer<typeof Compiled>;
