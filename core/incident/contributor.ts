/** A contributor that CloudWatch lists no more: since when, as the chain says, because CloudWatch does not. */
import type { Alarm } from '../alarm/alarm.ts';
import type { EventOf } from '../audit/entry.ts';
import type { Progress } from './progress.ts';

type State = Pick<Alarm, 'arn' | 'contributorId' | 'state' | 'stateChangedAt'>;

/** CloudWatch lists contributors in ALARM only: any other state of one is that of not being listed. */
export function isUnlisted({ contributorId, state }: Pick<Alarm, 'contributorId' | 'state'>): boolean {
  return contributorId !== null && state !== 'ALARM';
}

/** A change of an alarm's state, as it was seen. */
export function joined(alarm: State): EventOf<'alarm_joined'> {
  const { arn: alarmArn, state, stateChangedAt } = alarm;
  const why = isUnlisted(alarm)
    ? `CloudWatch lists the contributor ${alarm.contributorId} no more: first seen at ${stateChangedAt}`
    : `the alarm is ${state} since ${stateChangedAt}`;
  return { kind: 'alarm_joined', alarmArn, state, why };
}

/** The alarm with the time since which its contributor is missing: when the chain first said so; until it does, that of this look. */
export function asStated(alarm: Alarm | null, { seen }: Pick<Progress, 'seen'>): Alarm | null {
  if (alarm === null || !isUnlisted(alarm) || seen?.state !== alarm.state) return alarm;
  return { ...alarm, stateChangedAt: seen.at };
}

/** What the chain does not say yet of a contributor that went away or came back; null when it says all. */
export function unstated(alarm: Alarm | null, { seen }: Pick<Progress, 'seen'>): EventOf<'alarm_joined'> | null {
  if (alarm === null || alarm.contributorId === null) return null;
  return alarm.state === (seen?.state ?? 'ALARM') ? null : joined(alarm);
}
