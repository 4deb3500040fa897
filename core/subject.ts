/** An incident's id: the hash of what it is about. Whoever knows the subject can check it. */
import * as z from 'zod';
import { digest } from './digest.ts';

/**
 * What an incident is about: one change of one alarm (or contributor) to ALARM, in its first round or one that a person
 * asked for again, also with a runbook of their choice; or what a person started. `stateChangedAt` and `at` are ISO 8601.
 */
export const Subject = z.lazy(() =>
  z.discriminatedUnion('kind', [
    z.object({
      kind: z.literal('alarm'),
      alarmArn: z.string(),
      /** Null for an alarm that is no multi-time-series alarm, or for such an alarm as a whole. */
      contributorId: z.string().nullable(),
      stateChangedAt: z.string(),
      round: z.int().min(1),
      /** The id of the runbook that a person named for a further round; absent = the alarm's own match decides. */
      runbook: z.string().exactOptional(),
    }),
    z.object({ kind: z.literal('manual'), person: z.string(), runbook: z.string(), at: z.string() }),
  ]),
);
export type Subject = z.infer<typeof Subject>;
export type AlarmSubject = Extract<Subject, { kind: 'alarm' }>;

/** Whether the alarm begins it by itself: every other incident needs a person's signed word. */
export function isOfAlarmAlone(subject: Subject): subject is AlarmSubject {
  return subject.kind === 'alarm' && subject.round === 1 && subject.runbook === undefined;
}

/** The id of the runbook that a person named for this round; null = the alarm's own match decides. */
export function namedRunbook(subject: Subject | null): string | null {
  return subject?.kind === 'alarm' ? (subject.runbook ?? null) : null;
}

/**
 * `inc-` and the first 20 hexadecimal digits of a SHA-256: the same change of the same alarm is always the same incident.
 * A first round hashes as it did before there were rounds, so that an upgrade does not open a running incident again.
 */
export function incidentIdOf(subject: Subject): string {
  const hash = isOfAlarmAlone(subject)
    ? digest('incident/v1', [subject.alarmArn, subject.contributorId, subject.stateChangedAt])
    : digest('incident/v2', subject);
  return `inc-${hash.slice(0, 20)}`;
}
