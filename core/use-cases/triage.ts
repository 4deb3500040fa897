/** Triage: a doorbell rings, CloudWatch is asked, and an opted-in alarm in ALARM opens exactly one incident. */
import type { Alarm } from '../alarm/alarm.ts';
import { alarmDoorbell, parseAlarmArn } from '../alarm/envelope.ts';
import { alarmRefusal } from '../alarm/opt-in.ts';
import { type AuditWriter, begin, record, recordOfDay } from '../audit/append.ts';
import type { AuditEvent } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import { sha256 } from '../digest.ts';
import { candidates } from '../matching/match.ts';
import { incidentIdOf } from '../subject.ts';

/** What an incident is about, as the work table holds it. Its three first fields hash to the incident's id. */
export interface IncidentRow {
  readonly alarmArn: string;
  readonly contributorId: string | null;
  readonly stateChangedAt: string;
  readonly alarmName: string;
}

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
  /** Starts the machine under the incident's name; a second start of the same name is a success. */
  start(incidentId: string): Promise<void>;
}

/** The lock's name for an alarm and contributor: one open incident each. */
export function lockOf(alarmArn: string, contributorId: string | null): string {
  return `LOCK#${sha256(JSON.stringify([alarmArn, contributorId]))}`;
}

/** The first entry of an incident's chain. */
export function openedEvent(row: IncidentRow, compiled: Compiled, alarm: Alarm): AuditEvent {
  return {
    kind: 'incident_opened',
    ...row,
    candidates: candidates(compiled.runbooks, alarm).map(({ runbookId, confidence, why }) => ({
      runbookId,
      confidence,
      why,
    })),
  };
}

/**
 * Answers an event of any of the three envelopes. What plans nothing is recorded in the chain of the day and does not
 * throw; a failing look-up or write throws, so that Lambda's retry runs the whole of it again, which is idempotent.
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
  return recordOfDay(ports.writer, { kind: 'envelope_refused', alarmArn, why: why.slice(0, 1000) });
}

async function answer(ports: TriagePorts, compiled: Compiled, arn: string, contributorId: string | null) {
  const named = parseAlarmArn(arn);
  if (named === null || named.account !== ports.account || named.region !== ports.region)
    return refuse(ports, arn, `not an alarm of account ${ports.account} in ${ports.region}`);
  const alarm = await ports.alarm(arn, contributorId);
  if (alarm === null) return refuse(ports, arn, 'CloudWatch does not know this alarm');
  const refusal = alarmRefusal(alarm);
  if (refusal) return refuse(ports, arn, refusal);
  const lock = lockOf(arn, contributorId);
  if (alarm.state === 'ALARM') return open(ports, compiled, alarm, lock);
  const holder = await ports.lockedBy(lock);
  return holder
    ? join(ports, holder, alarm, `the alarm is ${alarm.state}`)
    : refuse(ports, arn, `the alarm is ${alarm.state}, not ALARM`);
}

function join(ports: TriagePorts, incidentId: string, alarm: Alarm, why: string): Promise<void> {
  return record(ports.writer, incidentId, { kind: 'alarm_joined', alarmArn: alarm.arn, state: alarm.state, why });
}

async function open(ports: TriagePorts, compiled: Compiled, alarm: Alarm, lock: string): Promise<void> {
  const { arn: alarmArn, contributorId, stateChangedAt, name: alarmName } = alarm;
  const incidentId = incidentIdOf(alarmArn, contributorId, stateChangedAt);
  const row: IncidentRow = { alarmArn, contributorId, stateChangedAt, alarmName };
  const opened = await ports.open(incidentId, lock, row);
  if (opened === 'locked') {
    const holder = await ports.lockedBy(lock);
    // The holder closed between the two calls: thrown, so that Lambda's retry opens this one.
    if (holder === null) throw new Error(`triage: the lock of ${alarm.name} was just freed; try again`);
    return join(ports, holder, alarm, 'another change to ALARM while the incident is open');
  }
  if (!(await begin(ports.writer, incidentId, openedEvent(row, compiled, alarm))))
    await join(ports, incidentId, alarm, 'the same change to ALARM was delivered again');
  await ports.start(incidentId);
}
