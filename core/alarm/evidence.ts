/** What was observed about the alarm, in words for people and for the model. */
import * as z from 'zod';
import { digest } from '../digest.ts';

/** Milliseconds since 1970, as far as there are dates (ECMAScript, "Time Values and Time Range"). */
const Epoch = z.lazy(() => z.number().min(0).max(8.64e15));

/** One value of a series; `at` in epoch milliseconds, where its period begins. */
export const Datum = z.lazy(() => z.object({ at: Epoch, value: z.number() }));
export type Datum = z.infer<typeof Datum>;

/** A metric around the alarm's change, for a picture. Times in epoch milliseconds. */
export const Series = z.lazy(() =>
  z.object({
    from: Epoch,
    to: Epoch,
    changedAt: Epoch,
    periodSeconds: z.number(),
    threshold: z.number().nullable(),
    /** In the order of time. */
    values: z.array(Datum),
  }),
);
export type Series = z.infer<typeof Series>;

export const Evidence = z.lazy(() => z.object({ label: z.string(), text: z.string(), series: Series.exactOptional() }));
export type Evidence = z.infer<typeof Evidence>;

/** All that is shown of it, since a false label makes a true text lie: what its digest covers. */
export function evidenceContent({ label, text, series }: Evidence): Evidence {
  return { label, text, ...(series ? { series } : {}) };
}

/** By which the plan names it. */
export function evidenceDigest(evidence: Evidence): string {
  return digest('evidence/v1', evidenceContent(evidence));
}
