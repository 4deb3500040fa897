/** The approval key on the local AWS: what it signed verifies, and nothing else does. */
import { CreateKeyCommand, KMSClient } from '@aws-sdk/client-kms';
import { describe, expect, test } from 'vitest';
import { type ApprovalKey, approvalKey } from '../../../adapters/kms/approval-key.ts';
import { sha256 } from '../../../core/digest.ts';
import { emulatedAws } from '../emulated.ts';

const keys: ApprovalKey[] = [];
emulatedAws(async () => {
  for (let made = 0; made < 2; made += 1) {
    const { KeyMetadata } = await new KMSClient({}).send(
      new CreateKeyCommand({ KeySpec: 'ECC_NIST_P256', KeyUsage: 'SIGN_VERIFY' }),
    );
    keys.push(approvalKey(String(KeyMetadata?.Arn)));
  }
});
const digest = sha256('a vote');
const own = () => keys[0] as ApprovalKey;

describe('the approval key', () => {
  test('signs a digest, and says that it did', async () => {
    const signature = await own().sign(digest);
    expect(Buffer.from(signature, 'base64').toString('base64')).toBe(signature);
    expect(await own().isSigned(digest, signature)).toBe(true);
  });

  test('says no to another digest, another key and a changed signature', async () => {
    const signature = await own().sign(digest);
    expect(await own().isSigned(sha256('another vote'), signature)).toBe(false);
    expect(await own().isSigned(digest, await (keys[1] as ApprovalKey).sign(digest))).toBe(false);
    const bytes = Buffer.from(signature, 'base64');
    bytes.writeUInt8(bytes.readUInt8(bytes.length - 1) ^ 1, bytes.length - 1);
    expect(await own().isSigned(digest, bytes.toString('base64'))).toBe(false);
  });

  test.each([
    ['nothing', ''],
    ['no base64', '!!!! ünsigned ????'],
    ['short rubbish', Buffer.from('yes').toString('base64')],
    ['rubbish of the right length', Buffer.alloc(71, 0x30).toString('base64')],
    ['more than KMS reads', Buffer.alloc(6145, 1).toString('base64')],
    ['a megabyte', 'A'.repeat(1_000_000)],
  ])('says no to %s as a signature', async (_, signature) => {
    expect(await own().isSigned(digest, signature)).toBe(false);
  });

  test('of a key that does not exist neither signs nor says no: it throws', async () => {
    const nobody = approvalKey('arn:aws:kms:us-east-1:000000000000:key/00000000-0000-0000-0000-000000000000');
    await expect(nobody.sign(digest)).rejects.toThrow();
    await expect(nobody.isSigned(digest, await own().sign(digest))).rejects.toThrow();
  });
});
