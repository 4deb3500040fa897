/** Lambda: knocking at another function's door without waiting for its answer. */

import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { patience } from '../patience.ts';

/** Milliseconds: `slack` has 10 s for everything, and Slack waits for 3. */
const quick = 2_500;

/** One for the life of the function: a new client is a new connection for every click. */
const client = new LambdaClient({ requestHandler: patience(quick) });

/** Invokes the function asynchronously with a JSON payload; throws when Lambda did not take it. */
export function knocker(functionName: string): (payload: unknown) => Promise<void> {
  return async (payload) => {
    const { StatusCode } = await client.send(
      new InvokeCommand({ FunctionName: functionName, InvocationType: 'Event', Payload: JSON.stringify(payload) }),
    );
    if (StatusCode !== 202) throw new Error(`lambda: ${functionName} answered ${StatusCode} to an asynchronous call`);
  };
}
