/** The approval key on the local AWS: what it signs opens with its public half, and nothing else does. */
import { CreateKeyCommand, GetPublicKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { mockClient } from 'aws-sdk-client-mock';
import { describe, expect, test } from 'vitest';
import { type ApprovalKey, approvalKey } from '../../../adapters/kms/approval-key.ts';
import { openEnvelope, payloadTypes, seal } from '../../../core/dsse.ts';
import { emulatedAws } from '../emulated.ts';

const arns: string[] = [];
emulatedAws(async () => {
  for (let made = 0; made < 2; made += 1) {
    const { KeyMetadata } = await new KMSClient({}).send(
      new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
    );
    arns.push(String(KeyMetadata?.Arn));
  }
});
const key = (at: number): ApprovalKey => approvalKey(String(arns[at]));

describe('the approval key', () => {
  test('seals a word that opens with its public half, and says which key it was', async () => {
    const envelope = await seal(payloadTypes.vote, { word: 'approve' }, key(0).sign);
    expect(openEnvelope(envelope, payloadTypes.vote, await key(0).publicKey())).toEqual({ word: 'approve' });
    expect(envelope.signatures[0].keyid).toBe(arns[0]);
    expect(Buffer.from(envelope.signatures[0].sig, 'base64').toString('base64')).toBe(envelope.signatures[0].sig);
  });

  test('opens nothing that another key sealed', async () => {
    const envelope = await seal(payloadTypes.vote, { word: 'approve' }, key(1).sign);
    expect(openEnvelope(envelope, payloadTypes.vote, await key(0).publicKey())).toBeNull();
    expect(await key(1).publicKey()).not.toBe(await key(0).publicKey());
  });

  test('of a key that does not exist neither signs nor has a public half: it throws, each time', async () => {
    const nobody = approvalKey('arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000');
    await expect(nobody.sign(Buffer.from('x'))).rejects.toThrow();
    await expect(nobody.publicKey()).rejects.toThrow();
    await expect(nobody.publicKey()).rejects.toThrow();
  });
});

test('the public half is asked for once per process, and again only after a failure', async () => {
  const PublicKey = Buffer.from((await key(0).publicKey()).replace(/-----[^-]+-----|\n/g, ''), 'base64');
  const kms = mockClient(KMSClient);
  kms.on(GetPublicKeyCommand).rejectsOnce(new Error('throttled')).resolves({ PublicKey });
  try {
    await expect(approvalKey('another').publicKey()).rejects.toThrow('throttled');
    const read = await Promise.all([approvalKey('another').publicKey(), approvalKey('another').publicKey()]);
    expect([...read, await approvalKey('another').publicKey()]).toEqual(Array(3).fill(await key(0).publicKey()));
    expect(kms.commandCalls(GetPublicKeyCommand)).toHaveLength(2);
    kms.on(GetPublicKeyCommand).resolves({});
    await expect(approvalKey('empty').publicKey()).rejects.toThrow(/without a key/);
  } finally {
    kms.restore();
  }
});
