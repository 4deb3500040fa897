/** Managed instances as DescribeInstanceInformation lists and filters them. */
import type { HostDefinition } from '../virtual-host.ts';
import { SsmError } from './error.ts';

export interface InstanceFilters {
  readonly Filters?: readonly { readonly Key: string; readonly Values: readonly string[] }[];
}

/** All filters must fit. Throws InvalidFilterKey on one that is not known here. */
export function instanceInformation(hosts: readonly HostDefinition[], { Filters = [] }: InstanceFilters) {
  const found = hosts.filter((host) => Filters.every(({ Key, Values }) => fits(host, Key, Values)));
  return {
    InstanceInformationList: found.map(({ instanceId, address, name }) => ({
      InstanceId: instanceId,
      PingStatus: 'Online',
      LastPingDateTime: Date.now() / 1000,
      AgentVersion: '3.3.2746.0',
      IsLatestVersion: true,
      PlatformType: 'Linux',
      PlatformName: 'Debian GNU/Linux',
      PlatformVersion: '12',
      ResourceType: 'EC2Instance',
      IPAddress: address,
      ComputerName: name,
    })),
  };
}

function fits({ instanceId, tags }: HostDefinition, key: string, values: readonly string[]): boolean {
  if (key === 'InstanceIds') return values.includes(instanceId);
  if (key === 'PingStatus') return values.includes('Online');
  if (key === 'PlatformTypes') return values.includes('Linux');
  if (key === 'tag-key') return values.some((name) => Object.hasOwn(tags, name));
  if (key.startsWith('tag:')) return values.includes(tags[key.slice(4)] ?? '\0');
  throw new SsmError(
    'InvalidFilterKey',
    `filter ${key}: only InstanceIds, PingStatus, PlatformTypes, tag-key, tag:NAME`,
  );
}
