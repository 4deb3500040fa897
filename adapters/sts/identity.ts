/** STS: who signed a GetCallerIdentity request that somebody else handed in. Exactly that request is sent, and nothing of ours. */
import { createRequire } from 'node:module';
import { identityRequest } from '../../core/door/proof.ts';
import { isRetryable, patience } from '../patience.ts';

/** STS's client is loaded when somebody comes this way: a click must not wait for it. In a bundle it lies in a file of its own: cdk/bundle.ts. */
const load = createRequire(import.meta.url);

/** As much of the SDK's request as is replaced. */
interface Sent {
  method: string;
  path: string;
  query: object;
  body: unknown;
  headers: Readonly<Record<string, string>>;
}

/**
 * What STS answers to the request with exactly these headers; null when it says no to them. The SDK reads the answer,
 * tries again what may pass, and follows no redirect. Throws when STS gave no answer.
 */
export async function identityOf(headers: Readonly<Record<string, string>>): Promise<unknown> {
  const sts = load('@aws-sdk/client-sts') as typeof import('@aws-sdk/client-sts');
  const client = new sts.STSClient({
    requestHandler: patience(),
    // Whoever this function is must never be the answer: should the request not be replaced, nobody signed it.
    credentials: { accessKeyId: 'NOBODYNOBODYNOBODY', secretAccessKey: 'nobody' },
  });
  client.middlewareStack.add(
    (next) => (call) => {
      const { method, path, body } = identityRequest;
      Object.assign(call.request as Sent, { method, path, query: {}, body, headers: { ...headers } });
      return next(call);
    },
    // Behind the SDK's own signing, before every try.
    { step: 'deserialize', priority: 'low' },
  );
  try {
    const { Account, Arn, UserId } = await client.send(new sts.GetCallerIdentityCommand({}));
    return { Account, Arn, UserId };
  } catch (error) {
    if (error instanceof sts.STSServiceException && error.$fault === 'client' && !isRetryable(error)) return null;
    throw error;
  } finally {
    client.destroy();
  }
}
