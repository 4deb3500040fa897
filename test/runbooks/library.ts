/** The library as the product compiles it, and each runbook's incident as the product would read its alarm. */
import { readdirSync, readFileSync } from 'node:fs';
import { type Alarm, alarmFromCloudWatch } from '../../core/alarm/alarm.ts';
import { compileRunbooks, isRunbookFile } from '../../core/runbook/compile.ts';
import type { Runbook } from '../../core/runbook/runbook.ts';
import type { AlarmFixture } from '../../local/incidents.ts';
import { foreignHost, opsHost, webHost, workerHost } from '../../local/virtual-host.ts';

const folder = new URL('../../runbooks/', import.meta.url);

export const library: readonly Runbook[] = compileRunbooks(
  readdirSync(folder)
    .filter(isRunbookFile)
    .map((file) => ({ file: `runbooks/${file}`, text: readFileSync(new URL(file, folder), 'utf8') })),
);

/** The account's hosts, as Systems Manager tells of them. */
export const hosts = [webHost, workerHost, opsHost, foreignHost];

/** The alarm in ALARM, as DescribeAlarms and ListTagsForResource tell of it. */
export function alarmOf({ Tags, Statistic, ...fixture }: AlarmFixture): Alarm {
  const described = {
    ...fixture,
    Statistic,
    AlarmArn: `arn:aws:cloudwatch:us-east-1:000000000000:alarm:${fixture.AlarmName}`,
    StateValue: 'ALARM',
    StateUpdatedTimestamp: new Date('2026-11-20T03:00:10.000Z'),
  };
  return alarmFromCloudWatch(described, Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])), null);
}

/** Whether this value of the alarm's metric would ring it. */
export function rings({ ComparisonOperator, Threshold }: AlarmFixture, value: number): boolean {
  return ComparisonOperator === 'LessThanThreshold' ? value < Threshold : value > Threshold;
}
