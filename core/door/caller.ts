/** Who STS says that somebody is. */
import * as z from 'zod';

/** What GetCallerIdentity answers. A user, or the session of a role; the root of an account and federated users are nobody here. */
const Answer = z.lazy(() =>
  z.object({
    Account: z.string().regex(/^[0-9]{12}$/),
    Arn: z
      .string()
      .regex(
        /^arn:aws[a-z-]*:(?:iam::[0-9]{12}:user\/[\x21-\x7e]{1,576}|sts::[0-9]{12}:assumed-role\/[\w+=,.@-]{1,64}\/[\w+=,.@-]{2,64})$/,
      ),
    UserId: z.string().regex(/^[\w:+=,.@-]{2,200}$/),
  }),
);

/** The ARN of who signed; null for what is no answer of STS about a person, or contradicts itself. */
export function callerArn(answer: unknown): string | null {
  const { data } = Answer.safeParse(answer);
  if (!data) return null;
  const [, , service, , account, resource = ''] = data.Arn.split(':');
  const session = service === 'sts' ? resource.split('/')[2] : null;
  const isConsistent = account === data.Account && (session === null || data.UserId.endsWith(`:${session}`));
  return isConsistent ? data.Arn : null;
}
