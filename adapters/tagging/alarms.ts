/** The Resource Groups Tagging API: which alarms carry a tag, without asking CloudWatch about every alarm of the account. */
import { GetResourcesCommand, ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { patience, readingTries } from '../patience.ts';

/** Resources of one page, the most that GetResources gives. */
const pageSize = 100;

/** ARNs of the alarms of this account and region with this tag. A tag that was just set may be missing for some seconds. */
export async function alarmsTagged({
  key,
  value,
}: {
  readonly key: string;
  readonly value: string;
}): Promise<string[]> {
  const client = new ResourceGroupsTaggingAPIClient({ requestHandler: patience(2_500), ...readingTries() });
  const found: string[] = [];
  let token: string | undefined;
  do {
    const page = await client.send(
      new GetResourcesCommand({
        TagFilters: [{ Key: key, Values: [value] }],
        ResourceTypeFilters: ['cloudwatch:alarm'],
        ResourcesPerPage: pageSize,
        ...(token ? { PaginationToken: token } : {}),
      }),
    );
    found.push(...(page.ResourceTagMappingList ?? []).flatMap(({ ResourceARN }) => ResourceARN ?? []));
    token = page.PaginationToken || undefined;
  } while (token);
  return found;
}
