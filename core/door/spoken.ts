/** What is said at the IAM door, as it travels, and the headers by which its proof is bound to exactly that. */
import * as z from 'zod';
import { canonicalJson, digest, Sha256 } from '../digest.ts';
import { Dispatch, IncidentId } from '../dispatch.ts';
import { formatReference, Reference } from '../reference.ts';

/** Where the door is: what a proof must name, so that none made for another deployment is taken. */
export interface Door {
  /** The ARN of `decide` without a version, `arn:aws:lambda:eu-central-1:111122223333:function:countersign-decide`. */
  readonly audience: string;
  /** STS in the deployment's own region, such as `sts.eu-central-1.amazonaws.com`. */
  readonly stsHost: string;
}

/** The longest body that is read, in bytes: a reason has 3,000 characters, a session token of AWS a few thousand. */
export const maximumDoorBytes = 64 * 1024;

/** A word, what it is about, and what else belongs to it. Without a question it stands for itself. */
export const DoorWord = z.lazy(() =>
  z.strictObject({
    word: z.string().regex(/^[a-z]{1,20}$/),
    question: z
      .strictObject({
        incidentId: IncidentId,
        dispatch: Dispatch,
        revision: z.int().min(1).max(9999),
        digest: Sha256,
      })
      .exactOptional(),
    /** By name; which there are depends on the word. */
    fields: z.record(z.string().regex(/^[a-zA-Z]{1,40}$/), z.json()).exactOptional(),
  }),
);
export type DoorWord = z.infer<typeof DoorWord>;

/** The body of a request at the door. */
export const DoorRequest = z.lazy(() =>
  z.strictObject({
    ...DoorWord.unwrap().shape,
    /** The headers of the signed request to STS; all else about that request is fixed. */
    proof: z.strictObject({ headers: z.record(z.string().max(100), z.string().max(20_000)) }),
  }),
);
export type DoorRequest = z.infer<typeof DoorRequest>;

/** The question's reference; null where the word stands for itself. */
export function referenceOf({ question }: DoorWord): string | null {
  if (!question) return null;
  const { digest: questionDigest, ...rest } = question;
  return formatReference(Reference.parse({ ...rest, questionDigest }));
}

/** The signed headers that carry our own words. */
const boundHeaders = [
  'x-countersign-about',
  'x-countersign-audience',
  'x-countersign-fields',
  'x-countersign-word',
] as const;
export type BoundHeaders = Readonly<Record<(typeof boundHeaders)[number], string>>;

/**
 * What is signed: the audience, the word, a digest of all fields, and what it is about: the question's reference, which
 * ends in its digest, or the digest of a command that stands for itself.
 */
export function boundTo(spoken: DoorWord, audience: string): BoundHeaders {
  const { word, fields = {} } = spoken;
  return {
    'x-countersign-about': referenceOf(spoken) ?? `command.${digest('door-command/v1', { audience, fields, word })}`,
    'x-countersign-audience': audience,
    'x-countersign-fields': digest('door-fields/v1', fields),
    'x-countersign-word': word,
  };
}

/** The body that goes to the door. */
export function doorBody(spoken: DoorWord, headers: Readonly<Record<string, string>>): string {
  return canonicalJson({ ...spoken, proof: { headers } });
}
