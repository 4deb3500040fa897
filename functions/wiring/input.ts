/** Reading a function's input: what its schema says, or a refusal that names the place. */
import * as z from 'zod';

/** The input is not what the caller of this function is meant to send. */
export class InvalidInput extends Error {
  override readonly name = 'InvalidInput';
}

/** The input by its schema. Throws InvalidInput with each wrong place, and without the values: one of them may be a task token. */
export function parseInput<T>(schema: z.ZodType<T>, event: unknown): T {
  const parsed = schema.safeParse(event);
  if (parsed.success) return parsed.data;
  throw new InvalidInput(
    `the input does not fit:\n${z.prettifyError(parsed.error)}\nIf the state machine sent it, deploy countersign-response again: machine and functions belong together.`,
  );
}
