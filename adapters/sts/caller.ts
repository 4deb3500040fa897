/** STS: who asks, and what time it is at AWS. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { patience } from '../patience.ts';

export interface SeenCaller {
  readonly account: string;
  readonly arn: string;
  readonly region: string;
  /** AWS's clock and this computer's at the same moment, epoch milliseconds; null = the answer had no date. */
  readonly clocks: { readonly aws: number; readonly own: number } | null;
}

/** `now` is this computer's clock, epoch milliseconds. @throws the SDK's own error: no credentials, expired ones, no region. */
export async function callerNow(now: () => number): Promise<SeenCaller> {
  const client = new STSClient({ requestHandler: patience() });
  let date: string | undefined;
  client.middlewareStack.add(
    (next) => async (input) => {
      const answer = await next(input);
      const { headers } = answer.response as { headers?: Record<string, string> };
      date = headers?.date;
      return answer;
    },
    { step: 'deserialize', name: 'dateOfAnswer', priority: 'low' },
  );
  const { Account, Arn } = await client.send(new GetCallerIdentityCommand({}));
  const own = now();
  const aws = Date.parse(date ?? '');
  return {
    account: Account ?? '',
    arn: Arn ?? '',
    region: await client.config.region(),
    clocks: Number.isNaN(aws) ? null : { aws, own },
  };
}
