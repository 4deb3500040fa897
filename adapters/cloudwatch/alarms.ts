/** CloudWatch: the alarm as CloudWatch tells it to our own credentials, and a look at its metric. */

import {
  CloudWatchClient,
  DescribeAlarmContributorsCommand,
  DescribeAlarmsCommand,
  GetMetricDataCommand,
  ListTagsForResourceCommand,
} from '@aws-sdk/client-cloudwatch';
import { type Alarm, alarmFromCloudWatch } from '../../core/alarm/alarm.ts';
import { parseAlarmArn } from '../../core/alarm/envelope.ts';
import type { Evidence } from '../../core/alarm/evidence.ts';
import { patience } from '../patience.ts';

export interface Alarms {
  /** Null when CloudWatch does not know the alarm, or knows another of that name. */
  read(alarmArn: string, contributorId: string | null): Promise<Alarm | null>;
  /** The metric's last hour in words, and the alarm's own reason. A metric that cannot be read is said so. */
  evidence(alarm: Alarm): Promise<Evidence[]>;
}

export function alarms(now: () => number): Alarms {
  const client = new CloudWatchClient({ requestHandler: patience() });
  return {
    async read(alarmArn, contributorId) {
      const name = parseAlarmArn(alarmArn)?.name;
      if (name === undefined) return null;
      const answer = await client.send(
        new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes: ['MetricAlarm', 'CompositeAlarm'] }),
      );
      const entry = [...(answer.MetricAlarms ?? []), ...(answer.CompositeAlarms ?? [])].find(
        ({ AlarmArn }) => AlarmArn === alarmArn,
      );
      if (!entry) return null;
      const { Tags } = await client.send(new ListTagsForResourceCommand({ ResourceARN: alarmArn }));
      const tags = Object.fromEntries((Tags ?? []).map(({ Key, Value }) => [String(Key), String(Value)]));
      const contributor = contributorId === null ? null : await contributorOf(client, name, contributorId);
      return alarmFromCloudWatch(entry, tags, contributorId, contributor);
    },
    async evidence(alarm) {
      const reason = { label: 'CloudWatch says', text: alarm.stateReason };
      try {
        return [reason, ...(await lastHour(client, alarm, now()))];
      } catch (error) {
        return [
          reason,
          { label: 'Metric', text: `could not be read: ${error instanceof Error ? error.name : 'error'}` },
        ];
      }
    },
  };
}

async function contributorOf(client: CloudWatchClient, name: string, contributorId: string): Promise<unknown> {
  let NextToken: string | undefined;
  do {
    const page = await client.send(
      new DescribeAlarmContributorsCommand({ AlarmName: name, ...(NextToken ? { NextToken } : {}) }),
    );
    const found = page.AlarmContributors?.find(({ ContributorId }) => ContributorId === contributorId);
    if (found) return found;
    NextToken = page.NextToken;
  } while (NextToken);
  return null;
}

const hour = 3600 * 1000;

async function lastHour(client: CloudWatchClient, alarm: Alarm, now: number): Promise<Evidence[]> {
  if (!alarm.namespace || !alarm.metric) return [];
  const Dimensions = Object.entries(alarm.dimensions).map(([Name, Value]) => ({ Name, Value }));
  const answer = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(now - hour),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [
        {
          Id: 'm',
          MetricStat: {
            Metric: { Namespace: alarm.namespace, MetricName: alarm.metric, Dimensions },
            Period: 300,
            Stat: 'Average',
          },
        },
      ],
    }),
  );
  const values = answer.MetricDataResults?.[0]?.Values ?? [];
  if (values.length === 0) return [];
  const shown = values.slice(0, 6).map((value) => value.toFixed(1));
  return [{ label: `${alarm.metric}, 5-minute averages, newest first`, text: shown.join(', ') }];
}
