/** Asking for a new plan: a person's signed word that begins the next round of an incident that did not help. */
import * as z from 'zod';
import { parseAlarmArn } from '../alarm/envelope.ts';
import type { ReadEntry } from '../audit/chain.ts';
import { openEnvelope, payloadTypes } from '../dsse.ts';
import { Person } from '../person.ts';
import { environmentOf } from '../policy/environment.ts';
import type { Policy } from '../policy/schema.ts';
import { whoMay } from '../policy/who.ts';
import { type AlarmSubject, incidentIdOf, isOfAlarmAlone, Subject } from '../subject.ts';
import type { IncidentStatus } from '../words.ts';
import type { PublicKey } from './kill-switch.ts';

/** What the approval key signs: the subject of the incident that shall begin. Read loosely, as every signed word. */
export const Retry = z.object({
  format: z.literal(1),
  subject: Subject,
  by: Person,
  /** ISO 8601. */
  at: z.string(),
});
export type Retry = z.infer<typeof Retry>;

/** Rounds of one change of an alarm: what four plans did not help needs a person's own hands. */
export const mostRounds = 5;

/** Endings after which a new plan may help. A dry run would only be the same again, and where no runbook fits one is to be written. */
const retried: readonly IncidentStatus[] = ['rejected', 'expired', 'unverified', 'failed', 'halted', 'aborted'];

/** The subject of the round after this one, with the runbook that a person names or none; null when there is none. */
export function nextRound(subject: Subject | null, runbook: string | null = null): AlarmSubject | null {
  if (subject?.kind !== 'alarm' || subject.round >= mostRounds) return null;
  const { runbook: _, ...alarm } = subject;
  return { ...alarm, round: subject.round + 1, ...(runbook === null ? {} : { runbook }) };
}

/** Whether an incident that ended so, with the alarm as it is, is offered a new plan. */
export function isOffered(status: IncidentStatus, alarmState: string | null, subject: Subject | null): boolean {
  return retried.includes(status) && alarmState === 'ALARM' && nextRound(subject) !== null;
}

/** Why no new plan may follow on what a chain says; null = one may. Where none fitted, a person has to name the runbook. */
export function endRefusal(
  entries: readonly ReadEntry[],
  broken: string | null,
  runbook: string | null = null,
): string | null {
  if (broken !== null) return null;
  if (entries.length === 0) return 'There is no such incident.';
  const closed = entries.find(({ kind }) => kind === 'incident_closed')?.event;
  if (closed?.kind !== 'incident_closed') return 'This incident still goes on.';
  if (runbook !== null && closed.status === 'no_match') return null;
  return retried.includes(closed.status)
    ? null
    : `This incident ended as ${closed.status}: there is nothing to try again.`;
}

/** Whether this person may ask for it: whoever may approve in the alarm's environment. */
export function mayAsk({ alarmArn }: AlarmSubject, policy: Policy, person: Pick<Person, 'name'>): boolean {
  const named = parseAlarmArn(alarmArn);
  if (named === null) return false;
  const environments = [environmentOf(policy, named.account, named.region)];
  const involved = { initiator: null, changers: [], alarmName: '' };
  const { approvers } = whoMay({ policy, environments, team: null, level: 'read_only' }, involved);
  return approvers.some(({ name }) => name === person.name);
}

/** The word in this envelope, if the key signed it for exactly this incident; else null. */
export function openRetry(envelope: unknown, incidentId: string, publicKey: string): Retry | null {
  const { data } = Retry.safeParse(openEnvelope(envelope, payloadTypes.retry, publicKey));
  return data !== undefined && incidentIdOf(data.subject) === incidentId ? data : null;
}

/** Reading the words that begin incidents. */
export interface RetryReader {
  /** The word for this incident, unchecked; null when there is none. */
  retry(incidentId: string): Promise<unknown>;
}

/** By whose word an incident may be; null = the alarm's own. */
export interface Begun {
  readonly by: Person | null;
}

/** How an incident about this may be: a first round begins by itself, a later one by a genuine word, and what a person starts by none yet: null. */
export async function begunBy(
  reader: RetryReader,
  publicKey: PublicKey,
  incidentId: string,
  subject: Subject,
): Promise<Begun | null> {
  if (subject.kind !== 'alarm') return null;
  if (isOfAlarmAlone(subject)) return { by: null };
  const envelope = await reader.retry(incidentId);
  const word = envelope === null ? null : openRetry(envelope, incidentId, await publicKey());
  return word && { by: word.by };
}
