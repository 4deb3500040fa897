/** Prints incidents, one line each, and below an open one what waits. */

import type { Overview, Waiting } from '../../core/report/overview.ts';
import { colours as pc } from '../colours.ts';
import { timeOf } from '../time-option.ts';
import { oneLine } from '../timeline.ts';
import { openOverviews, overviewsSince } from './read.ts';

export async function showIncidents({ since, json }: { since?: string; json?: true }, now: Date): Promise<void> {
  const found =
    since === undefined
      ? await openOverviews()
      : await overviewsSince(timeOf('--since', since, now), now.toISOString());
  if (json) for (const one of found) console.log(JSON.stringify(one));
  else for (const line of incidentLines(found, now)) console.log(line);
}

export function incidentLines(incidents: readonly Overview[], now: Date): string[] {
  if (incidents.length === 0) return ['no incident is open'];
  return incidents.flatMap((one) => [headOf(one), ...one.waiting.map((waiting) => waitingLine(waiting, now))]);
}

function headOf({ incidentId, status, openedAt, alarm, runbook, environment, mode }: Overview): string {
  const word = status === 'open' ? pc.yellow(status) : status;
  const about = `${alarm ?? 'an alarm that is not known'} → ${runbook ?? 'no runbook'}${environment === null ? '' : `, ${environment}`}${mode === 'dry_run' ? ', dry run' : ''}`;
  return `${incidentId}  ${openedAt ?? 'never opened'}  ${word}  ${oneLine(about)}`;
}

function waitingLine(
  { dispatch, title, level, targets, approvers, required, said, expiresAt }: Waiting,
  now: Date,
): string {
  const minutes = Math.round((Date.parse(expiresAt) - now.getTime()) / 60_000);
  const left = minutes >= 0 ? `${minutes} min left` : 'its time is over';
  const words = said.map(({ by, word }) => `${by}: ${word}`).join(', ');
  const who = `${required} of ${approvers.join(', ')}${words === '' ? '' : `; said so far: ${words}`}`;
  const what = `${dispatch} ${title ?? ''} (${level.replace('_', ' ')}) on ${targets.join(', ') || 'no host'}`;
  return `  waits: ${oneLine(`${what}; asks ${who}`)}; ${left}`;
}
