/** Who STS says that somebody is: users and sessions, and nobody else. */
import { expect, test } from 'vitest';
import { callerArn } from '../../../core/door/caller.ts';

const user = { Account: '111122223333', Arn: 'arn:aws:iam::111122223333:user/ops/ana', UserId: 'AIDA0000000000000001' };
const session = {
  Account: '111122223333',
  Arn: 'arn:aws-cn:sts::111122223333:assumed-role/AWSReservedSSO_Ops_0f/ana@example.com',
  UserId: 'AROA0000000000000001:ana@example.com',
};

test('a user and the session of a role are named by their ARN', () => {
  expect(callerArn(user)).toBe(user.Arn);
  expect(callerArn(session)).toBe(session.Arn);
});

test.each([
  ['nothing', null],
  ['a text', 'arn:aws:iam::111122223333:user/ana'],
  ['no account', { ...user, Account: undefined }],
  ['an ARN of another account', { ...user, Account: '999988887777' }],
  ['another session than its id', { ...session, UserId: 'AROA0000000000000001:ben' }],
  ['the root of an account', { ...user, Arn: 'arn:aws:iam::111122223333:root', UserId: '111122223333' }],
  ['a federated user', { ...user, Arn: 'arn:aws:sts::111122223333:federated-user/ana' }],
  ['a role that nobody assumed', { ...user, Arn: 'arn:aws:iam::111122223333:role/Admin' }],
  ['a session with a further part', { ...session, Arn: `${session.Arn}/x` }],
  ['spaces', { ...user, Arn: `${user.Arn} ` }],
  ['two lines', { ...user, Arn: `${user.Arn}\n` }],
])('%s is nobody', (_, answer) => {
  expect(callerArn(answer)).toBeNull();
});
