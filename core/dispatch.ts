/** A dispatch: the unit that is decided, approved, burnt and sent exactly once. */
import * as z from 'zod';
import { Part } from './words.ts';

/** The most attempts of one part of one step; `execute` refuses more. */
export const maximumAttempts = 5;

/** The most instances of one send: STS takes a session policy of at most 2,048 characters, and 20 ARNs fit in every partition. */
export const maximumTargets = 20;

/** An incident's id: `inc-` and 20 hexadecimal digits (80 bits of SHA-256), short enough for an IAM session name. */
export const IncidentId = z.string().regex(/^inc-[0-9a-f]{20}$/);

/**
 * `step` counts from 1 as in the runbook, `attempt` and `wave` from 1. What was written before there were waves is the
 * first one.
 */
export const Dispatch = z.strictObject({
  step: z.int().min(1).max(30),
  part: Part,
  attempt: z.int().min(1).max(maximumAttempts),
  wave: z.int().min(1).max(maximumTargets).default(1),
});
export type Dispatch = z.infer<typeof Dispatch>;

/** `2.run.1.1`: step, part, attempt and wave, the dispatch's name within its incident. */
export function dispatchName({ step, part, attempt, wave }: Dispatch): string {
  return `${step}.${part}.${attempt}.${wave}`;
}

/** `inc-….2.run.1.1`: the dispatch's name in tables, in the Comment of a command, and as IAM session name (≤ 64 characters). */
export function dispatchKey(incidentId: string, dispatch: Dispatch): string {
  return `${incidentId}.${dispatchName(dispatch)}`;
}

/** The incident of a dispatch key; null when it is none. */
export function incidentOfKey(key: string): string | null {
  const [incidentId = ''] = key.split('.', 1);
  return IncidentId.safeParse(incidentId).data ?? null;
}

export function sameDispatch(a: Dispatch, b: Dispatch): boolean {
  return a.step === b.step && a.part === b.part && a.attempt === b.attempt && a.wave === b.wave;
}
