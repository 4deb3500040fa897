/** What people are shown of an alarm: CloudWatch's reason, and the last hour of its metric. */
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Alarm } from '../../core/alarm/alarm.ts';
import type { Evidence } from '../../core/alarm/evidence.ts';
import type { CloudWatch } from './alarms.ts';

const hour = 3600 * 1000;

export async function evidenceOf(client: CloudWatch, alarm: Alarm, now: number): Promise<Evidence[]> {
  const reason = { label: 'CloudWatch says', text: alarm.stateReason };
  try {
    return [reason, ...(await lastHour(client, alarm, now))];
  } catch (error) {
    return [reason, { label: 'Metric', text: `could not be read: ${error instanceof Error ? error.name : 'error'}` }];
  }
}

async function lastHour(client: CloudWatch, alarm: Alarm, now: number): Promise<Evidence[]> {
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
