/** The caller's own AWS credentials, by the SDK's standard chain, and STS's host in a region. */
import { STSClient } from '@aws-sdk/client-sts';
import { patience } from '../patience.ts';
import type { Credentials } from './sign.ts';

/** Throws the SDK's CredentialsProviderError where there are none. */
export async function ownCredentials(): Promise<Credentials> {
  const { accessKeyId, secretAccessKey, sessionToken } = await new STSClient({
    requestHandler: patience(),
  }).config.credentials();
  return { accessKeyId, secretAccessKey, ...(sessionToken ? { sessionToken } : {}) };
}

/** `sts.eu-central-1.amazonaws.com`: the regional one, in the region's own partition. */
export function stsHostOf(region: string): string {
  const { endpointProvider } = new STSClient({ region, requestHandler: patience() }).config;
  const endpoint = { Region: region, UseGlobalEndpoint: false, UseFIPS: false, UseDualStack: false };
  return endpointProvider(endpoint).url.host;
}
