/** A proof before the emulator's own STS, which checks signatures: users and sessions are named, everything else is a no. */
import { CreateAccessKeyCommand, CreateRoleCommand, CreateUserCommand, IAMClient } from '@aws-sdk/client-iam';
import { AssumeRoleCommand, STSClient } from '@aws-sdk/client-sts';
import { expect, test } from 'vitest';
import { identityOf } from '../../../adapters/sts/identity.ts';
import { type Credentials, signed } from '../../../adapters/sts/sign.ts';
import { callerArn } from '../../../core/door/caller.ts';
import { proofToSign } from '../../../core/door/proof.ts';
import type { Door } from '../../../core/door/spoken.ts';
import { account, region } from '../../../local/emulator.ts';
import { emulatedAws } from '../emulated.ts';

emulatedAws();

const door: Door = {
  audience: `arn:aws:lambda:${region}:${account}:function:countersign-decide`,
  stsHost: `sts.${region}.amazonaws.com`,
};
const proofOf = (credentials: Credentials, now = Date.now()) =>
  signed(proofToSign({ word: 'stop' }, door), credentials, now);

async function userNamed(UserName: string): Promise<Credentials> {
  const iam = new IAMClient({});
  await iam.send(new CreateUserCommand({ UserName }));
  const { AccessKey } = await iam.send(new CreateAccessKeyCommand({ UserName }));
  return { accessKeyId: AccessKey?.AccessKeyId ?? '', secretAccessKey: AccessKey?.SecretAccessKey ?? '' };
}

test('a user is named by their ARN; a changed header, another secret and an old time name nobody', async () => {
  const ana = await userNamed('ana');
  const headers = await proofOf(ana);
  expect(callerArn(await identityOf(headers))).toBe(`arn:aws:iam::${account}:user/ana`);
  for (const name of ['x-countersign-word', 'x-countersign-about', 'x-countersign-audience', 'x-amz-date'])
    expect(await identityOf({ ...headers, [name]: `${headers[name]?.slice(0, -1)}0` }), name).toBeNull();
  expect(await identityOf(await proofOf({ ...ana, secretAccessKey: 'guessed' }))).toBeNull();
  expect(await identityOf(await proofOf(ana, Date.now() - 20 * 60_000))).toBeNull();
  expect(await identityOf({})).toBeNull();
});

test('the session of a role is named by role and session, with its token only', async () => {
  const Statement = [{ Effect: 'Allow', Principal: { AWS: '*' }, Action: 'sts:AssumeRole' }];
  const AssumeRolePolicyDocument = JSON.stringify({ Version: '2012-10-17', Statement });
  const { Role } = await new IAMClient({}).send(
    new CreateRoleCommand({ RoleName: 'oncall', AssumeRolePolicyDocument }),
  );
  const { Credentials: given } = await new STSClient({}).send(
    new AssumeRoleCommand({ RoleArn: Role?.Arn, RoleSessionName: 'ana' }),
  );
  const { AccessKeyId = '', SecretAccessKey = '', SessionToken = '' } = given ?? {};
  const session = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
  const headers = await proofOf(session);
  expect(callerArn(await identityOf(headers))).toBe(`arn:aws:sts::${account}:assumed-role/oncall/ana`);
  const { 'x-amz-security-token': _, ...bare } = headers;
  expect(await identityOf(bare)).toBeNull();
});
