/** The reference to an approval request that travels through Slack: opaque there, exact here, and no secret. */
import * as z from 'zod';
import { Dispatch, IncidentId } from './dispatch.ts';
import { Part } from './words.ts';

export const Reference = z.strictObject({
  incidentId: IncidentId,
  dispatch: Dispatch,
  /** The first 12 hexadecimal digits of the policy's digest. */
  policyDigest12: z.string().regex(/^[0-9a-f]{12}$/),
  /** The request's digest: the reference names these bytes and no others. */
  requestDigest: z.string().regex(/^[0-9a-f]{64}$/),
});
export type Reference = z.infer<typeof Reference>;

/** A text that is no reference to a request. */
export class InvalidReference extends Error {
  override readonly name = 'InvalidReference';
}

const shape = new RegExp(
  `^(inc-[0-9a-f]{20})\\.([1-9][0-9]?)\\.(${Part.options.join('|')})\\.([1-9])\\.([0-9a-f]{12})\\.([0-9a-f]{64})$`,
);

/** `inc-….2.run.1.{12 digits of the policy's digest}.{request digest}`: at most 122 characters. */
export function formatReference(reference: Reference): string {
  const { incidentId, dispatch, policyDigest12, requestDigest } = Reference.parse(reference);
  return [incidentId, dispatch.step, dispatch.part, dispatch.attempt, policyDigest12, requestDigest].join('.');
}

/** The one reference that `formatReference` writes as this text. Throws InvalidReference for any other text. */
export function parseReference(text: string): Reference {
  const [, incidentId, step, part, attempt, policyDigest12, requestDigest] = shape.exec(text) ?? [];
  const dispatch = { step: Number(step), part, attempt: Number(attempt) };
  const parsed = Reference.safeParse({ incidentId, dispatch, policyDigest12, requestDigest });
  if (parsed.success) return parsed.data;
  throw new InvalidReference(
    `The request reference ${JSON.stringify(text.slice(0, 200))} is not of the form ` +
      '"inc-<20 hex>.<step 1-30>.<part>.<attempt 1-5>.<12 hex>.<64 hex>"; press the button of the newest card again.',
  );
}
