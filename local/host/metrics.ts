/** What a virtual host's agents would publish to CloudWatch: names and dimensions as the real ones have them. */
import { clusterName as ecsCluster, serviceName } from './aws/ecs.ts';
import { secretName } from './aws/secrets.ts';
import { queueName } from './aws/sqs.ts';
import { domain } from './certificates.ts';
import { diskUsedPercent } from './disk.ts';
import { clusterName, illNode } from './kubernetes/cluster.ts';
import type { Machine } from './machine.ts';

export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions: Readonly<Record<string, string>>;
  readonly value: number;
}

/** All metrics of a machine, by its role. */
export async function metricsOf(machine: Machine): Promise<Metric[]> {
  const { role } = machine.definition;
  const own = [...(await agentMetrics(machine)), ...instanceMetrics(machine)];
  if (role === 'worker') return [...own, ...queueMetrics(machine)];
  return role === 'ops' ? [...own, ...platformMetrics(machine)] : [...own, ...(await applicationMetrics(machine))];
}

/** The CloudWatch agent's. `service_active` (1 or 0) is a plug-in of the house, everything else is as it comes. */
async function agentMetrics({ definition, fs, services, processes }: Machine): Promise<Metric[]> {
  const metric = (name: string, value: number, more: Readonly<Record<string, string>> = {}): Metric => ({
    namespace: 'CWAgent',
    name,
    dimensions: { InstanceId: definition.instanceId, ...more },
    value,
  });
  const redis = services.find('redis-server');
  return [
    metric('disk_used_percent', await diskUsedPercent(fs), { path: '/' }),
    metric('mem_used_percent', processes.memoryUsedPercent()),
    ...Object.entries(services.running()).map(([service, running]) => metric('service_active', running, { service })),
    ...(redis
      ? [
          metric('procstat_lookup_pid_count', redis.state === 'active' ? 1 : 0, {
            exe: 'redis-server',
            pid_finder: 'native',
          }),
        ]
      : []),
  ];
}

function instanceMetrics({ definition, processes }: Machine): Metric[] {
  const dimensions = { InstanceId: definition.instanceId };
  return [{ namespace: 'AWS/EC2', name: 'CPUUtilization', dimensions, value: processes.cpuPercent() }];
}

/** What the application and a cron job publish in namespaces of their own, and what its log group takes in. */
async function applicationMetrics({ definition, certificates, postgres, flooding }: Machine): Promise<Metric[]> {
  const InstanceId = definition.instanceId;
  const days = await certificates.daysLeft();
  return [
    ...(days === null
      ? []
      : [{ namespace: 'TLS', name: 'DaysUntilExpiry', dimensions: { InstanceId, Domain: domain }, value: days }]),
    {
      namespace: 'Checkout',
      name: 'hikaricp.connections.pending.value',
      dimensions: { InstanceId, pool: 'HikariPool-1' },
      value: postgres.waiting(),
    },
    {
      namespace: 'AWS/Logs',
      name: 'IncomingBytes',
      dimensions: { LogGroupName: '/checkout/app' },
      value: flooding ? 182_400_000 : 1_910_000,
    },
  ];
}

function queueMetrics({ queue }: Machine): Metric[] {
  const dimensions = { QueueName: queueName };
  const value = queue?.oldestAge() ?? 0;
  return [{ namespace: 'AWS/SQS', name: 'ApproximateAgeOfOldestMessage', dimensions, value }];
}

/** Published elsewhere, about what is seen from a host of operations. */
function platformMetrics({ cluster, ecs, secret }: Machine): Metric[] {
  const ill = cluster.nodes.find(({ name }) => name === illNode);
  return [
    {
      namespace: 'ContainerInsights',
      name: 'pod_number_of_container_restarts',
      dimensions: { ClusterName: clusterName, Namespace: 'shop', PodName: 'checkout' },
      value: cluster.restarts('shop', 'checkout'),
    },
    {
      namespace: 'ContainerInsights',
      name: 'node_status_condition_disk_pressure',
      dimensions: { ClusterName: clusterName, InstanceId: 'i-0c1a5e0000000003f', NodeName: illNode },
      value: ill?.diskPressure ? 1 : 0,
    },
    {
      namespace: 'ECS/ContainerInsights',
      name: 'RunningTaskCount',
      dimensions: { ClusterName: ecsCluster, ServiceName: serviceName },
      value: ecs.running(),
    },
    { namespace: 'Secrets', name: 'SecretAgeDays', dimensions: { SecretId: secretName }, value: secret.ageInDays() },
  ];
}
