/** Rings an alarm for a drill with the caller's own rights, prints what comes of it, and leaves the alarm as it was. */
import { setTimeout as pause } from 'node:timers/promises';
import { openCloudWatch } from '../../adapters/cloudwatch/alarms.ts';
import { drills } from '../../adapters/cloudwatch/drills.ts';
import { callerNow } from '../../adapters/sts/caller.ts';
import { loadReparse } from '../../adapters/tree-sitter/reparse.ts';
import type { StoredItem } from '../../core/audit/chain.ts';
import { drillOf } from '../../core/use-cases/drill.ts';
import { grammars } from '../../package/assets.ts';
import { audit } from '../account.ts';
import { colours as pc, printError } from '../colours.ts';
import { plainly } from '../door.ts';
import { reviewedThere } from '../reviewed.ts';
import type { SimulateOptions } from '../simulate.ts';
import { timeOf } from '../time-option.ts';
import { oneLine, timeline } from '../timeline.ts';
import { type DrillResult, drill, exitCodes } from './drill.ts';

/** The exit code. @throws with one line where the alarm is not rung, before anything is touched. */
export async function simulate(name: string, { timeout, json }: SimulateOptions): Promise<number> {
  const longest = millisecondsOf(timeout);
  const say = (line: string) => (json ? printError(line) : console.log(line));
  const cloudwatch = drills(openCloudWatch(), Date.now);
  const alarm = await cloudwatch.named(name).catch(plainly);
  if (alarm === null) throw new Error(`there is no alarm ${name} in this account and region`);
  const judged = drillOf(await reviewedThere().catch(plainly), alarm, { reparse: await loadReparse(grammars) });
  if ('refused' in judged) throw new Error(`simulate: ${judged.refused}`);
  say(oneLine(`Drill: ${name} rings, and ${judged.runbook.id} answers, which only reads (${judged.why})`));
  const happened = (items: readonly StoredItem[], shown: number) => {
    for (const line of timeline(items).slice(shown)) say(`  ${line}`);
  };
  const ports = { ...cloudwatch, items: audit().items, happened, now: Date.now, pause: (ms: number) => pause(ms) };
  const result = await drill(ports, { alarm, runbook: judged.runbook, reason: await reasonOf() }, longest);
  if (json) console.log(JSON.stringify(result));
  else for (const line of resultLines(result, timeout)) console.log(line);
  return result.passed ? exitCodes.passed : exitCodes.failed;
}

/** What CloudWatch tells people beside the alarm. */
async function reasonOf(): Promise<string> {
  const who = await callerNow(Date.now).then(
    ({ arn }) => arn,
    () => 'Somebody',
  );
  return `Drill: nothing is wrong. ${who} rang this alarm by countersign simulate at ${new Date().toISOString()}`;
}

/** Half a minute is less than any incident takes. */
const shortestMs = 30_000;

function millisecondsOf(text: string): number {
  const now = new Date();
  const isSpan = /^\d{1,5}[mhd]$/.test(text);
  const milliseconds = isSpan ? now.getTime() - Date.parse(timeOf('--timeout', text, now)) : 0;
  if (milliseconds < shortestMs) throw new Error(`--timeout ${JSON.stringify(text)} is no time; write 15m or 2h`);
  return milliseconds;
}

function resultLines(result: DrillResult, timeout: string): string[] {
  const { incidentId, status, runbook, commands, succeeded, told, opened, closed, passed } = result;
  if (status === null)
    return [
      `${pc.red('✗')} drill failed: no incident ${incidentId} was opened within ${timeout}; countersign doctor says what is missing`,
    ];
  const words = [
    `opened after ${opened} s`,
    `${runbook ?? 'no runbook'}`,
    `${succeeded} of ${commands} commands succeeded`,
    closed === null ? `not over within ${timeout}` : `${status} after ${closed} s`,
    told === null ? 'people not told yet' : told ? 'people told in Slack' : 'people could not be told in Slack',
  ];
  const mark = passed ? pc.green('✓ drill passed') : pc.red('✗ drill failed');
  return [oneLine(`${mark}: ${incidentId}: ${words.join('; ')}`)];
}
