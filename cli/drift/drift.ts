/** Counts what drifts, and says first whether what it counted over may be believed. */
import { verifyBundle } from '../../core/audit/verify-bundle.ts';
import { usualInterval } from '../../core/lint/front.ts';
import { driftOf, isDrifting, type Kept } from '../../core/report/drift.ts';
import { incidentsOf, keyOf } from '../bundle-chains.ts';
import { countedLines } from '../bundle-option.ts';
import type { DriftOptions } from '../drift.ts';
import { reportsOn } from '../validate-run.ts';
import { driftLines } from './lines.ts';

/** Long enough for a runbook of the quarter to have had its alarm. */
const usually = '90d';

export const exitCodes = { nothing: 0, broken: 1, something: 3 } as const;

/** Prints it; the exit code. @throws for what cannot be read. */
export async function drift({ runbooks: folder, json, ...counted }: DriftOptions, now: Date): Promise<number> {
  const kept = await keptIn(folder);
  const lines = await countedLines('drift', counted, usually, now);
  const verified = await verifyBundle([lines]);
  const found = driftOf(incidentsOf(lines), keyOf(lines), kept, now.toISOString().slice(0, 10));
  const { verdict, integrity, completeness, selection } = verified;
  if (json) {
    const judged = { selection, verdict, integrity: integrity.verdict, completeness: completeness.verdict };
    console.log(JSON.stringify({ ...judged, ...found }));
  } else for (const line of driftLines(found, verified)) console.log(line);
  if (verdict === 'broken') return exitCodes.broken;
  return isDrifting(found) ? exitCodes.something : exitCodes.nothing;
}

async function keptIn(folder: string): Promise<Kept[]> {
  const { reports } = await reportsOn([folder], null);
  const unread = reports.filter(
    ({ judged, problems }) => !judged?.draft.runbook && problems.some(({ severity }) => severity === 'error'),
  );
  if (unread.length > 0)
    throw new Error(
      `drift: ${unread.map(({ file }) => file).join(', ')}: it is no runbook that can be read; countersign validate ${folder} says why`,
    );
  return reports.flatMap(({ judged }) => {
    const { runbook, front } = judged?.draft ?? {};
    if (!runbook) return [];
    const { reviewed = null, review_every: reviewEvery = usualInterval } = front?.partial ?? {};
    return { id: runbook.id, digest: runbook.digest, reviewed, reviewEvery };
  });
}
