/** Triage: a doorbell rings, CloudWatch is asked, and an opted-in alarm in ALARM opens exactly one incident. */
import type { Alarm } from '../alarm/alarm.ts';
import { alarmDoorbell, parseAlarmArn } from '../alarm/envelope.ts';
import { alarmRefusal } from '../alarm/opt-in.ts';
import { type AuditWriter, append, appendOfDay, begin, ChainBroken } from '../audit/append.ts';
import type { EventOf } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import { sha256 } from '../digest.ts';
import { candidates } from '../matching/match.ts';
import { type AlarmSubject, incidentIdOf, type Subject } from '../subject.ts';

/** What an incident is about, as the work table holds it. It is believed only where the subject hashes to the incident's id. */
export interface IncidentRow {
  readonly subject: Subject;
  readonly alarmName: string;
}

/** The alarm as a doorbell found it; `changedAt` is ISO 8601. */
export interface Ring {
  readonly state: Alarm['state'];
  readonly changedAt: string;
}

/** A doorbell that is no entry of the audit, since alarms that are not ours ring all day. */
export type Ignored = 'not_opted_in' | 'not_in_alarm';

export interface TriagePorts {
  readonly writer: AuditWriter;
  /** Where this deployment lives; alarms of elsewhere are foreign. */
  readonly account: string;
  readonly region: string;
  alarm(alarmArn: string, contributorId: string | null): Promise<Alarm | null>;
  /** The incident that holds the alarm's lock and is still open; null when none. */
  lockedBy(lock: string): Promise<string | null>;
  /** In one transaction: incident row, OPEN item and lock. `exists`: this incident was opened before; `locked`: another holds the alarm. */
  open(incidentId: string, lock: string, row: IncidentRow): Promise<'opened' | 'exists' | 'locked'>;
  /**
   * Counts a doorbell on the incident's OPEN item, if it is there. `changed`: the alarm differs from when it was noted
   * last, and there is room to note it; `closed`: the item is gone, and was not put there again.
   */
  ring(incidentId: string, ring: Ring): Promise<'changed' | 'counted' | 'closed'>;
  noted(what: Ignored, alarmArn: string): void;
  /** Starts the machine under the incident's name; a second start of the same name is a success. */
  start(incidentId: string): Promise<void>;
}

/** The lock's name for an alarm and contributor: one open incident each. */
export function lockOf(alarmArn: string, contributorId: string | null): string {
  return `LOCK#${sha256(JSON.stringify([alarmArn, contributorId]))}`;
}

/** The first entry of an alarm's incident; `alarm` is null when it cannot be read, and nobody can say which runbooks fit. */
export function openedEvent(
  subject: AlarmSubject,
  compiled: Compiled,
  alarm: Alarm | null,
): EventOf<'incident_opened'> {
  const { alarmArn, contributorId, stateChangedAt } = subject;
  return {
    kind: 'incident_opened',
    alarmArn,
    alarmName: parseAlarmArn(alarmArn)?.name ?? '',
    contributorId,
    stateChangedAt,
    candidates: (alarm ? candidates(compiled.runbooks, alarm) : []).map(({ runbookId, confidence, why }) => ({
      runbookId,
      confidence,
      why,
    })),
    subject,
  };
}

/**
 * Answers an event of any of the three envelopes. What is malformed or foreign is recorded in a chain of the day and does
 * not throw; a failing look-up or write throws, so that Lambda's retry runs the whole of it again, which is idempotent.
 */
export async function triage(ports: TriagePorts, compiled: Compiled, event: unknown): Promise<void> {
  let doorbells: ReturnType<typeof alarmDoorbell>;
  try {
    doorbells = alarmDoorbell(event);
  } catch (error) {
    return refuse(ports, null, error instanceof Error ? error.message : String(error));
  }
  for (const { alarmArn, contributorId } of doorbells) await answer(ports, compiled, alarmArn, contributorId);
}

function refuse(ports: TriagePorts, alarmArn: string | null, why: string): Promise<void> {
  return appendOfDay(ports.writer, { kind: 'envelope_refused', alarmArn, why: why.slice(0, 1000) });
}

async function answer(ports: TriagePorts, compiled: Compiled, arn: string, contributorId: string | null) {
  const named = parseAlarmArn(arn);
  if (named === null || named.account !== ports.account || named.region !== ports.region)
    return refuse(ports, arn, `not an alarm of account ${ports.account} in ${ports.region}`);
  const alarm = await ports.alarm(arn, contributorId);
  if (alarm === null) return refuse(ports, arn, 'CloudWatch does not know this alarm');
  if (alarmRefusal(alarm)) return ports.noted('not_opted_in', arn);
  const lock = lockOf(arn, contributorId);
  if (alarm.state === 'ALARM') return open(ports, compiled, alarm, lock);
  const holder = await ports.lockedBy(lock);
  if (holder === null) return ports.noted('not_in_alarm', arn);
  await count(ports, holder, alarm);
}

async function open(ports: TriagePorts, compiled: Compiled, alarm: Alarm, lock: string): Promise<void> {
  const { arn: alarmArn, contributorId, stateChangedAt, name: alarmName } = alarm;
  const subject: AlarmSubject = { kind: 'alarm', alarmArn, contributorId, stateChangedAt, round: 1 };
  const incidentId = incidentIdOf(subject);
  const opened = await ports.open(incidentId, lock, { subject, alarmName });
  if (opened === 'locked') return joinHolder(ports, alarm, lock);
  // `exists` is also what a retry is told whose first try crashed or lost its answer: it goes on where that one stopped.
  if (opened === 'exists' && (await count(ports, incidentId, alarm)) === 'closed') return;
  const isFirst = await begin(ports.writer, incidentId, openedEvent(subject, compiled, alarm));
  if (isFirst || opened === 'opened') await ports.start(incidentId);
}

async function joinHolder(ports: TriagePorts, alarm: Alarm, lock: string): Promise<void> {
  const holder = await ports.lockedBy(lock);
  if (holder !== null && (await count(ports, holder, alarm)) !== 'closed') return;
  // The holder closed between the calls: thrown, so that Lambda's retry opens this one.
  throw new Error(`triage: the lock of ${alarm.name} was just freed; try again`);
}

/** Counts a copy or a flap; only a real change is an entry, and a chain that takes none is close's business. */
async function count(ports: TriagePorts, incidentId: string, alarm: Alarm): ReturnType<TriagePorts['ring']> {
  const { arn: alarmArn, state, stateChangedAt: changedAt } = alarm;
  const rung = await ports.ring(incidentId, { state, changedAt });
  // An entry before the opening would leave the chain without one.
  if (rung !== 'changed' || (await ports.writer.store.head(incidentId)) === null) return rung;
  const why = `the alarm is ${state} since ${changedAt}`;
  try {
    await append(ports.writer, incidentId, { kind: 'alarm_joined', alarmArn, state, why });
  } catch (error) {
    if (!(error instanceof ChainBroken)) throw error;
  }
  return rung;
}
