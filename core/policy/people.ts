/** People as the policy has them: their name, and every identity under which they may speak. */
import type { Person } from '../person.ts';
import type { PolicyKeys } from './keys.ts';

/** `slack`: their member id, null = none. `iam`: ARNs as sts:GetCallerIdentity gives them. At least one of both is there. */
export type PolicyPerson = PolicyKeys['people'][number];

/** `123456789012/Admins`: a role by its account and its name, which is unique there whatever its path. */
export function roleOfArn(arn: string): string {
  return `${arn.split(':')[4]}/${arn.split('/').at(-1)}`;
}

/** The role of a session's ARN, as `roleOfArn` writes it; null for everybody else. */
export function sessionRole(arn: string): string | null {
  const [, account, role] = /^arn:[^:]*:sts::(\d{12}):assumed-role\/([^/]+)\/[^/]+$/.exec(arn) ?? [];
  return role === undefined ? null : `${account}/${role}`;
}

/** A person by the identity under which people know them: Slack's, else the first of IAM. */
export function asPerson({ name, slack, iam }: PolicyPerson): Person {
  return slack === null ? { name, via: 'iam', id: iam[0] ?? '' } : { name, via: 'slack', id: slack };
}
