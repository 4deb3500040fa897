/** CloudWatch for drills: one alarm by its name, and its state set by hand, with the caller's own rights. */
import { DescribeAlarmsCommand, SetAlarmStateCommand } from '@aws-sdk/client-cloudwatch';
import type { Alarm } from '../../core/alarm/alarm.ts';
import { alarms, type CloudWatch } from './alarms.ts';

export interface Drills {
  /** Null when there is no alarm of this name. */
  named(name: string): Promise<Alarm | null>;
  /** The reason is what CloudWatch tells people. It lasts until the alarm is evaluated again. */
  set(name: string, state: 'OK' | 'ALARM', reason: string): Promise<void>;
}

export function drills(client: CloudWatch, now: () => number): Drills {
  return {
    async named(name) {
      const AlarmTypes = ['MetricAlarm' as const, 'CompositeAlarm' as const];
      const found = await client.send(new DescribeAlarmsCommand({ AlarmNames: [name], AlarmTypes }));
      const arn = found.MetricAlarms?.[0]?.AlarmArn ?? found.CompositeAlarms?.[0]?.AlarmArn;
      return arn === undefined ? null : alarms(client, now).read(arn, null);
    },
    async set(AlarmName, StateValue, StateReason) {
      await client.send(new SetAlarmStateCommand({ AlarmName, StateValue, StateReason }));
    },
  };
}
