/** Sweeping: liveness that no Catch can give. Whatever is OPEN and not running is started, or closed and told to people. */
import type { Compiled } from '../compiled.ts';
import { IncidentId } from '../dispatch.ts';
import { progressOf } from '../incident/progress.ts';
import { historyLimits } from '../limits.ts';
import { epochOf } from '../time.ts';
import type { IncidentStatus } from '../words.ts';
import { type ClosePorts, close } from './close.ts';

/** How Step Functions says an execution stands; `missing` when there never was one. */
export type ExecutionState =
  | 'RUNNING'
  | 'SUCCEEDED'
  | 'FAILED'
  | 'TIMED_OUT'
  | 'ABORTED'
  | 'PENDING_REDRIVE'
  | 'missing';

export interface SweepPorts extends ClosePorts {
  /** The keys of all OPEN items; nothing but the key is believed. */
  openIncidents(): Promise<string[]>;
  /** By name, which is the incident's id. `startedAt` is ISO 8601, null when missing. */
  execution(incidentId: string): Promise<{ state: ExecutionState; startedAt: string | null }>;
  start(incidentId: string): Promise<void>;
  /** Deletes an OPEN item whose key is no incident id. */
  release(incidentId: string): Promise<void>;
}

/** Sweep comes every minute: what the gate did not end is closed two looks before its maximum age, so that people hear of it within it. */
const looksAheadSeconds = 120;

/** Looks at every OPEN item; one that fails does not keep the others from their turn. Throws at the end if any failed. */
export async function sweep(ports: SweepPorts, compiled: Compiled): Promise<void> {
  const failures: string[] = [];
  for (const incidentId of await ports.openIncidents()) {
    try {
      await sweepOne(ports, compiled, incidentId);
    } catch (error) {
      failures.push(`${incidentId}: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  if (failures.length > 0)
    throw new Error(`sweep: ${failures.length} incidents could not be swept: ${failures.join('; ')}`);
}

async function sweepOne(ports: SweepPorts, compiled: Compiled, incidentId: string): Promise<void> {
  if (!IncidentId.safeParse(incidentId).success) return ports.release(incidentId);
  const { state, startedAt } = await ports.execution(incidentId);
  const closed = progressOf(await ports.entries(incidentId)).closed;
  if (state === 'missing' && !closed) return ports.start(incidentId);
  if (state === 'RUNNING' && !isTooOld(ports, startedAt)) return;
  const status: IncidentStatus = closed?.status ?? endings[state] ?? 'failed';
  await close(ports, compiled, { incidentId, status, cause: `sweep: the execution is ${state}` });
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
