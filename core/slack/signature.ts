/** Whether a request really comes from Slack: the signature over the raw body, checked before anything is parsed. */
import { createHmac, timingSafeEqual } from 'node:crypto';

/** How far a request's timestamp may be from now, into the past or the future (Slack's documentation: five minutes). */
export const signatureToleranceSeconds = 300;

/**
 * The longest body that is hashed, in bytes. Slack documents no limit. What it sends repeats one of our own messages, whose
 * blocks weigh at most 13,000 bytes (limits.ts); escaped as JSON and as a form each becomes at most six (`/` is
 * `%5C%2F`), and three such copies fit in. Lambda takes 1 MB in an asynchronous call (API reference, Invoke), by which the
 * body reaches `decide`.
 */
export const maximumBodyBytes = 256 * 1024;

export interface SignedRequest {
  /** The body's bytes as text, after base64 decoding, before any parsing. */
  readonly rawBody: string;
  /** Header `X-Slack-Request-Timestamp`. */
  readonly timestamp: string | undefined;
  /** Header `X-Slack-Signature`. */
  readonly signature: string | undefined;
  readonly signingSecret: string;
  /** Epoch seconds. */
  readonly now: number;
}

export type SignatureCheck = { readonly ok: true } | { readonly ok: false; readonly reason: string };

/**
 * Checks Slack's `v0` signature in constant time and the timestamp's age on both sides. What the headers or the size say
 * already is never hashed. Never throws; a reason never contains the secret or the right signature.
 */
export function verifySlackSignature(request: SignedRequest): SignatureCheck {
  const { rawBody, timestamp = '', signature = '', signingSecret } = request;
  if (signingSecret === '') return refused('the signing secret is empty');
  const headers = checkHeaders(request);
  if (!headers.ok) return headers;
  if (Buffer.byteLength(rawBody) > maximumBodyBytes) return refused(`the body has more than ${maximumBodyBytes} bytes`);
  const expected = slackSignature(rawBody, timestamp, signingSecret);
  if (!timingSafeEqual(Buffer.from(signature), Buffer.from(expected))) return refused('the signature does not match');
  return { ok: true };
}

/** What can be told without the secret, so that a stranger's request costs nothing: the form of both headers, and the age. */
export function checkHeaders({
  timestamp,
  signature,
  now,
}: Pick<SignedRequest, 'timestamp' | 'signature' | 'now'>): SignatureCheck {
  if (timestamp === undefined || !/^[0-9]{1,12}$/.test(timestamp)) return refused('no timestamp in seconds');
  if (!(Math.abs(now - Number(timestamp)) <= signatureToleranceSeconds))
    return refused('the timestamp is too far from now');
  if (signature === undefined || !/^v0=[0-9a-f]{64}$/.test(signature)) return refused('no v0 signature');
  return { ok: true };
}

/** `v0=` and HMAC-SHA256 over `v0:{timestamp}:{rawBody}`, 64 hexadecimal digits. */
export function slackSignature(rawBody: string, timestamp: string, signingSecret: string): string {
  return `v0=${createHmac('sha256', signingSecret).update(`v0:${timestamp}:${rawBody}`).digest('hex')}`;
}

function refused(reason: string): SignatureCheck {
  return { ok: false, reason };
}
