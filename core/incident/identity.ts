/** An incident's id: one alarm, one contributor, one change to ALARM. Whoever knows these three can check it. */
import { digest } from '../digest.ts';

/**
 * `inc-` and the first 20 hexadecimal digits of a SHA-256: the same change of the same alarm is always the same incident.
 *
 * @param contributorId null for an alarm that is no multi-time-series alarm, or for such an alarm as a whole.
 * @param stateChangedAt ISO 8601, as in `Alarm.stateChangedAt`.
 */
export function incidentIdOf(alarmArn: string, contributorId: string | null, stateChangedAt: string): string {
  return `inc-${digest('incident/v1', [alarmArn, contributorId, stateChangedAt]).slice(0, 20)}`;
}
