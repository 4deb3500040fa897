/** What CloudWatch says of an alarm that bears on which runbook can be its: nothing here is read from a description. */
import type { Alarm } from '../alarm/alarm.ts';
import { type Quantity, quantityOf } from './quantity.ts';
import { spoken } from './words.ts';

/** On which side of its threshold or band an alarm rings; `outside` = on either; null = not known. */
export type Side = 'above' | 'below' | 'outside';

export interface Facts {
  readonly side: Side | null;
  readonly quantity: Quantity | null;
  /** The words by which a runbook says that it is for the namespace, where that is a service whose host nobody logs in to. */
  readonly managed: readonly string[] | null;
  readonly isWindows: boolean;
  /** The alarm steers a scaling policy: its name says so. */
  readonly isScaling: boolean;
}

export function factsOf(alarm: Alarm): Facts {
  return {
    side: sideOf(alarm.comparison),
    quantity: quantityOf(alarm),
    managed: managedBy(alarm.namespace),
    isWindows: isWindows(alarm),
    isScaling: scaling.test(spoken(alarm.name)),
  };
}

/** A group's name may say "autoscaling"; a policy's alarm says which way. */
const scaling =
  /\bscal(?:e|ing) ?(?:in|out|up|down)\b|\bscal(?:e|ing) ?(?:policy|alarm|trigger)\b|\btarget ?tracking\b|\b(?:add|remove) ?(?:nodes?|instances?|capacity)\b/;

/** @param comparison CloudWatch's ComparisonOperator; one that it does not have is not known. */
export function sideOf(comparison: string | null): Side | null {
  if (comparison === null) return null;
  if (comparison === 'LessThanLowerOrGreaterThanUpperThreshold') return 'outside';
  if (comparison.startsWith('GreaterThan')) return 'above';
  return comparison.startsWith('LessThan') ? 'below' : null;
}

/** Namespaces of AWS whose metrics are of hosts that somebody can log in to, where they name an instance. */
const hosts = new Set(['AWS/EC2', 'AWS/ElasticBeanstalk']);

/** How people call services otherwise than their namespace does. */
const calledOtherwise: Readonly<Record<string, readonly string[]>> = {
  'AWS/ApplicationELB': ['alb', 'elb', 'load balancer'],
  'AWS/NetworkELB': ['nlb', 'elb'],
  'AWS/ApiGateway': ['api gateway'],
  'AWS/CertificateManager': ['acm', 'certificate manager'],
  'AWS/Logs': ['cloudwatch logs', 'log group', 'log groups'],
  'AWS/States': ['step functions'],
  'AWS/ES': ['opensearch', 'elasticsearch'],
  'AWS/AmazonMQ': ['amazonmq', 'amazon mq'],
};

/** Null for EC2 and for namespaces of people's own; otherwise what the service is called. */
function managedBy(namespace: string | null): readonly string[] | null {
  if (namespace === null || hosts.has(namespace)) return null;
  if (/^ECS\//.test(namespace)) return ['ecs', 'fargate'];
  if (/^(?:ContainerInsights|Kubernetes|EKS)/i.test(namespace))
    return ['kubernetes', 'k8s', 'eks', 'pod', 'pods', 'container insights'];
  if (/^LambdaInsights/.test(namespace)) return ['lambda'];
  if (!namespace.startsWith('AWS/')) return null;
  const own = namespace.slice('AWS/'.length);
  return [own.toLowerCase(), spoken(own), ...(calledOtherwise[namespace] ?? [])];
}

/** Windows calls its counters otherwise, and its drives `C:`; descriptions are not asked. */
function isWindows({ name, namespace, metric, dimensions }: Alarm): boolean {
  const said = spoken(`${name} ${namespace ?? ''} ${metric ?? ''} ${Object.keys(dimensions).join(' ')}`);
  return (
    /\b(?:windows|win(?:20\d\d|server|srv)?|iis|w3svc|rdp|mssql|sql ?server|object ?name)\b/.test(said) ||
    // Of the agent's own names only counters of Windows have spaces.
    (namespace === 'CWAgent' && / /.test(metric ?? '')) ||
    /% |^(?:LogicalDisk|PhysicalDisk|Paging File|Processor\b.*% |Web Service)|Committed Bytes|^procstat(?:_lookup)? |\\/.test(
      metric ?? '',
    ) ||
    Object.values(dimensions).some((value) => /^[A-Z]:\\?$/.test(value))
  );
}
