/** Which of the few kinds of failure an error of AWS's SDK is, by its name and its words; and the next step for each. */
import type { Failure, Look } from './check.ts';

/** Names of errors by kind, as the SDK and the services spell them (each service has its own). */
const kinds: readonly (readonly [Failure['kind'], RegExp])[] = [
  ['clock', /Signature (?:expired|not yet current)|RequestTimeTooSkewed|RequestExpired/i],
  [
    'expired',
    /ExpiredToken|TokenProviderError|token (?:included in the request )?(?:is|has) expired|session has expired|sso login/i,
  ],
  ['no_credentials', /CredentialsProviderError|Could not load credentials|Credential is missing/i],
  [
    'invalid',
    /InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|InvalidSignature|IncompleteSignature|InvalidAccessKeyId/,
  ],
  ['no_region', /Region is missing|not a valid hostname component|Invalid region/i],
  ['denied', /AccessDenied|UnauthorizedOperation|AuthorizationError|not authorized to perform/],
  ['missing', /ResourceNotFoundException|NoSuchBucket/],
  [
    'unreachable',
    /ENOTFOUND|ECONNREFUSED|ECONNRESET|EAI_AGAIN|EHOSTUNREACH|TimeoutError|timed out|fetch failed|socket hang up/i,
  ],
];

/** Of any error, also one whose `cause` says more. */
export function failureOf(error: unknown): Failure {
  const texts: string[] = [];
  for (let at = error; at instanceof Error && texts.length < 5; at = at.cause)
    texts.push(`${at.name} ${'code' in at ? String(at.code) : ''} ${at.message}`);
  const all = texts.join('\n') || String(error);
  const kind = kinds.find(([, words]) => words.test(all))?.[0] ?? 'other';
  return { kind, text: error instanceof Error ? error.message || error.name : String(error) };
}

const steps: Readonly<Record<Failure['kind'], string>> = {
  no_credentials: 'sign in (aws sso login, or export AWS_PROFILE=…), and try again',
  expired: 'sign in again (aws sso login), and try again',
  invalid: 'AWS does not know these keys: choose another profile (export AWS_PROFILE=…), or make new ones',
  clock: 'set this computer’s clock: AWS takes signatures of the last five minutes only',
  no_region: 'name the region of the deployment: export AWS_REGION=eu-central-1',
  denied: 'ask for the right to read it; ReadOnlyAccess is enough for all but secrets',
  missing: 'make it, as docs/deploy.md says',
  unreachable: 'check the network, a proxy, and AWS_ENDPOINT_URL if it is set',
  other: 'mend what it says, and try again',
};

export const nextFor = ({ kind }: Failure): string => steps[kind];

/** What a call brings, never thrown. */
export async function look<T>(call: () => Promise<T>): Promise<Look<T>> {
  try {
    return { value: await call() };
  } catch (error) {
    return { failure: failureOf(error) };
  }
}
