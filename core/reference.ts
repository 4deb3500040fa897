/** The reference to a question that travels through Slack: opaque there, exact here, and no secret. */
import * as z from 'zod';
import { Sha256 } from './digest.ts';
import { Dispatch, dispatchName, IncidentId } from './dispatch.ts';
import { Part } from './words.ts';

export const Reference = z.strictObject({
  incidentId: IncidentId,
  /** The question's first dispatch. */
  dispatch: Dispatch,
  revision: z.int().min(1).max(9999),
  /** The question's digest: the reference names these bytes and no others. */
  questionDigest: Sha256,
});
export type Reference = z.infer<typeof Reference>;

/** A text that is no reference to a question. */
export class InvalidReference extends Error {
  override readonly name = 'InvalidReference';
}

const dispatchShape = `([1-9][0-9]?)\\.(${Part.options.join('|')})\\.([1-9])`;
const shape = new RegExp(
  `^(inc-[0-9a-f]{20})\\.${dispatchShape}\\.([1-9][0-9]?)\\.r(?!0000)([0-9]{4})\\.([0-9a-f]{64})$`,
);
const firstReleaseShape = new RegExp(`^inc-[0-9a-f]{20}\\.${dispatchShape}\\.[0-9a-f]{12}\\.[0-9a-f]{64}$`);

/** `inc-….2.run.1.1.r0001.{question digest}`: at most 113 characters. */
export function formatReference(reference: Reference): string {
  const { incidentId, dispatch, revision, questionDigest } = Reference.parse(reference);
  return [incidentId, dispatchName(dispatch), `r${String(revision).padStart(4, '0')}`, questionDigest].join('.');
}

/** The one reference that `formatReference` writes as this text. Throws InvalidReference for any other text. */
export function parseReference(text: string): Reference {
  const [, incidentId, step, part, attempt, wave, revision, questionDigest] = shape.exec(text) ?? [];
  const dispatch = { step: Number(step), part, attempt: Number(attempt), wave: Number(wave) };
  const parsed = Reference.safeParse({ incidentId, dispatch, revision: Number(revision), questionDigest });
  if (parsed.success) return parsed.data;
  throw new InvalidReference(
    `The question reference ${JSON.stringify(text.slice(0, 200))} is not of the form ` +
      '"inc-<20 hex>.<step 1-30>.<part>.<attempt 1-5>.<wave 1-20>.r<revision, 4 digits>.<64 hex>"; press the button of the newest card again.',
  );
}

/** Whether a text is the reference on a card of the first release: its question is asked anew, so its buttons are dead. */
export function isOlderReference(text: string): boolean {
  return firstReleaseShape.test(text);
}
