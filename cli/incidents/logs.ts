/** What the functions logged: every line that names an incident, or all of one function. */

import { type LogEvent, logEvents } from '../../adapters/logs/events.ts';
import { IncidentId } from '../../core/dispatch.ts';
import { functionNames } from '../../core/functions.ts';
import { colours as pc } from '../colours.ts';
import { timeOf } from '../time-option.ts';
import { oneLine } from '../timeline.ts';
import { overview } from './read.ts';

/** Milliseconds around an incident in which something may be said of it: sweep closes and tells until a quarter of an hour later. */
const around = 15 * 60_000;

/** Lines of one log group. */
const most = 5_000;

const groupOf = (name: string) => `/aws/lambda/countersign-${name}`;

export async function showLogs(of: string, { since, json }: { since: string; json?: true }, now: Date): Promise<void> {
  const { events, isCut } = await logEvents({ ...(await searchOf(of, since, now)), most });
  for (const event of events) console.log(json ? event.message : logLine(event));
  if (events.length === 0) console.error('nothing was logged');
  if (isCut) console.error(`${pc.yellow('!')} a log group has more than ${most} lines; the newest are left out`);
}

async function searchOf(of: string, since: string, now: Date) {
  if (IncidentId.safeParse(of).success) {
    const { openedAt, closedAt } = await overview(of);
    const from = openedAt === null ? now.getTime() - around : Date.parse(openedAt) - around;
    const to = closedAt === null ? now.getTime() : Date.parse(closedAt) + around;
    // A phrase: also what a function says of it in other words than by the key `incidentId`.
    return { groups: functionNames.map(groupOf), from, to, pattern: `"${of}"` };
  }
  const name = of.replace(/^countersign-/, '');
  if (!functionNames.some((one) => one === name))
    throw new Error(
      `${JSON.stringify(of)} is no incident id, and no function; functions are ${functionNames.join(', ')}`,
    );
  return { groups: [groupOf(name)], from: Date.parse(timeOf('--since', since, now)), to: now.getTime(), pattern: null };
}

/** Its time, its function, its level, and what it says, as far as it is one of ours; else as it was written. */
export function logLine({ at, group, message }: LogEvent): string {
  const head = `${pc.dim(new Date(at).toISOString())}  ${group.replace(groupOf(''), '').padEnd(16)}`;
  const said = parsed(message);
  if (said === null) return `${head}  ${oneLine(message)}`;
  const { level, message: title, timestamp: _t, service: _s, sampling_rate: _r, incidentId: _i, ...rest } = said;
  const words = Object.entries(rest).map(
    ([key, value]) => `${key}=${typeof value === 'string' ? value : JSON.stringify(value)}`,
  );
  const loud = level === 'ERROR' ? pc.red : level === 'WARN' ? pc.yellow : String;
  return `${head}  ${loud(oneLine([title, ...words].filter((word) => typeof word === 'string').join('  ')))}`;
}

function parsed(message: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(message);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null; // Lambda's own lines, and what a crash prints.
  }
}
