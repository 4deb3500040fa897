/** What was reviewed, as texts whose SHA-256 is the digest by which plans and votes name them: for whoever reads them years later. */
import { canonicalJson } from './digest.ts';
import type { Policy } from './policy/schema.ts';

/** A list of texts as JSON, beside the code of `archive` alone. */
export const reviewedFile = 'reviewed.json';

/** The runbooks as they were written, and the policy as it is hashed: comments and the order of keys are not part of it. */
export function reviewedTextsOf(runbooks: readonly { readonly text: string }[], policy: Policy): string[] {
  return [...runbooks.map(({ text }) => text), `countersign/policy/v1\n${canonicalJson(policy)}`];
}
