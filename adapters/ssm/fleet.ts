/** Systems Manager: every opted-in managed instance as it stands, whatever its state. */
import { type InstanceInformation, paginateDescribeInstanceInformation, SSMClient } from '@aws-sdk/client-ssm';
import { optInTag } from '../../core/alarm/alarm.ts';
import type { SeenInstance } from '../../core/doctor/reach.ts';
import { patience, readingTries } from '../patience.ts';

/** Sorted by id. */
export async function taggedInstances(): Promise<SeenInstance[]> {
  const client = new SSMClient({ requestHandler: patience(), ...readingTries() });
  const Filters = [{ Key: `tag:${optInTag.key}`, Values: [optInTag.value] }];
  const found: SeenInstance[] = [];
  for await (const page of paginateDescribeInstanceInformation({ client, pageSize: 50 }, { Filters }))
    found.push(...(page.InstanceInformationList ?? []).map(seen));
  return found.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function seen(one: InstanceInformation): SeenInstance {
  return {
    id: one.InstanceId ?? '',
    name: one.ComputerName ?? null,
    ping: one.PingStatus ?? 'unknown',
    agentVersion: one.AgentVersion ?? 'unknown',
    isLatest: one.IsLatestVersion === true,
    platform: one.PlatformType ?? 'unknown',
  };
}
