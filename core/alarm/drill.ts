/** Alarms that are there for drills: whoever may tag alarms says so, and nothing of an incident does. */
import type { Alarm } from './alarm.ts';

/** Beside the tag that opts an alarm in. */
export const drillTag = { key: 'countersign-drill', value: 'on' } as const;

export function isDrillAlarm({ tags }: Pick<Alarm, 'tags'>): boolean {
  return Object.hasOwn(tags, drillTag.key) && tags[drillTag.key] === drillTag.value;
}
