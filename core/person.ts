/** A person: the name that the policy gives, and by which identity they spoke. One person counts once, by name. */
import * as z from 'zod';

/** `id` is a Slack member id (`via: slack`) or an IAM principal's ARN (`via: iam`). Entries of the first release say no `via`: it was Slack. */
export const Person = z.lazy(() =>
  z.object({
    name: z.string(),
    via: z.enum(['slack', 'iam']).default('slack'),
    id: z.string(),
  }),
);
export type Person = z.infer<typeof Person>;
