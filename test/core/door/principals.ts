/** A door, and people with AWS credentials: of its account and of others, as users and as sessions of roles. */
import type { Door } from '../../../core/door/spoken.ts';
import { account, region } from '../../support/fixtures.ts';
import type { Principal } from '../../support/memory/sts.ts';

export const door: Door = {
  audience: `arn:aws:lambda:${region}:${account}:function:countersign-decide`,
  stsHost: `sts.${region}.amazonaws.com`,
};

const user = (name: string, number: number, of = account): Principal => ({
  accessKeyId: `AKIA${String(number).padStart(16, '0')}`,
  secretAccessKey: `secret-of-${name}-${of}`,
  arn: `arn:aws:iam::${of}:user/${name}`,
  userId: `AIDA${String(number).padStart(16, '0')}`,
});

export const anaOfIam = user('ana', 1);
export const strangerOfIam = user('zoe', 2);
/** Of the same name, in an account that is not ours. */
export const anaElsewhere = user('ana', 3, '999988887777');
/** A session that calls itself ana; anybody who may assume the role can. */
export const anaBySession: Principal = {
  accessKeyId: 'ASIA0000000000000004',
  secretAccessKey: 'secret-of-the-session',
  sessionToken: 'token-of-the-session',
  arn: `arn:aws:sts::${account}:assumed-role/Admin/ana`,
  userId: 'AROA0000000000000004:ana',
};
export const rootOfAccount: Principal = { ...user('root', 5), arn: `arn:aws:iam::${account}:root`, userId: account };

export const principals = [anaOfIam, strangerOfIam, anaElsewhere, anaBySession, rootOfAccount];
