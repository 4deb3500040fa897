/** The situation of an incident, as whoever asks reads it for himself: chain, alarm, hosts, kill switch; no mutable row. */
import type { Alarm } from '../alarm/alarm.ts';
import type { AuditEntry } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import { historyLimits } from '../limits.ts';
import type { Runbook, TargetSelector } from '../runbook/runbook.ts';
import type { ManagedInstance } from '../runbook/targets.ts';
import { epochOf } from '../time.ts';
import { incidentIdOf } from './identity.ts';
import { type Progress, progressOf } from './progress.ts';

/** What reading the situation needs from outside. */
export interface SituationPorts {
  /** All entries of the incident's chain, read consistently. */
  entries(incidentId: string): Promise<AuditEntry[]>;
  /** The alarm as CloudWatch tells it now; null when CloudWatch does not know it. */
  alarm(alarmArn: string, contributorId: string | null): Promise<Alarm | null>;
  /** The opted-in managed instances that a selector could mean. */
  instances(selector: TargetSelector, alarm: Alarm): Promise<ManagedInstance[]>;
  /** Whether the kill switch is set; anything unreadable counts as set. */
  stopped(): Promise<boolean>;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface Situation {
  readonly incidentId: string;
  readonly compiled: Compiled;
  readonly progress: Progress;
  /** Null when the chain names no alarm, CloudWatch does not know it, or it is not this incident's. */
  readonly alarm: Alarm | null;
  /** The planned runbook as this deployment compiled it; null when there is none, or it changed since. */
  readonly runbook: Runbook | null;
  readonly instances: readonly ManagedInstance[];
  readonly stopped: boolean;
  readonly now: number;
}

/** Seconds in which this incident may still send or ask; 0 or less when it has to end (I12). */
export function secondsLeft({ progress, now }: Pick<Situation, 'progress' | 'now'>): number {
  const { maximumAgeSeconds, windDownSeconds } = historyLimits;
  return maximumAgeSeconds - windDownSeconds - (now - epochOf(progress.openedAt ?? '')) / 1000;
}

/** Whether the chain's first entry is about the alarm that gave this incident its id. */
export function isIncidentOf(incidentId: string, progress: Progress): boolean {
  const opened = progress.opened;
  if (opened === null) return false;
  return incidentIdOf(opened.alarmArn, opened.contributorId, opened.stateChangedAt) === incidentId;
}

/** The planned runbook, when it is still the very one that this deployment holds. */
export function plannedRunbook(progress: Progress, compiled: Compiled): Runbook | null {
  const planned = progress.planned?.runbook;
  if (!planned) return null;
  return compiled.runbooks.find(({ id, digest }) => id === planned.id && digest === planned.digest) ?? null;
}

/** Reads everything that decides about an incident. Failing reads throw: the caller's state machine ends in Close. */
export async function readSituation(ports: SituationPorts, compiled: Compiled, incidentId: string): Promise<Situation> {
  const progress = progressOf(await ports.entries(incidentId));
  const opened = isIncidentOf(incidentId, progress) ? progress.opened : null;
  const alarm = opened ? await ports.alarm(opened.alarmArn, opened.contributorId) : null;
  const runbook = plannedRunbook(progress, compiled);
  const instances = alarm && runbook ? await ports.instances(runbook.targets, alarm) : [];
  return {
    incidentId,
    compiled,
    progress,
    alarm,
    runbook,
    instances,
    stopped: await ports.stopped(),
    now: ports.now(),
  };
}
