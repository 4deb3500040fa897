/** Saying something at the IAM door of the deployed Countersign: found, proven and signed with the caller's own AWS credentials. */
import * as z from 'zod';
import { doorOf, post } from '../adapters/lambda/door.ts';
import { ownCredentials, stsHostOf } from '../adapters/sts/own.ts';
import { signed } from '../adapters/sts/sign.ts';
import { proofToSign } from '../core/door/proof.ts';
import { type DoorWord, doorBody } from '../core/door/spoken.ts';

/** The name is fixed by the stacks. */
const decideFunction = 'countersign-decide';

/** What became of it. What else a word answers stands beside it. */
const Heard = z.looseObject({
  kind: z.literal('heard'),
  outcome: z.enum(['counted', 'repeated', 'refused']),
  /** The question's status, where it was about one. */
  status: z.string().nullable(),
  /** The ARN of whom STS named. */
  by: z.string(),
  /** What the person is told. */
  texts: z.array(z.string()),
});
export type Heard = z.infer<typeof Heard>;

/** Says it, with the proof that the caller says it. Throws one clear line when it was not heard. */
export async function callDoor(spoken: DoorWord): Promise<Heard> {
  const { url, functionArn } = await doorOf(decideFunction).catch(plainly);
  const credentials = await ownCredentials().catch(plainly);
  const region = functionArn.split(':')[3] ?? '';
  const door = { audience: functionArn, stsHost: stsHostOf(region) };
  const now = Date.now();
  const body = doorBody(spoken, await signed(proofToSign(spoken, door), credentials, now));
  const headers = { host: url.host, 'content-type': 'application/json' };
  const request = { service: 'lambda', region, method: 'POST', path: url.pathname, headers, body };
  const via = process.env.AWS_ENDPOINT_URL_LAMBDA ?? process.env.AWS_ENDPOINT_URL;
  const reply = await post(url, via, await signed(request, credentials, now), body).catch((error: Error) => {
    throw new Error(
      `the door did not answer (${error.message}); it is not known whether it heard you: look, and say it again`,
    );
  });
  return heard(reply.status, reply.body, region);
}

function heard(status: number, body: string, region: string): Heard {
  const answer = jsonOf(body);
  const { data } = Heard.safeParse(answer);
  if (status === 200 && data) return data;
  if (status === 403)
    throw new Error(
      `IAM does not let you in at the door: attach the policy countersign-approver-${region} to who you are`,
    );
  if (status === 503) throw new Error('AWS could not be asked just now; nothing was counted: say it again');
  const { why } = (answer ?? {}) as { why?: unknown };
  throw new Error(
    typeof why === 'string' ? `not heard: ${why}` : `the door answered ${status}; look at the log of ${decideFunction}`,
  );
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** An error of AWS as one line that says what to do; throws it. */
export function plainly(error: unknown): never {
  const { name = '', message = '' } = error instanceof Error ? error : {};
  if (/CredentialsProvider|CredentialsError/.test(name))
    throw new Error('there are no AWS credentials: sign in (for example aws sso login), or set AWS_PROFILE');
  if (/Region is missing/.test(message))
    throw new Error('there is no region: set AWS_REGION, or a profile that has one');
  if (/ExpiredToken|TokenRefreshRequired/.test(name) || /expired/i.test(message))
    throw new Error('your AWS credentials are expired: sign in again');
  if (name === 'ResourceNotFoundException')
    throw new Error(
      'Countersign, or a part of it that this needs, is not deployed in this account and region: look at AWS_PROFILE and AWS_REGION',
    );
  if (/AccessDenied|UnrecognizedClient|InvalidClientTokenId|InvalidSignature/.test(name))
    throw new Error(`AWS does not let you: ${message}; attach the policy countersign-approver-REGION to who you are`);
  throw error;
}
