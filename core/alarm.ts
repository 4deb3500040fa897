/** Alarms: three envelopes become an alarm's ARN, and CloudWatch's own answer becomes an Alarm. */
import * as z from 'zod';

/** What CloudWatch says of an alarm, read with our own credentials. Times are ISO 8601. */
export const Alarm = z.strictObject({
  arn: z.string(),
  name: z.string(),
  account: z.string(),
  region: z.string(),
  kind: z.enum(['metric', 'composite']),
  state: z.enum(['OK', 'ALARM', 'INSUFFICIENT_DATA']),
  /** StateTransitionedTimestamp, else StateUpdatedTimestamp. */
  stateChangedAt: z.string(),
  stateReason: z.string(),
  description: z.string(),
  namespace: z.string().nullable(),
  metric: z.string().nullable(),
  dimensions: z.record(z.string(), z.string()),
  tags: z.record(z.string(), z.string()),
  rule: z.string().nullable(),
  contributorId: z.string().nullable(),
});
export type Alarm = z.infer<typeof Alarm>;
