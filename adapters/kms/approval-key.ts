/** KMS: signing with the approval key, and its public half, with which everybody else verifies. */
import { createHash, createPublicKey } from 'node:crypto';
import { GetPublicKeyCommand, KMSClient, SignCommand } from '@aws-sdk/client-kms';
import type { Sign } from '../../core/dsse.ts';
import { patience } from '../patience.ts';

export interface ApprovalKey {
  /** Signs a message: KMS is given its SHA-256. */
  readonly sign: Sign;
  /** PEM (SubjectPublicKeyInfo). Asked of KMS once per process: a key of KMS never changes its material. */
  publicKey(): Promise<string>;
}

const known = new Map<string, Promise<string>>();

export function approvalKey(keyArn: string): ApprovalKey {
  const client = new KMSClient({ requestHandler: patience() });
  return {
    async sign(message) {
      const { Signature } = await client.send(
        new SignCommand({
          KeyId: keyArn,
          Message: createHash('sha256').update(message).digest(),
          MessageType: 'DIGEST',
          SigningAlgorithm: 'ECDSA_SHA_256',
        }),
      );
      if (!Signature) throw new Error('kms: Sign answered without a signature');
      return { keyid: keyArn, sig: Buffer.from(Signature).toString('base64') };
    },
    publicKey() {
      const asked = known.get(keyArn) ?? readPublicKey(client, keyArn);
      known.set(keyArn, asked);
      // What failed is asked again by the next who needs it.
      asked.catch(() => known.delete(keyArn));
      return asked;
    },
  };
}

/** The ARN of the key behind an alias; null where there is no such alias. */
export async function keyBehind(alias: string): Promise<string | null> {
  try {
    const { KeyId } = await new KMSClient({ requestHandler: patience() }).send(
      new GetPublicKeyCommand({ KeyId: alias }),
    );
    return KeyId ?? null;
  } catch (error) {
    if (error instanceof Error && error.name === 'NotFoundException') return null;
    throw error;
  }
}

async function readPublicKey(client: KMSClient, KeyId: string): Promise<string> {
  const { PublicKey } = await client.send(new GetPublicKeyCommand({ KeyId }));
  if (!PublicKey) throw new Error('kms: GetPublicKey answered without a key');
  const key = createPublicKey({ key: Buffer.from(PublicKey), format: 'der', type: 'spki' });
  return key.export({ type: 'spki', format: 'pem' }).toString();
}
