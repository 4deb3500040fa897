/** Sweeping: liveness that no Catch can give. Whatever is OPEN and not running is started, or closed and told to people. */
import type { Alarm } from '../alarm/alarm.ts';
import { alarmRefusal } from '../alarm/opt-in.ts';
import { eachOf } from '../at-once.ts';
import { type ChainReading, disbelief, readChain } from '../audit/chain.ts';
import type { Compiled } from '../compiled.ts';
import { IncidentId } from '../dispatch.ts';
import { progressOf } from '../incident/progress.ts';
import { begunBy, type RetryReader } from '../incident/retry.ts';
import { provenSubject } from '../incident/situation.ts';
import { historyLimits } from '../limits.ts';
import type { AlarmSubject } from '../subject.ts';
import { epochOf, epochOrNull } from '../time.ts';
import type { IncidentStatus } from '../words.ts';
import { close } from './close.ts';
import { subjectOfRow } from './closing-scene.ts';
import type { Parked } from './keeping.ts';
import { lockOf } from './opening.ts';
import { lookAtParked, type SweepParkedPorts } from './sweep-parked.ts';
import { lookAtSafeguards, type SafeguardPorts } from './sweep-safeguards.ts';
import { answerUnanswered, isTimeToLook } from './sweep-unanswered.ts';
import { type SweepWaitsPorts, tellWhatWaits } from './sweep-waits.ts';

/** How Step Functions says an execution stands; `missing` when there never was one. */
export type ExecutionState =
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'ABORTED'
  | 'PENDING_REDRIVE'
  | 'missing';

export interface SweepPorts extends SweepWaitsPorts, SweepParkedPorts, RetryReader {
  /** The keys of all OPEN items; nothing but the key is believed. */
  openIncidents(): Promise<string[]>;
  /** By name, which is the incident's id. `startedAt` is ISO 8601, null when missing. */
  execution(incidentId: string): Promise<{ state: ExecutionState; startedAt: string | null }>;
  /** Null = this is not the sweep that looks at them, one in an hour. */
  readonly safeguards: SafeguardPorts | null;
}

/** Sweep comes every minute: what the gate did not end is closed two looks before its maximum age, so that people hear of it within it. */
const looksAheadSeconds = 120;

/** Incidents looked at at the same time: more would eat up what CloudWatch answers an account in a second. */
const atOnce = 5;

/** Seconds after which an incident that was closed and told is not told again for an OPEN item that somebody put back. */
const toldSeconds = 3600;

/**
 * Looks at every OPEN item, tells what waits for room in the channel, looks every fifth minute for alarms that nobody answered, and once an hour at the safeguards; one
 * that fails does not keep the others from their turn. Throws at the end if any failed.
 */
export async function sweep(ports: SweepPorts, compiled: Compiled): Promise<void> {
  const failures: string[] = [];
  const attempt = (what: string, work: Promise<void>) =>
    work.catch((error: unknown) => {
      failures.push(`${what}: ${error instanceof Error ? error.message : String(error)}`);
    });
  const open = await ports.openIncidents();
  await eachOf(open, atOnce, (incidentId) => attempt(incidentId, sweepOne(ports, compiled, incidentId)));
  let resting: readonly Parked[] = [];
  const look = async () => {
    resting = await lookAtParked(ports, compiled);
  };
  await attempt('parked alarms', look());
  if (isTimeToLook(ports.now())) await attempt('alarms that nobody answered', answerUnanswered(ports, compiled));
  if (ports.safeguards) await attempt('safeguards', lookAtSafeguards(ports.safeguards));
  // Last, since Slack may take its time.
  await attempt('what waits for the channel', tellWhatWaits(ports, compiled, open, resting));
  if (failures.length > 0)
    throw new Error(`sweep: ${failures.length} could not be swept: ${failures.slice(-20).join('; ')}`);
}

async function sweepOne(ports: SweepPorts, compiled: Compiled, incidentId: string): Promise<void> {
  if (!IncidentId.safeParse(incidentId).success) return ports.release(incidentId);
  const { state, startedAt } = await ports.execution(incidentId);
  if (state === 'RUNNING' && !isTooOld(ports, startedAt)) return;
  const chain = readChain(incidentId, await ports.writer.store.items(incidentId));
  if (wasTold(chain, incidentId, ports.now())) return ports.release(incidentId);
  const isBegun = chain.head !== null || chain.problems.length > 0;
  const isEnded = disbelief(chain) !== null || progressOf(chain.entries).closed !== null;
  if (state === 'missing' && !isEnded) return neverStarted(ports, compiled, incidentId, chain, isBegun);
  const status = endings[state] ?? 'failed';
  await close(ports, compiled, { incidentId, status, cause: `sweep: the execution is ${state}` });
}

/** Starts what hashes to its id and is what CloudWatch tells now; what agrees no longer is closed and told, what was planted is dropped. */
async function neverStarted(
  ports: SweepPorts,
  compiled: Compiled,
  incidentId: string,
  chain: ChainReading,
  isBegun: boolean,
): Promise<void> {
  const subject = provenSubject(incidentId, progressOf(chain.entries)) ?? (await subjectOfRow(ports, incidentId));
  const isAsked = subject !== null && (await begunBy(ports, ports.publicKey, incidentId, subject)) !== null;
  const about = isAsked && subject.kind === 'alarm' ? subject : null;
  const alarm = about && (await ports.alarm(about.alarmArn, about.contributorId));
  if (about && alarm && agrees(about, alarm)) return ports.start(incidentId);
  if (!isBegun && !(about && alarm && (await holdsLock(ports, about, alarm, incidentId))))
    return ports.release(incidentId);
  const status: IncidentStatus = alarm?.state === 'OK' ? 'recovered' : 'unverified';
  const cause = 'sweep: the machine was never started, and the alarm is no longer as it was then';
  await close(ports, compiled, { incidentId, status, cause });
}

function agrees(subject: AlarmSubject, alarm: Alarm): boolean {
  return alarm.state === 'ALARM' && alarm.stateChangedAt === subject.stateChangedAt && alarmRefusal(alarm) === null;
}

/** Of many planted rows about one alarm at most one is told: the one that has the alarm's only lock. */
async function holdsLock(ports: SweepPorts, subject: AlarmSubject, alarm: Alarm, incidentId: string): Promise<boolean> {
  if (alarmRefusal(alarm) !== null) return false;
  return (await ports.lockedBy(lockOf(subject.alarmArn, subject.contributorId))) === incidentId;
}

/** Closed and told long ago: an OPEN item that is there now was put there by somebody else, and nobody is told again. */
function wasTold(chain: ChainReading, incidentId: string, now: number): boolean {
  if (disbelief(chain) !== null) return false;
  const closing = chain.entries.findIndex(({ event }) => event?.kind === 'incident_closed');
  const at = epochOrNull(chain.entries[closing]?.at ?? '');
  const told = chain.entries
    .slice(closing + 1)
    .some(({ event }) => event?.kind === 'people_told' && event.late === true && event.incidentId === incidentId);
  return closing >= 0 && told && at !== null && now - at > toldSeconds * 1000;
}

function isTooOld(ports: SweepPorts, startedAt: string | null): boolean {
  if (startedAt === null) return true;
  return ports.now() - epochOf(startedAt) > (historyLimits.maximumAgeSeconds - looksAheadSeconds) * 1000;
}

const endings: Partial<Record<ExecutionState, IncidentStatus>> = {
  ABORTED: 'aborted',
  RUNNING: 'halted',
  TIMED_OUT: 'halted',
};
