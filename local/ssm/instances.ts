/** Managed instances as DescribeInstanceInformation lists, filters and pages them. */
import type { HostDefinition } from '../virtual-host.ts';
import { enforce, paged } from './contract.ts';
import { SsmError } from './error.ts';
import type { PingStatus } from './faults.ts';

export interface InstanceFilters {
  readonly Filters?: readonly { readonly Key: string; readonly Values: readonly string[] }[];
  readonly MaxResults?: number;
  readonly NextToken?: string;
}

type Listed = Pick<HostDefinition, 'instanceId' | 'address' | 'name' | 'tags'>;

/** All filters must fit. Throws InvalidFilterKey on one that is not known here, and what the contract refuses. */
export function instanceInformation(
  hosts: readonly Listed[],
  input: InstanceFilters,
  pingStatus: (instanceId: string) => PingStatus = () => 'Online',
) {
  enforce('DescribeInstanceInformation', input);
  const fits = ({ instanceId, tags }: Listed, key: string, values: readonly string[]): boolean => {
    if (key === 'InstanceIds') return values.includes(instanceId);
    if (key === 'PingStatus') return values.includes(pingStatus(instanceId));
    if (key === 'PlatformTypes') return values.includes('Linux');
    if (key === 'tag-key') return values.some((name) => Object.hasOwn(tags, name));
    if (key.startsWith('tag:')) return values.includes(tags[key.slice(4)] ?? '\0');
    const known = 'InstanceIds, PingStatus, PlatformTypes, tag-key, tag:NAME';
    throw new SsmError('InvalidFilterKey', `filter ${key}: only ${known}`);
  };
  const found = hosts.filter((host) => (input.Filters ?? []).every(({ Key, Values }) => fits(host, Key, Values)));
  const { page, rest } = paged(found, input);
  return {
    ...rest,
    InstanceInformationList: page.map(({ instanceId, address, name }) => ({
      InstanceId: instanceId,
      PingStatus: pingStatus(instanceId),
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
