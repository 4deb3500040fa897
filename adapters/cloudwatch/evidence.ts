/** What people are shown of an alarm: CloudWatch's reason, and the very series that it compares, around the change. */
import { GetMetricDataCommand } from '@aws-sdk/client-cloudwatch';
import type { Alarm } from '../../core/alarm/alarm.ts';
import { noSeries, seriesEvidence, seriesStart } from '../../core/alarm/chart.ts';
import type { Datum, Evidence } from '../../core/alarm/evidence.ts';
import type { CloudWatch } from './alarms.ts';

export async function evidenceOf(client: CloudWatch, alarm: Alarm, now: number): Promise<Evidence[]> {
  const reason = { label: 'CloudWatch says', text: alarm.stateReason };
  const none = noSeries(alarm);
  if (none) return [reason, none];
  try {
    return [reason, seriesEvidence(alarm, await dataOf(client, alarm, now), now)];
  } catch (error) {
    return [reason, { label: 'Metric', text: `could not be read: ${error instanceof Error ? error.name : 'error'}` }];
  }
}

/** One page is enough: it holds 100,800 values, and the shortest period is 10 seconds. */
async function dataOf(client: CloudWatch, alarm: Alarm, now: number): Promise<Datum[]> {
  const { namespace, metric, series, dimensions } = alarm;
  if (!namespace || !metric || !series) return [];
  const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
  const Metric = { Namespace: namespace, MetricName: metric, Dimensions };
  const { MetricDataResults: [result] = [] } = await client.send(
    new GetMetricDataCommand({
      StartTime: new Date(seriesStart(alarm, now)),
      EndTime: new Date(now),
      ScanBy: 'TimestampDescending',
      MetricDataQueries: [{ Id: 'm', MetricStat: { Metric, Period: series.periodSeconds, Stat: series.statistic } }],
    }),
  );
  const times = result?.Timestamps ?? [];
  return (result?.Values ?? []).flatMap((value, index) => {
    const at = times[index]?.getTime();
    return at === undefined ? [] : [{ at, value }];
  });
}
