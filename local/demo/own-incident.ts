/** An author's alarm on the laptop: which host and fault make it ring there, and everything that had to be replaced. */
import type { ComparisonOperator, Statistic } from '@aws-sdk/client-cloudwatch';
import { type Alarm, optInTag } from '../../core/alarm/alarm.ts';
import type { WrittenAlarm } from '../../core/alarm/written.ts';
import type { HeldMetric } from '../cloudwatch/held.ts';
import { account, region } from '../emulator.ts';
import { type Incident, incidents, type Raised, type RaisedAlarm } from '../incidents.ts';
import { alarmPeriodSeconds } from '../laptop.ts';
import { type HostDefinition, opsHost, webHost, workerHost } from '../virtual-host.ts';

export interface OwnIncident {
  readonly raised: Raised;
  /** A line for each thing that is not as the file says it. */
  readonly replaced: readonly string[];
}

const hosts: readonly HostDefinition[] = [webHost, workerHost, opsHost];

/** What a metric is called that an alarm of several metrics, or of other alarms, does not have. */
const invented = { Namespace: 'Demo', MetricName: 'Invented' } as const;

/** Puts a written alarm on the laptop. Pure: nothing is raised yet. */
export function ownIncident({ alarm, unsaid }: WrittenAlarm): OwnIncident {
  const replaced: string[] = [];
  const say = (text: string) => void replaced.push(text);
  const known = Object.values(incidents).find((incident) => moves(incident, alarm));
  const host = known ? hostNamed(known.host) : (hosts.find((one) => one.instanceId === instanceOf(alarm)) ?? webHost);
  const input = inputOf(alarm, known, host, say);
  if (!unsaid.has('account') && (alarm.account !== account || alarm.region !== region))
    say(`account ${alarm.account} and region ${alarm.region} → ${account} and ${region}, the local AWS`);
  if (unsaid.has('tags')) say(`tags: the file tells none; it gets ${optInTag.key}=${optInTag.value} alone`);
  else if (alarm.tags[optInTag.key] !== optInTag.value)
    say(`tag ${optInTag.key}=${optInTag.value}: added, since an alarm without it is left alone`);
  if (alarm.series && alarm.series.periodSeconds !== alarmPeriodSeconds)
    say(`period ${alarm.series.periodSeconds} s → ${alarmPeriodSeconds} s, so that nobody has to wait`);
  if (known) {
    const { Statistic, ComparisonOperator, Threshold } = known.alarm;
    const otherwise = { Statistic, ComparisonOperator, Threshold };
    return { raised: { host: host.name, fault: known.fault, alarm: input, otherwise }, replaced };
  }
  say(
    `nothing on the virtual hosts moves ${input.Namespace} ${input.MetricName}: it is published beyond the threshold to the end, so that this alarm cannot recover here`,
  );
  return { raised: { host: host.name, fault: null, alarm: input, held: heldFor(input) }, replaced };
}

/** Whether the incident's fault moves the alarm's metric: the same one, of nothing else. */
function moves({ alarm: { Namespace, MetricName, Dimensions } }: Incident, alarm: Alarm): boolean {
  const agree = Dimensions.every(({ Name, Value }) => {
    const own = alarm.dimensions[Name];
    return Name === 'InstanceId' || own === undefined || own === Value;
  });
  return alarm.namespace === Namespace && alarm.metric === MetricName && agree;
}

function hostNamed(name: string): HostDefinition {
  return hosts.find((host) => host.name === name) ?? webHost;
}

function instanceOf({ dimensions }: Alarm): string | undefined {
  return Object.hasOwn(dimensions, 'InstanceId') ? dimensions.InstanceId : undefined;
}

function inputOf(
  alarm: Alarm,
  known: Incident | undefined,
  host: HostDefinition,
  say: (text: string) => void,
): RaisedAlarm {
  return {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description,
    ...metricOf(alarm, say),
    Dimensions: dimensionsOf(alarm, known, host, say),
    ...conditionOf(alarm, known, say),
    Tags: tagsOf(alarm, say),
  };
}

function metricOf({ namespace, metric, kind }: Alarm, say: (text: string) => void) {
  if (namespace === null || metric === null) {
    say(
      `metric: ${kind === 'composite' ? 'a composite alarm has none' : 'the file tells none'} → ${invented.Namespace} ${invented.MetricName}`,
    );
    return { Namespace: namespace ?? invented.Namespace, MetricName: metric ?? invented.MetricName };
  }
  return { Namespace: namespace, MetricName: metric };
}

/** A host's own id stays where the demo's incident has another's, such as that of a node of a cluster. */
function dimensionsOf(
  { dimensions }: Alarm,
  known: Incident | undefined,
  host: HostDefinition,
  say: (text: string) => void,
) {
  const fixed = known?.alarm.Dimensions.find(({ Name }) => Name === 'InstanceId')?.Value;
  const Value = fixed ?? host.instanceId;
  return Object.entries(dimensions).map(([Name, own]) => {
    if (Name !== 'InstanceId' || own === Value) return { Name, Value: own };
    say(`dimension InstanceId ${own} → ${Value}${Value === host.instanceId ? `, the virtual host ${host.name}` : ''}`);
    return { Name, Value };
  });
}

const basicStatistics = ['Average', 'Maximum', 'Minimum', 'Sum'] as const;
const comparisons = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
] as const;

function conditionOf(
  alarm: Alarm,
  known: Incident | undefined,
  say: (text: string) => void,
): Pick<RaisedAlarm, 'Statistic' | 'ExtendedStatistic' | 'ComparisonOperator' | 'Threshold'> {
  const usual = known?.alarm ?? { Statistic: 'Maximum', ComparisonOperator: 'GreaterThanThreshold', Threshold: 1 };
  const statistic = alarm.series?.statistic;
  const isBasic = (basicStatistics as readonly string[]).includes(statistic ?? '');
  const isPercentile = /^p\d{1,2}(?:\.\d+)?$/.test(statistic ?? '');
  const compares = comparisons.find((one) => one === alarm.comparison);
  const instead = [
    ...(isBasic || isPercentile ? [] : [`statistic ${statistic ?? 'not told, or an expression'} → ${usual.Statistic}`]),
    ...(compares ? [] : [`comparison ${alarm.comparison ?? 'not told'} → ${usual.ComparisonOperator}`]),
    ...(alarm.threshold === null ? [`threshold not told → ${usual.Threshold}`] : []),
  ];
  for (const text of instead) say(text);
  return {
    ...(isPercentile
      ? { ExtendedStatistic: statistic ?? '' }
      : { Statistic: (isBasic ? statistic : usual.Statistic) as Statistic }),
    ComparisonOperator: compares ?? (usual.ComparisonOperator as ComparisonOperator),
    Threshold: alarm.threshold ?? usual.Threshold,
  };
}

function tagsOf({ tags }: Alarm, say: (text: string) => void): RaisedAlarm['Tags'] {
  const own = Object.entries(tags).filter(([key]) => key !== optInTag.key);
  for (const [key] of own) if (/^aws:/i.test(key)) say(`tag ${key}: left out, since AWS keeps that prefix for itself`);
  const kept = own.filter(([key]) => !/^aws:/i.test(key)).map(([Key, Value]) => ({ Key, Value }));
  return [{ Key: optInTag.key, Value: optInTag.value }, ...kept];
}

/** So often that what hosts publish of the same metric does not move the average. */
const outweighing = 1_000;

/** A tenth beyond the threshold, at least 1; of a sum that must stay low nothing at all, since several are added up. */
function heldFor({
  Namespace,
  MetricName,
  Dimensions,
  Statistic,
  ComparisonOperator,
  Threshold,
}: RaisedAlarm): HeldMetric {
  const step = Math.max(1, Math.abs(Threshold) / 10);
  const isLow = ComparisonOperator.startsWith('Less');
  const below = Statistic === 'Sum' && Threshold > 0 ? 0 : Threshold - step;
  return {
    namespace: Namespace,
    name: MetricName,
    dimensions: Dimensions,
    value: isLow ? below : Threshold + step,
    count: Statistic === 'Sum' ? 1 : outweighing,
  };
}
