/** STS in memory: GetCallerIdentity for signed requests, checked as "Create a signed AWS API request" (IAM User Guide) says, without AWS's own signer. */
import { createHash, createHmac } from 'node:crypto';
import { identityRequest } from '../../../core/door/proof.ts';

export interface Principal {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
  readonly arn: string;
  readonly userId: string;
}

/** How far from now STS lets the time of a request be. */
const toleranceMs = 15 * 60_000;

export class MemorySts {
  /** How often it was asked. */
  asked = 0;
  /** Called before each answer; throws to fail there. */
  port: () => void = () => {};
  readonly #principals: readonly Principal[];
  readonly #region: string;
  readonly #now: () => number;

  constructor(principals: readonly Principal[], region: string, now: () => number) {
    this.#principals = principals;
    this.#region = region;
    this.#now = now;
  }

  /** The answer to the one request with these headers; null = it says no. */
  readonly identity = async (headers: Readonly<Record<string, string>>): Promise<unknown> => {
    this.asked += 1;
    this.port();
    const parts = /Credential=(\w+)\/(\d+)\/([\w-]+)\/(\w+)\/aws4_request, SignedHeaders=([\w;-]+), Signature=(\w+)$/;
    const [, key, day, region, service, names = '', given] = parts.exec(headers.authorization ?? '') ?? [];
    const principal = this.#principals.find(({ accessKeyId }) => accessKeyId === key);
    const date = headers['x-amz-date'] ?? '';
    const at = Date.parse(date.replace(/^(....)(..)(..T..)(..)(..)Z$/, '$1-$2-$3:$4:$5Z'));
    const isOfNow = Math.abs(this.#now() - at) <= toleranceMs && day === date.slice(0, 8);
    if (!principal || !isOfNow || region !== this.#region || service !== 'sts') return null;
    if (principal.sessionToken !== headers['x-amz-security-token']) return null;
    const canonical = [
      'POST',
      '/',
      '',
      ...names.split(';').map((name) => `${name}:${headers[name]?.trim().replace(/ +/g, ' ')}`),
      '',
      names,
      sha256(identityRequest.body),
    ].join('\n');
    const scope = `${day}/${region}/sts/aws4_request`;
    const toSign = ['AWS4-HMAC-SHA256', date, scope, sha256(canonical)].join('\n');
    const signingKey = [day ?? '', region, 'sts', 'aws4_request'].reduce<Buffer>(
      (secret, part) => hmac(secret, part),
      Buffer.from(`AWS4${principal.secretAccessKey}`),
    );
    if (hmac(signingKey, toSign).toString('hex') !== given) return null;
    return { Account: principal.arn.split(':')[4], Arn: principal.arn, UserId: principal.userId };
  };
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function hmac(key: Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}
