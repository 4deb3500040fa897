/** The situation of an incident, as whoever asks reads it for himself: chain, burns, alarm, hosts, kill switch; no mutable row. */
import type { Alarm } from '../alarm/alarm.ts';
import { type ChainReading, disbelief, readChain, type StoredItem } from '../audit/chain.ts';
import { type DispatchesReader, hourRow, hourRows, incidentRow, type Lease } from '../burn.ts';
import type { Compiled } from '../compiled.ts';
import { historyLimits } from '../limits.ts';
import type { Person } from '../person.ts';
import type { StopAlarms } from '../policy/facts.ts';
import { stopAlarmsOf } from '../policy/limits.ts';
import type { Runbook, TargetSelector } from '../runbook/runbook.ts';
import type { ManagedInstance } from '../runbook/targets.ts';
import { incidentIdOf, type Subject } from '../subject.ts';
import { epochOf, isoOf } from '../time.ts';
import { withChoices } from './chosen.ts';
import { asStated } from './contributor.ts';
import { heldLeases, leasesOf } from './held.ts';
import type { PublicKey, SwitchReading } from './kill-switch.ts';
import { type Burns, type Progress, progressOf, subjectOf } from './progress.ts';
import type { Begun } from './retry.ts';
import { hasWords, type Spoken, spokenIn } from './spoken.ts';

/** What reading the situation needs from outside. */
export interface SituationPorts {
  /** All items of the incident's chain, read consistently. */
  items(incidentId: string): Promise<StoredItem[]>;
  /** Null for a function that may not read Dispatches: an intent then counts as burnt, and no action may go unasked. */
  readonly dispatches: DispatchesReader | null;
  /** The alarm as CloudWatch tells it now; null when CloudWatch does not know it. */
  alarm(alarmArn: string, contributorId: string | null): Promise<Alarm | null>;
  /** The opted-in managed instances that a selector could mean now, and those of `also` that are still opted in. */
  instances(selector: TargetSelector, also: readonly string[]): Promise<ManagedInstance[]>;
  /** By name how these alarms stand; null for one that CloudWatch does not know. */
  stopAlarms(names: readonly string[]): Promise<StopAlarms>;
  /** By whose genuine word an incident about this may be (core/incident/retry.ts); null when it may not. */
  begun(incidentId: string, subject: Subject): Promise<Begun | null>;
  /** The approval key, to tell whose words are genuine. */
  readonly publicKey: PublicKey;
  /** How the kill switch stands; a failing read throws. */
  kill(): Promise<SwitchReading>;
  /** Milliseconds since 1970. */
  now(): number;
}

export interface Situation {
  readonly incidentId: string;
  readonly compiled: Compiled;
  readonly chain: ChainReading;
  /** Why the chain must not be believed; null when it may be. */
  readonly broken: string | null;
  readonly progress: Progress;
  /** What people said to its questions, proven by signatures. */
  readonly spoken: readonly Spoken[];
  /** What the incident is about, when its first entry hashes to its id and a further round was asked for; else null. */
  readonly subject: Subject | null;
  /** Who asked for this round; null = an alarm began it. */
  readonly initiator: Person | null;
  /** Null when there is no subject, or CloudWatch does not know the alarm. */
  readonly alarm: Alarm | null;
  /** The planned runbook as this deployment holds it now, changed or not, with what people chose; null when it is gone. */
  readonly runbook: Runbook | null;
  readonly instances: readonly ManagedInstance[];
  /** How the policy's stop alarms stand. */
  readonly stopAlarms: StopAlarms;
  readonly kill: SwitchReading;
  /** Unasked actions that count against a budget: of this incident, or of its alarm in the last 60 minutes, whichever is more. */
  readonly autonomousActions: number;
  /** The newest lease of each planned host. Empty for a function that may not read Dispatches. */
  readonly leases: readonly Lease[];
  /** Of these the ones with which another incident is changing its host, as far as its chain says; none where nobody asked. */
  readonly held: readonly Lease[];
  readonly now: number;
}

/** Seconds in which this incident may still send or ask; 0 or less when it has to end (I12). */
export function secondsLeft({ progress, now }: Pick<Situation, 'progress' | 'now'>): number {
  const { maximumAgeSeconds, windDownSeconds } = historyLimits;
  return maximumAgeSeconds - windDownSeconds - (now - epochOf(progress.openedAt ?? '')) / 1000;
}

/** The subject, when it is what gave this incident its id. */
export function provenSubject(incidentId: string, progress: Pick<Progress, 'opened'>): Subject | null {
  const subject = subjectOf(progress);
  return subject && incidentIdOf(subject) === incidentId ? subject : null;
}

/** The same, when whoever had to ask for it did, and who that was. */
async function begunSubject(ports: SituationPorts, incidentId: string, progress: Progress) {
  const subject = provenSubject(incidentId, progress);
  const begun = subject && (await ports.begun(incidentId, subject));
  return begun ? { subject, initiator: begun.by } : { subject: null, initiator: null };
}

/** The planned runbook by its id; what of a changed one may still run is the gate's business. */
export function plannedRunbook(progress: Progress, compiled: Compiled): Runbook | null {
  const planned = progress.planned?.runbook;
  if (!planned) return null;
  return compiled.runbooks.find(({ id }) => id === planned.id) ?? null;
}

/**
 * Reads everything that decides about an incident, at once what does not depend on each other. Burns are read after the
 * chain: whatever it says was done, its burn is there then. A failing read throws.
 *
 * @param asking `holders`: whether the chains of those who hold a lease are read; without it nothing counts as held.
 */
export async function readSituation(
  ports: SituationPorts,
  compiled: Compiled,
  incidentId: string,
  { holders = true }: { holders?: boolean } = {},
): Promise<Situation> {
  const [items, kill] = await Promise.all([ports.items(incidentId), ports.kill()]);
  const chain = readChain(incidentId, items);
  const said = progressOf(chain.entries);
  const { subject, initiator } = await begunSubject(ports, incidentId, said);
  const about = subject?.kind === 'alarm' ? subject : null;
  const runbook = plannedRunbook(said, compiled);
  const frozen = Object.values(said.planned?.targets ?? {}).flat();
  const stoppers = about ? stopAlarmsOf(compiled.policy) : [];
  const [burns, spoken, told, instances, leases, actions, stopAlarms] = await Promise.all([
    readBurns(ports, incidentId, chain),
    spokenTo(ports, incidentId, chain),
    about ? ports.alarm(about.alarmArn, about.contributorId) : null,
    about && runbook ? instancesOf(ports, runbook, frozen) : [],
    ports.dispatches ? leasesOf(ports.dispatches, frozen) : [],
    about ? autonomousActions(ports, incidentId, about.alarmArn, ports.now()) : 0,
    stoppers.length > 0 ? ports.stopAlarms(stoppers) : {},
  ]);
  const progress = progressOf(chain.entries, burns);
  const alarm = asStated(told, progress);
  const now = ports.now();
  const held = holders ? await heldLeases(ports.items, incidentId, leases, now) : [];
  const chosen = runbook && withChoices(runbook, { progress, spoken });
  const read = { incidentId, compiled, chain, broken: disbelief(chain), progress, spoken, subject, alarm };
  return {
    ...read,
    runbook: chosen,
    initiator,
    instances,
    stopAlarms,
    kill,
    autonomousActions: actions,
    leases,
    held,
    now,
  };
}

/** The instances that any selector of a runbook could mean now, each once, and those of `also` that are still opted in. */
export async function instancesOf(
  { instances }: Pick<SituationPorts, 'instances'>,
  { targets }: Pick<Runbook, 'targets'>,
  also: readonly string[],
): Promise<ManagedInstance[]> {
  const found = await Promise.all(Object.values(targets).map((selector) => instances(selector, also)));
  const byId = Map.groupBy(found.flat(), ({ id }) => id);
  // Each selector tells only the tags that it asks for.
  return [...byId.values()].flatMap((same) => {
    const tags = Object.fromEntries(same.flatMap((one) => Object.entries(one.tags)));
    return same.slice(0, 1).map((one) => ({ ...one, tags }));
  });
}

/**
 * The key is asked for only where the chain holds a signed word at all. Also the words of those whom the policy does not
 * name any more: `decide` signed them when it did, and what was skipped or changed stays so. Whose approvals count, the
 * kernel asks the policy in force.
 */
async function spokenTo(
  { publicKey }: SituationPorts,
  incidentId: string,
  { entries }: ChainReading,
): Promise<Spoken[]> {
  return hasWords(entries) ? spokenIn(incidentId, entries, await publicKey()) : [];
}

/** The burns of an incident; those of the first release are asked for only where the chain has an intent of that form. */
export async function readBurns(
  ports: Pick<SituationPorts, 'dispatches'>,
  incidentId: string,
  chain: ChainReading,
): Promise<Burns | null> {
  if (!ports.dispatches) return null;
  const old = chain.entries.flatMap(({ event }) =>
    event?.kind === 'dispatch_intended' && event.planDigest === undefined ? [event.dispatch] : [],
  );
  const [burns, byFirstRelease] = await Promise.all([
    ports.dispatches.burns(incidentId),
    old.length > 0 ? ports.dispatches.burntByFirstRelease(incidentId, old) : [],
  ]);
  return { burns, byFirstRelease };
}

const hour = 3_600_000;

/** Counted from slots that `execute` alone writes. Whoever may not read them counts as many as there can be. */
async function autonomousActions(
  { dispatches }: SituationPorts,
  incidentId: string,
  alarmArn: string,
  now: number,
): Promise<number> {
  if (!dispatches) return Number.POSITIVE_INFINITY;
  return countActions(await dispatches.slots(budgetRows(incidentId, alarmArn, now)), incidentId, now);
}

/** The rows in which unasked actions of the last 60 minutes lie, and the next one will: the incident's, and hours of its alarm. */
export function budgetRows(incidentId: string, alarmArn: string, now: number): string[] {
  return [...new Set([incidentRow(incidentId), hourRow(alarmArn, isoOf(now - hour)), ...hourRows(alarmArn, now)])];
}

/** Unasked actions of this incident, or of its alarm in the last 60 minutes, whichever is more. */
export function countActions(slots: readonly { row: string; at: string }[], incidentId: string, now: number): number {
  const own = slots.filter(({ row }) => row === incidentRow(incidentId)).length;
  const lately = slots.filter(({ row, at }) => row !== incidentRow(incidentId) && now - epochOf(at) < hour);
  return Math.max(own, countOnce(lately));
}

/** An action at the turn of the hour has a slot in two rows, at one time: of each time the row that has most counts. */
function countOnce(slots: readonly { row: string; at: string }[]): number {
  const times = Map.groupBy(slots, ({ at }) => at);
  const most = (some: typeof slots) =>
    Math.max(...[...Map.groupBy(some, ({ row }) => row).values()].map((s) => s.length));
  return [...times.values()].reduce((sum, some) => sum + most(some), 0);
}
