/** Signing a request with somebody's AWS credentials (SigV4), by AWS's own signer. */
import { Sha256 } from '@smithy/core/checksum';
import { SignatureV4 } from '@smithy/signature-v4';

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

export interface ToSign {
  /** As SigV4 names it, such as `sts`. */
  readonly service: string;
  readonly region: string;
  readonly method: string;
  readonly path: string;
  /** All that is signed beside the time and the session token; `host` is among them. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** The headers with their signature. `now`: epoch milliseconds. */
export async function signed(
  { service, region, method, path, headers, body }: ToSign,
  credentials: Credentials,
  now: number,
): Promise<Record<string, string>> {
  const signer = new SignatureV4({ service, region, credentials, sha256: Sha256, applyChecksum: false });
  const request = { method, protocol: 'https:', hostname: headers.host ?? '', path, headers: { ...headers }, body };
  return (await signer.sign(request, { signingDate: new Date(now) })).headers;
}
