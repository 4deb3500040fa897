/** `countersign audit list`: the incidents that something was written about in a span of time, one line each, oldest first. */

import { auditWindow } from '../adapters/dynamodb/audit-window.ts';
import { openDatabase } from '../adapters/dynamodb/client.ts';
import { readChain } from '../core/audit/chain.ts';
import { IncidentId } from '../core/dispatch.ts';
import { audit, tables } from './account.ts';
import { colours as pc } from './colours.ts';
import { timeOf } from './time-option.ts';
import { oneLine } from './timeline.ts';

export interface Listed {
  readonly incident: string;
  /** ISO 8601; null = what there is does not begin with an opening. */
  readonly openedAt: string | null;
  readonly closedAt: string | null;
  /** How it ended; null = it has not, or the end is not in its chain. */
  readonly status: string | null;
  readonly alarm: string | null;
  readonly runbook: string | null;
  readonly environment: string | null;
  readonly mode: string | null;
  /** Names of those who said something that was signed. */
  readonly people: readonly string[];
  readonly commands: number;
}

/** Reads the tables from end to end: needs Scan on both. Nothing is verified. */
export async function list(since: string, until: string | undefined, now: Date): Promise<Listed[]> {
  const span = [timeOf('--since', since, now), until === undefined ? now.toISOString() : timeOf('--until', until, now)];
  const [from = '', to = ''] = span;
  const chains = await auditWindow(openDatabase(), tables).chains(from, to);
  const incidents = chains.filter((name) => IncidentId.safeParse(name).success);
  const found: Listed[] = [];
  for (const incident of incidents) found.push(listedOf(incident, await audit().items(incident)));
  return found.sort((a, b) => ((a.openedAt ?? '') < (b.openedAt ?? '') ? -1 : 1));
}

function listedOf(incident: string, items: Parameters<typeof readChain>[1]): Listed {
  const { entries } = readChain(incident, items);
  const of = (kind: string) => entries.find((entry) => entry.kind === kind);
  const [opened, planned, closed] = [of('incident_opened'), of('planned')?.event, of('incident_closed')];
  const plan = planned?.kind === 'planned' ? planned : null;
  return {
    incident,
    openedAt: opened?.at ?? null,
    closedAt: closed?.at ?? null,
    status: closed?.event?.kind === 'incident_closed' ? closed.event.status : null,
    alarm: opened?.event?.kind === 'incident_opened' ? opened.event.alarmName : null,
    runbook: plan?.runbook?.id ?? null,
    environment: plan?.environment ?? null,
    mode: plan?.mode ?? null,
    people: [...new Set(entries.flatMap(({ event }) => (event?.kind === 'vote_signed' ? [event.by.name] : [])))],
    commands: entries.filter(({ kind }) => kind === 'command_sent').length,
  };
}

export function listLines(listed: readonly Listed[]): string[] {
  if (listed.length === 0) return ['nothing was written in this time'];
  return listed.map(({ incident, openedAt, status, runbook, alarm, environment, mode, people, commands }) => {
    const ending = (status ?? 'open').padEnd(10);
    const tone = status === 'resolved' || status === 'recovered' ? pc.green : status === null ? pc.yellow : String;
    const said = people.length > 0 ? `; signed by ${people.join(', ')}` : '';
    return oneLine(
      `${openedAt ?? '?'.padEnd(24)}  ${incident}  ${tone(ending)}  ${runbook ?? 'no runbook'}, ${environment ?? '?'}, ${mode ?? '?'}: ${alarm ?? '?'}; ${commands} commands${said}`,
    );
  });
}
