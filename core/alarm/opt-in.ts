/** Which alarms may open an incident: those a platform team opted in and that are not quiet, and never our own. */
import { type Alarm, optInTag } from './alarm.ts';

/** The prefix of our own alarms. */
export const ownPrefix = 'countersign-';

/** Why an alarm is none of ours; null when it may be acted upon. */
export function alarmRefusal(alarm: Alarm): string | null {
  if (alarm.name.startsWith(ownPrefix)) return `the alarm ${alarm.name} is one of Countersign's own`;
  if (Object.hasOwn(alarm.tags, optInTag.key) && alarm.tags[optInTag.key] === optInTag.value) return null;
  return `the alarm ${alarm.name} is not opted in: tag it ${optInTag.key}=${optInTag.value}`;
}

/** Why nothing is begun for an alarm; null when something may be. What was begun for it is not left half done because somebody quietens it. */
export function beginningRefusal(alarm: Alarm): string | null {
  return alarmRefusal(alarm) ?? (alarm.quiet === null ? null : `the alarm ${alarm.name} is quiet: ${alarm.quiet}`);
}
