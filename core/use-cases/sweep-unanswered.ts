/** Opted-in alarms in ALARM that nobody answered: whose doorbell was lost, came while they were quiet, or before their tag. */
import type { Alarm } from '../alarm/alarm.ts';
import { beginningRefusal, ownPrefix } from '../alarm/opt-in.ts';
import { recoveryChain } from '../audit/chain.ts';
import type { Compiled } from '../compiled.ts';
import { incidentIdOf } from '../subject.ts';
import { epochOf } from '../time.ts';
import { lockOf, type OpeningPorts, open } from './opening.ts';
import type { LookPorts } from './triage-look.ts';

export interface UnansweredPorts extends OpeningPorts, Pick<LookPorts, 'alarms' | 'muted'> {
  /** ARNs of alarms with our tag. A tag that was set or removed a moment ago may not count yet. */
  optedIn(): Promise<string[]>;
  alarm(alarmArn: string, contributorId: string | null): Promise<Alarm | null>;
  noted(what: 'unanswered', alarmArn: string): void;
  now(): number;
}

const minute = 60_000;

/** Looking is one call per 100 opted-in alarms, of a quota that the whole account shares. */
const everyMinutes = 5;

/** What just rang is triage's, which may be waiting for its next try. */
const youngest = 3 * minute;

/** An alarm that has been on for longer is known to people: a first deploy must not begin with all of them. */
const oldest = 24 * 60 * minute;

/** Incidents that one look opens; the next look goes on. */
const mostAtOnce = 10;

/** Whether this minute is one in which to look. */
export function isTimeToLook(now: number): boolean {
  return Math.floor(now / minute) % everyMinutes === 0;
}

/** Opens the incident of each, once: alarms as a whole, since contributors can only be listed alarm by alarm. Throws what it meets. */
export async function answerUnanswered(ports: UnansweredPorts, compiled: Compiled): Promise<void> {
  const arns = await ports.optedIn();
  const answers = await ports.alarms(arns.map((alarmArn) => ({ alarmArn, contributorId: null })));
  const found: Omit<Alarm, 'tags'>[] = [];
  for (const answer of answers) {
    if (found.length >= mostAtOnce) break;
    const alarm = answer.status === 'fulfilled' ? answer.value : null;
    if (alarm && mayBeUnanswered(alarm, ports.now()) && !(await isAnswered(ports, alarm))) found.push(alarm);
  }
  const muted = found.length === 0 ? new Set() : await ports.muted(found.map(({ name }) => name));
  for (const { arn, stateChangedAt } of found.filter(({ name }) => !muted.has(name))) {
    // Read whole, tags included: what the search by tag says may be some seconds old.
    const alarm = await ports.alarm(arn, null);
    if (alarm?.state !== 'ALARM' || alarm.stateChangedAt !== stateChangedAt || beginningRefusal(alarm)) continue;
    ports.noted('unanswered', arn);
    await open(ports, compiled, alarm);
  }
  const failed = answers.find(({ status }) => status === 'rejected');
  if (failed?.status === 'rejected') throw failed.reason;
}

function mayBeUnanswered({ state, quiet, name, stateChangedAt }: Omit<Alarm, 'tags'>, now: number): boolean {
  const age = now - epochOf(stateChangedAt);
  return state === 'ALARM' && quiet === null && !name.startsWith(ownPrefix) && age >= youngest && age < oldest;
}

/** An incident is open about the alarm, or one began about this very change: whatever its chain is like by now. */
async function isAnswered(ports: UnansweredPorts, { arn, stateChangedAt }: Omit<Alarm, 'tags'>): Promise<boolean> {
  const subject = { kind: 'alarm' as const, alarmArn: arn, contributorId: null, stateChangedAt, round: 1 };
  const incidentId = incidentIdOf(subject);
  if ((await ports.lockedBy(lockOf(arn, null))) !== null) return true;
  const { store } = ports.writer;
  return (await store.head(incidentId)) !== null || (await store.head(recoveryChain(incidentId))) !== null;
}
