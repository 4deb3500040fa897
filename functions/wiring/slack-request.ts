/** Reading a request of Slack at the public URL, and the two forms of answer that Slack itself shows. */
import type { APIGatewayProxyEventV2, APIGatewayProxyStructuredResultV2 } from 'aws-lambda';
import { maximumBodyBytes } from '../../core/slack/signature.ts';

/** Said within Slack's three seconds, and no more than is known then. */
export const onItsWay =
  'On its way; what came of it follows here, for a stop in about 20 seconds. Until you read that it is stopped, it may not be.';

/** Shown to whoever typed the command. */
export function onlyToThem(text: string): APIGatewayProxyStructuredResultV2 {
  const headers = { 'content-type': 'application/json' };
  return { statusCode: 200, headers, body: JSON.stringify({ response_type: 'ephemeral', text }) };
}

/** Null when it is too long, told before it is decoded: four characters of base64 are three bytes. */
export function bodyOf({ body = '', isBase64Encoded }: APIGatewayProxyEventV2): string | null {
  const bytes = isBase64Encoded ? (body.length / 4) * 3 - 2 : Buffer.byteLength(body);
  if (bytes > maximumBodyBytes) return null;
  return isBase64Encoded ? Buffer.from(body, 'base64').toString('utf8') : body;
}

/** Names of headers have no case. */
export function headerOf({ headers }: APIGatewayProxyEventV2, name: string): string | undefined {
  return Object.entries(headers ?? {}).find(([key]) => key.toLowerCase() === name)?.[1];
}

/** How Slack wants to hear that a modal is not filled in: it stays open, with these words. */
export function asksAgain(errors: Readonly<Record<string, string>>): APIGatewayProxyStructuredResultV2 {
  const headers = { 'content-type': 'application/json' };
  return { statusCode: 200, headers, body: JSON.stringify({ response_action: 'errors', errors }) };
}
