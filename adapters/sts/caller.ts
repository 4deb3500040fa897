/** STS: who asks, and what time it is at AWS. */
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import type { Caller } from '../../core/doctor/account.ts';
import { patience } from '../patience.ts';

/** `now` is this computer's clock, epoch milliseconds. @throws the SDK's own error: no credentials, expired ones, no region. */
export async function callerNow(now: () => number): Promise<Caller> {
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
