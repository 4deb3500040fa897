/** An incident at a glance, as its chain says: what it is about, how it stands, and what waits for whose answer. */
import type { ReadEntry } from '../audit/chain.ts';
import { dispatchName } from '../dispatch.ts';
import type { DispatchProgress, Progress } from '../incident/progress.ts';
import type { IncidentStatus, RiskLevel } from '../words.ts';

export interface Waiting {
  /** Its name, such as `2.run.1.1`: step, part, attempt, wave. */
  readonly dispatch: string;
  readonly title: string | null;
  readonly level: RiskLevel;
  readonly targets: readonly string[];
  /** The very script that would run; null for a manual step, and where the chain does not hold it. */
  readonly script: string | null;
  /** Names of those who may answer, as the question says; ids where it is of the first release. */
  readonly approvers: readonly string[];
  readonly required: number;
  /** Who said what, by the chain; only `audit verify` checks signatures. */
  readonly said: readonly { readonly by: string; readonly word: string }[];
  /** ISO 8601. */
  readonly expiresAt: string;
}

export interface Overview {
  readonly incidentId: string;
  readonly alarm: string | null;
  readonly runbook: string | null;
  readonly environment: string | null;
  readonly mode: string | null;
  /** ISO 8601. */
  readonly openedAt: string | null;
  readonly closedAt: string | null;
  /** `open` until the chain has its closing entry. */
  readonly status: IncidentStatus | 'open';
  readonly waiting: readonly Waiting[];
}

/** @param progress folded over these entries. */
export function overviewOf(incidentId: string, entries: readonly ReadEntry[], progress: Progress): Overview {
  const { opened, planned, closed, openedAt } = progress;
  return {
    incidentId,
    alarm: opened?.alarmName ?? null,
    runbook: planned?.runbook?.id ?? null,
    environment: planned?.environment ?? null,
    mode: planned?.mode ?? null,
    openedAt,
    closedAt: entries.find(({ event }) => event?.kind === 'incident_closed')?.at ?? null,
    status: closed?.status ?? 'open',
    waiting: closed ? [] : progress.dispatches.flatMap((known) => waitingOf(known, progress)),
  };
}

function waitingOf({ dispatch, requested, settled, burn, votes }: DispatchProgress, { planned }: Progress): Waiting[] {
  if (requested === null || settled !== null || burn !== null) return [];
  const { question, scripts, level, targets, approvers, required, expiresAt } = requested;
  return [
    {
      dispatch: dispatchName(dispatch),
      title: question?.items[0]?.title ?? planned?.steps.find(({ number }) => number === dispatch.step)?.title ?? null,
      level,
      targets,
      script: scripts?.[0]?.script ?? null,
      approvers: question?.terms.approvers ?? approvers,
      required,
      said: votes.map(({ by, word }) => ({ by: by.name, word })),
      expiresAt,
    },
  ];
}
