/** An alarm as people write one down: a plain object, of which only the name must be there. */
import * as z from 'zod';

const comparisons = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
  'GreaterThanUpperThreshold',
  'LessThanLowerThreshold',
  'LessThanLowerOrGreaterThanUpperThreshold',
] as const;

/** Absent, null and empty are the same: not known. */
function optional<T extends z.ZodType>(inner: T) {
  return z.preprocess((value) => (value === '' || value === undefined ? null : value), inner.nullable());
}

/** Values of people's own exports: a reference that was not resolved may be null, a number a number. */
const Values = z.record(
  z.string(),
  z
    .union([z.string(), z.number(), z.boolean(), z.null()], { error: 'must be text' })
    .transform((value) => String(value ?? '')),
  { error: 'must be an object of names and values, such as {"InstanceId":"i-0123456789abcdef0"}' },
);

/** As `match` and `plan` read it. Other keys are the file's own business. */
export const PlainAlarm = z.object({
  name: z.string({ error: 'must be the alarm’s name, a text' }).min(1, { error: 'must not be empty' }),
  namespace: optional(z.string({ error: 'must be a text, such as CWAgent' })),
  metric: optional(z.string({ error: 'must be a text, such as disk_used_percent' })),
  dimensions: optional(Values),
  description: optional(z.string({ error: 'must be a text' })),
  tags: optional(Values),
  comparison: optional(z.enum(comparisons, { error: `must be one of ${comparisons.join(', ')}` })),
  statistic: optional(z.string({ error: 'must be a text, such as Average' })),
  threshold: optional(z.number({ error: 'must be a number' })),
  period: optional(z.int({ error: 'must be a whole number of seconds' }).min(1, { error: 'must be at least 1' })),
});
export type PlainAlarm = z.infer<typeof PlainAlarm>;
