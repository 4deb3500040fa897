/** Putting on what only a deployed function has: its role, and with that of `decide` the approval key. */
import { createHash } from 'node:crypto';
import { DescribeKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import type { Sign } from '../../core/dsse.ts';
import type { FunctionName } from '../../core/functions.ts';
import { account, credentials, region } from '../../local/emulator.ts';

export interface RoleCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

/** The key's own ARN: on AWS its alias would do, but the emulator looks the alias up in no policy. */
export async function keyArn(endpoint: string, of: 'approval' | 'checkpoint'): Promise<string> {
  const kms = new KMSClient({ endpoint, region, credentials });
  const { KeyMetadata } = await kms.send(new DescribeKeyCommand({ KeyId: `alias/countersign-${of}` }));
  return KeyMetadata?.Arn ?? '';
}

/** The role's own credentials, in a session named as Lambda names it. At the emulator root may put on a function's role; the sender trusts execute alone, not even root. */
export async function putOn(endpoint: string, name: FunctionName | 'send'): Promise<RoleCredentials> {
  const RoleArn = `arn:aws:iam::${account}:role/countersign-${name}-${region}`;
  const wearer = name === 'send' ? await putOn(endpoint, 'execute') : credentials;
  const { Credentials: role } = await new STSClient({ endpoint, region, credentials: wearer }).send(
    new AssumeRoleCommand({ RoleArn, RoleSessionName: `countersign-${name}` }),
  );
  if (!role?.AccessKeyId || !role.SecretAccessKey || !role.SessionToken)
    throw new Error(`no credentials for ${RoleArn}`);
  return { accessKeyId: role.AccessKeyId, secretAccessKey: role.SecretAccessKey, sessionToken: role.SessionToken };
}

/** Signs as `decide` does, with its role. */
export async function signer(endpoint: string): Promise<Sign> {
  const keyid = await keyArn(endpoint, 'approval');
  const kms = new KMSClient({ endpoint, region, credentials: await putOn(endpoint, 'decide') });
  return async (message) => {
    const { Signature } = await kms.send(
      new SignCommand({
        KeyId: keyid,
        Message: createHash('sha256').update(message).digest(),
        MessageType: 'DIGEST',
        SigningAlgorithm: 'ECDSA_SHA_256',
      }),
    );
    return { keyid, sig: Buffer.from(Signature ?? []).toString('base64') };
  };
}
