/** Which alarms may open an incident: those a platform team opted in, and never our own. */
import { type Alarm, optInTag } from './alarm.ts';

/** The prefix of our own alarms. */
export const ownPrefix = 'countersign-';

/** Why an alarm is none of ours; null when it may open an incident, and be acted upon. */
export function alarmRefusal(alarm: Alarm): string | null {
  if (alarm.name.startsWith(ownPrefix)) return `the alarm ${alarm.name} is one of Countersign's own`;
  if (Object.hasOwn(alarm.tags, optInTag.key) && alarm.tags[optInTag.key] === optInTag.value) return null;
  return `the alarm ${alarm.name} is not opted in: tag it ${optInTag.key}=${optInTag.value}`;
}
