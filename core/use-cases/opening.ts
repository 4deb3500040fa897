/** Opening an incident for an alarm, exactly once, and counting what else rings for it while it is open. */
import type { Alarm } from '../alarm/alarm.ts';
import { parseAlarmArn } from '../alarm/envelope.ts';
import { type AuditWriter, append, begin, ChainBroken } from '../audit/append.ts';
import type { EventOf } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import { sha256 } from '../digest.ts';
import { isUnlisted, joined } from '../incident/contributor.ts';
import { relationsOf } from '../incident/related.ts';
import { candidates } from '../matching/match.ts';
import { type AlarmSubject, incidentIdOf, isOfAlarmAlone, type Subject } from '../subject.ts';
import { epochOf } from '../time.ts';
import { type Anchor, hears, type KeepingPorts, mayOpen } from './keeping.ts';

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

/** What opening an incident needs; sweep opens what nobody rang for. */
export interface OpeningPorts extends KeepingPorts {
  readonly writer: AuditWriter;
  /** The incident that holds the alarm's lock and is still open; null when none. */
  lockedBy(lock: string): Promise<string | null>;
  /**
   * In one transaction: incident row, OPEN item, lock and anchors. `exists`: this incident was opened before; `locked`:
   * another holds the alarm; `related`: one of the anchors is another's by now.
   */
  open(
    incidentId: string,
    lock: string,
    row: IncidentRow,
    anchors: readonly Anchor[],
  ): Promise<'opened' | 'exists' | 'locked' | 'related'>;
  /**
   * Counts a doorbell on the incident's OPEN item, if it is there. `changed`: the alarm differs from when it was noted
   * last, and there is room to note it; `closed`: the item is gone, and was not put there again.
   */
  ring(incidentId: string, ring: Ring): Promise<'changed' | 'counted' | 'closed'>;
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
  const { window, service_tag } = compiled.policy.storms;
  const relations = window > 0 && alarm ? relationsOf(alarm, service_tag) : [];
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
    ...(relations.length > 0 ? { relations } : {}),
  };
}

/** Which round of the alarm's change begins, counted from 1, and the runbook that a person named for it. */
export type AskedRound = Pick<AlarmSubject, 'round' | 'runbook'>;

/** Alarms of one storm that ring in the same moment: who was not the first looks again, and joins. */
const mostTries = 5;

/**
 * Opens the incident of an alarm in ALARM, or counts this as another doorbell of the one that is open; in its first round
 * it may join another alarm's instead, or rest. What a person asked for does neither.
 */
export async function open(
  ports: OpeningPorts,
  compiled: Compiled,
  alarm: Alarm,
  asked: AskedRound = { round: 1 },
): Promise<void> {
  const { arn: alarmArn, contributorId, stateChangedAt, name: alarmName } = alarm;
  const lock = lockOf(alarmArn, contributorId);
  const subject: AlarmSubject = { kind: 'alarm', alarmArn, contributorId, stateChangedAt, ...asked };
  const incidentId = incidentIdOf(subject);
  const isAlone = isOfAlarmAlone(subject);
  const row = { subject, alarmName };
  for (let tries = 0; tries < mostTries; tries += 1) {
    const may = isAlone ? await mayOpen(ports, compiled, alarm, lock, incidentId) : { anchors: [], openings: [] };
    if (may === null) return;
    const opened = await ports.open(incidentId, lock, row, may.anchors);
    if (opened === 'related') continue;
    if (opened === 'locked') return joinHolder(ports, alarm, lock);
    // An opening that goes uncounted stops nothing, and what fails beside it leaves none uncounted.
    const counting =
      opened === 'opened' && isAlone
        ? ports.noteOpenings(lock, [...may.openings, epochOf(ports.writer.now())]).catch(() => {})
        : null;
    try {
      return await begins(ports, compiled, alarm, { incidentId, subject, opened });
    } finally {
      await counting;
    }
  }
  throw new Error(`triage: others of the storm of ${alarmName} were always faster; try again`);
}

async function begins(
  ports: OpeningPorts,
  compiled: Compiled,
  alarm: Alarm,
  { incidentId, subject, opened }: { incidentId: string; subject: AlarmSubject; opened: 'opened' | 'exists' },
): Promise<void> {
  // `exists` is also what a retry is told whose first try crashed or lost its answer: it goes on where that one stopped.
  if (opened === 'exists' && (await count(ports, incidentId, alarm)) === 'closed') return;
  const isFirst = await begin(ports.writer, incidentId, openedEvent(subject, compiled, alarm));
  if (isFirst || opened === 'opened') await ports.start(incidentId);
}

async function joinHolder(ports: OpeningPorts, alarm: Alarm, lock: string): Promise<void> {
  const holder = await ports.lockedBy(lock);
  if (holder !== null && (await hears(ports, lock, holder, alarm))) return;
  if (holder !== null && (await count(ports, holder, alarm)) !== 'closed') return;
  // The holder closed between the calls: thrown, so that the next try opens this one.
  throw new Error(`triage: the lock of ${alarm.name} was just freed; try again`);
}

/** Counts a copy or a flap; only a real change is an entry, and a chain that takes none is close's business. */
export async function count(
  ports: OpeningPorts,
  incidentId: string,
  alarm: Omit<Alarm, 'tags'>,
): ReturnType<OpeningPorts['ring']> {
  // The time of one that is not listed is that of the look, which would make every copy a change.
  const changedAt = isUnlisted(alarm) ? 'not listed' : alarm.stateChangedAt;
  const rung = await ports.ring(incidentId, { state: alarm.state, changedAt });
  // An entry before the opening would leave the chain without one.
  if (rung !== 'changed' || (await ports.writer.store.head(incidentId)) === null) return rung;
  try {
    await append(ports.writer, incidentId, joined(alarm));
  } catch (error) {
    if (!(error instanceof ChainBroken)) throw error;
  }
  return rung;
}
