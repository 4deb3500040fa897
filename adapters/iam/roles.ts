/** IAM: the names of an account's roles, which are the same in every region. */
import { IAMClient, paginateListRoles } from '@aws-sdk/client-iam';
import { patience, readingTries } from '../patience.ts';

/** Names that begin with the prefix. */
export async function rolesNamed(prefix: string): Promise<string[]> {
  const client = new IAMClient({ requestHandler: patience(), ...readingTries() });
  const found: string[] = [];
  // IAM has no filter by name.
  for await (const { Roles = [] } of paginateListRoles({ client, pageSize: 1000 }, {}))
    found.push(...Roles.flatMap(({ RoleName = '' }) => (RoleName.startsWith(prefix) ? [RoleName] : [])));
  return found;
}
