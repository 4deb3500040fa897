/** Lambda: where a function's URL is, and a signed request to it. */
import { request as overHttp } from 'node:http';
import { request as overHttps } from 'node:https';
import { GetFunctionUrlConfigCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { patience } from '../patience.ts';

export interface FunctionDoor {
  readonly url: URL;
  /** The function's ARN, without a version. */
  readonly functionArn: string;
}

/** The function's URL, in the region and account of the caller's own credentials. Throws what Lambda says. */
export async function doorOf(functionName: string): Promise<FunctionDoor> {
  const client = new LambdaClient({ requestHandler: patience() });
  const { FunctionUrl, FunctionArn } = await client.send(
    new GetFunctionUrlConfigCommand({ FunctionName: functionName }),
  );
  if (!FunctionUrl || !FunctionArn) throw new Error(`lambda: ${functionName} has no URL`);
  return { url: new URL(FunctionUrl), functionArn: FunctionArn };
}

export interface Reply {
  readonly status: number;
  readonly body: string;
}

/** Longer than the function may take, in milliseconds: what was said is not said twice for want of patience. */
const longestAnswer = 70_000;

/**
 * Posts a signed request, of which `host` is the URL's own, whatever stands in for AWS (`via`). Redirects are not followed.
 * Throws when there was no answer: then it is not known whether it was heard.
 */
export function post(url: URL, via: string | undefined, headers: Readonly<Record<string, string>>, body: string) {
  const to = new URL(url.pathname, via ?? url);
  const send = to.protocol === 'http:' ? overHttp : overHttps;
  return new Promise<Reply>((resolve, reject) => {
    const options = { method: 'POST', headers, timeout: longestAnswer };
    const sent = send(to, options, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body: Buffer.concat(chunks).toString() }));
    });
    sent.on('timeout', () => sent.destroy(new Error(`no answer within ${longestAnswer / 1000} s`)));
    sent.on('error', reject);
    sent.end(body);
  });
}
