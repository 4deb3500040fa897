/** A drill as it goes on: ring, follow the incident's chain, let the alarm be OK again, and say how it ended. */
import type { Alarm } from '../../core/alarm/alarm.ts';
import { type ReadEntry, readChain, type StoredItem } from '../../core/audit/chain.ts';
import { progressOf } from '../../core/incident/progress.ts';
import type { Runbook } from '../../core/runbook/runbook.ts';
import { incidentIdOf } from '../../core/subject.ts';
import { epochOrNull } from '../../core/time.ts';
import type { Part } from '../../core/words.ts';

export const exitCodes = { passed: 0, notRung: 1, failed: 3 } as const;

export interface DrillPorts {
  named(alarm: string): Promise<Alarm | null>;
  set(alarm: string, state: 'OK' | 'ALARM', reason: string): Promise<void>;
  /** An incident's chain as it lies there. */
  items(incidentId: string): Promise<StoredItem[]>;
  /** What is new of the chain, as it comes. */
  happened(items: readonly StoredItem[], shown: number): void;
  now(): number;
  pause(milliseconds: number): Promise<void>;
}

/** All of it as the chain says it, which `audit verify` holds against the burns. */
export interface DrillResult {
  readonly drill: true;
  readonly alarm: string;
  readonly incidentId: string;
  /** Null = no incident was opened. */
  readonly status: string | null;
  readonly runbook: string | null;
  /** Commands that were sent, and those of them that succeeded. */
  readonly commands: number;
  readonly succeeded: number;
  /** Whether people were told in Slack; null = not yet. */
  readonly told: boolean | null;
  /** Seconds from the alarm to the opening, and to the end; null = it did not come to that. */
  readonly opened: number | null;
  readonly closed: number | null;
  readonly passed: boolean;
}

/** What rings, who answers, and what CloudWatch tells people of it. */
export interface Rung {
  readonly alarm: Alarm;
  readonly runbook: Runbook;
  readonly reason: string;
}

/** Between two looks, in milliseconds: a command that only reads is over in a second, and the alarm is to be OK by then. */
const lookMs = 300;

/** Rings it and follows. The alarm is let go in any case, unless it rings by itself meanwhile. */
export async function drill(
  ports: DrillPorts,
  { alarm, runbook, reason }: Rung,
  longestMs: number,
): Promise<DrillResult> {
  const until = ports.now() + longestMs;
  await ports.set(alarm.name, 'ALARM', reason);
  let isCalm = false;
  const calm = async () => {
    if (!isCalm) await letGo(ports, alarm.name, reason);
    isCalm = true;
  };
  try {
    const rung = await ringing(ports, alarm.name, reason, until);
    const incidentId = incidentIdOf({
      kind: 'alarm',
      alarmArn: rung.arn,
      contributorId: null,
      stateChangedAt: rung.stateChangedAt,
      round: 1,
    });
    const isLast = isLastOf(runbook);
    const look = (entries: readonly ReadEntry[]) => (entries.some(isLast) ? calm() : Promise.resolve());
    return resultOf(rung, incidentId, await followed(ports, incidentId, until, look));
  } finally {
    await calm();
  }
}

/** CloudWatch tells a state a moment after it was set. */
async function ringing(ports: DrillPorts, name: string, reason: string, until: number): Promise<Alarm> {
  for (;;) {
    const alarm = await ports.named(name);
    if (alarm?.state === 'ALARM' && alarm.stateReason === reason) return alarm;
    if (ports.now() > until)
      throw new Error(`the alarm ${name} was set to ALARM, and CloudWatch does not tell that it is`);
    await ports.pause(lookMs);
  }
}

async function letGo(ports: DrillPorts, name: string, reason: string): Promise<void> {
  const alarm = await ports.named(name);
  if (alarm?.state === 'ALARM' && alarm.stateReason === reason) await ports.set(name, 'OK', `${reason} is over`);
}

async function followed(
  ports: DrillPorts,
  incidentId: string,
  until: number,
  look: (entries: readonly ReadEntry[]) => Promise<void>,
): Promise<readonly ReadEntry[]> {
  let shown = 0;
  for (;;) {
    const items = await ports.items(incidentId);
    const { entries } = readChain(incidentId, items);
    ports.happened(items, shown);
    shown = items.length;
    await look(entries);
    if (entries.some(({ kind }) => kind === 'people_told') || ports.now() > until) return entries;
    await ports.pause(lookMs);
  }
}

/**
 * Whether an entry says that the last command is about to be sent, all checks behind it: from then on the alarm may be OK again. While it is still on
 * when everything is done, the incident ends as one that did not help, and people are paged.
 */
function isLastOf({ steps }: Runbook): (entry: ReadEntry) => boolean {
  const last = steps.at(-1);
  const part: Part = last?.verify ? 'verify' : last?.observe ? 'after' : 'run';
  return ({ event }) =>
    event?.kind === 'dispatch_intended' && event.dispatch.step === last?.number && event.dispatch.part === part;
}

/** Endings of an incident in which nothing was to be changed; the alarm may be let go a moment too late for `recovered`. */
const good: readonly string[] = ['recovered', 'unverified', 'dry_run'];

function resultOf(alarm: Alarm, incidentId: string, entries: readonly ReadEntry[]): DrillResult {
  const { planned, closed, told, dispatches } = progressOf(entries);
  const sent = dispatches.filter((one) => one.sent?.commandId);
  const succeeded = sent.filter(({ finished }) => finished?.outcome === 'succeeded');
  const since = (kind: string) =>
    secondsBetween(alarm.stateChangedAt, entries.find((entry) => entry.kind === kind)?.at);
  const isDone = (step: number) => succeeded.some(({ dispatch }) => dispatch.step === step && dispatch.part === 'run');
  const isWhole = planned?.runbook != null && planned.steps.every(({ number }) => isDone(number));
  return {
    drill: true,
    alarm: alarm.name,
    incidentId,
    status: entries.length === 0 ? null : (closed?.status ?? 'open'),
    runbook: planned?.runbook?.id ?? null,
    commands: sent.length,
    succeeded: succeeded.length,
    told: told ? told.slack : null,
    opened: since('incident_opened'),
    closed: since('incident_closed'),
    passed: good.includes(closed?.status ?? '') && isWhole && told?.slack === true,
  };
}

function secondsBetween(from: string, to: string | undefined): number | null {
  const [began, ended] = [epochOrNull(from), to === undefined ? null : epochOrNull(to)];
  return began === null || ended === null ? null : Math.max(0, (ended - began) / 1000);
}
