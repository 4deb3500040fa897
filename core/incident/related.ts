/** What makes alarms one storm: the host, the service, or the composite alarm that they share. */
import type { Alarm } from '../alarm/alarm.ts';
import { parseAlarmArn } from '../alarm/envelope.ts';

/** Children of a composite alarm that count, at most. */
const mostChildren = 20;

/**
 * An alarm's relations, each as a text; alarms that have one in common may be one storm. A time series of an alarm has none:
 * which of them recovered CloudWatch does not tell.
 */
export function relationsOf(
  {
    contributorId,
    kind,
    name,
    dimensions,
    tags,
    rule,
  }: Pick<Alarm, 'contributorId' | 'kind' | 'name' | 'dimensions' | 'tags' | 'rule'>,
  serviceTag: string,
): string[] {
  if (contributorId !== null) return [];
  const host = dimensions.InstanceId;
  const service = tags[serviceTag];
  return [
    ...(host ? [`host ${host}`] : []),
    ...(service ? [`service ${service}`] : []),
    `alarm ${name}`,
    ...(kind === 'composite' ? childrenOf(rule ?? '').map((child) => `alarm ${child}`) : []),
  ];
}

/** Names of the alarms that a rule wants in ALARM, such as those of `ALARM("a") OR ALARM(arn:…:alarm:b)`. */
function childrenOf(rule: string): string[] {
  const named = [...rule.matchAll(/(?<!\bNOT\s{0,20}\(?)\bALARM\s*\(\s*(?:"([^"]+)"|'([^']+)'|([^\s()"']+))\s*\)/gi)];
  const names = named.map(([, double, single, bare]) => double ?? single ?? bare ?? '');
  return [...new Set(names.map((name) => parseAlarmArn(name)?.name ?? name))].slice(0, mostChildren);
}
