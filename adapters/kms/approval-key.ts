/** KMS: signing votes with the approval key, and asking whether a signature is the key's. */

import { KMSClient, KMSInvalidSignatureException, SignCommand, VerifyCommand } from '@aws-sdk/client-kms';
import { patience } from '../patience.ts';

export interface ApprovalKey {
  /** Signs a SHA-256 digest (hex): the signature in base64. */
  sign(digest: string): Promise<string>;
  /** Whether the key signed this digest (hex); anything KMS does not plainly confirm is no. */
  isSigned(digest: string, signature: string): Promise<boolean>;
}

/** The most bytes that KMS takes as a signature; longer ones it answers with an error of the caller. */
const longestSignature = 6144;

const algorithm = { MessageType: 'DIGEST', SigningAlgorithm: 'ECDSA_SHA_256' } as const;

export function approvalKey(keyArn: string): ApprovalKey {
  const client = new KMSClient({ requestHandler: patience() });
  return {
    async sign(digest) {
      const { Signature } = await client.send(
        new SignCommand({ KeyId: keyArn, Message: Buffer.from(digest, 'hex'), ...algorithm }),
      );
      if (!Signature) throw new Error('kms: Sign answered without a signature');
      return Buffer.from(Signature).toString('base64');
    },
    async isSigned(digest, signature) {
      const Signature = Buffer.from(signature, 'base64');
      if (Signature.length === 0 || Signature.length > longestSignature) return false;
      try {
        const { SignatureValid } = await client.send(
          new VerifyCommand({ KeyId: keyArn, Message: Buffer.from(digest, 'hex'), Signature, ...algorithm }),
        );
        return SignatureValid === true;
      } catch (error) {
        if (error instanceof KMSInvalidSignatureException) return false;
        throw error;
      }
    },
  };
}
