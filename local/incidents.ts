/** What can break on this laptop, and the alarm that notices: one file of `local/incidents/` for each runbook. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ComparisonOperator, Statistic } from '@aws-sdk/client-cloudwatch';
import * as z from 'zod';
import { incidentFolder } from '../package/assets.ts';
import type { HeldMetric } from './cloudwatch/held.ts';
import { type Fault, faultNames } from './host/faults.ts';

/** As PutMetricAlarm takes it; what is the same for all alarms here is added when it is made. */
const AlarmFixture = z.strictObject({
  AlarmName: z.string(),
  AlarmDescription: z.string(),
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.strictObject({ Name: z.string(), Value: z.string() })),
  Statistic: z.enum(['Average', 'Maximum', 'Minimum', 'Sum']),
  ComparisonOperator: z.enum(['GreaterThanThreshold', 'LessThanThreshold']),
  Threshold: z.number(),
  Tags: z.array(z.strictObject({ Key: z.string(), Value: z.string() })),
});
export type AlarmFixture = z.infer<typeof AlarmFixture>;

const Incident = z.strictObject({
  /** The host that breaks. */
  host: z.string(),
  /** A name of `local/host/faults.ts`. */
  fault: z.enum(faultNames as readonly [Fault, ...Fault[]]),
  /** Rings when the fault is there. */
  alarm: AlarmFixture,
  /** Other alarms that the same runbook answers. */
  also: z.array(AlarmFixture),
});
export type Incident = z.infer<typeof Incident>;

/** What is raised on the laptop: an incident of the folder, or an alarm of somebody's own. */
export interface Raised {
  /** The host that breaks, or that the alarm points at. */
  readonly host: string;
  /** Null where no fault of a host moves the alarm's metric: then `held` is published. */
  readonly fault: Fault | null;
  readonly alarm: RaisedAlarm;
  /** Where a host breaks and the alarm does not ring: the condition under which it does. */
  readonly otherwise?: Pick<AlarmFixture, 'Statistic' | 'ComparisonOperator' | 'Threshold'>;
  readonly held?: HeldMetric;
}

/** As PutMetricAlarm takes it, without what is the same for all alarms here. */
export interface RaisedAlarm extends Omit<AlarmFixture, 'Statistic' | 'ComparisonOperator'> {
  readonly Statistic?: Statistic;
  readonly ExtendedStatistic?: string;
  readonly ComparisonOperator: ComparisonOperator;
}

/** By the id of the runbook that answers. */
export const incidents: Readonly<Record<string, Incident>> = Object.fromEntries(
  readdirSync(incidentFolder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => [
      file.replace(/\.json$/, ''),
      Incident.parse(JSON.parse(readFileSync(join(incidentFolder, file), 'utf8'))),
    ]),
);

/** @throws {Error} naming those that there are, when there is no incident for this runbook. */
export function incidentFor(runbookId: string): Incident {
  const incident = Object.hasOwn(incidents, runbookId) ? incidents[runbookId] : undefined;
  if (!incident) throw new Error(`no incident ${runbookId}; there are ${Object.keys(incidents).join(', ')}`);
  return incident;
}
