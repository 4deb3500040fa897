/** Alarms that open no incident of their own now: one joins an incident of the same storm, one had too many within an hour. */
import * as z from 'zod';
import type { Alarm } from '../alarm/alarm.ts';
import { type AuditWriter, append, appendOfDay } from '../audit/append.ts';
import { disbelief, readChain } from '../audit/chain.ts';
import type { Compiled } from '../compiled.ts';
import { digest } from '../digest.ts';
import { IncidentId } from '../dispatch.ts';
import { progressOf } from '../incident/progress.ts';
import { relationsOf } from '../incident/related.ts';
import { epochOf, isoOf } from '../time.ts';

/** An alarm that rings for itself later: when the incident that it joined is over, or when its rest is. */
export const Parked = z.lazy(() =>
  z.object({
    lock: z.string(),
    alarmArn: z.string(),
    alarmName: z.string(),
    /** The incident that it joined; null = it rests. */
    joined: IncidentId.nullable(),
    /** Until when it rests, epoch milliseconds; null = it joined. */
    until: z.number().nullable(),
    /** How many incidents it had within an hour, where it rests. */
    incidents: z.int(),
    /** Whether people were told that it rests. */
    told: z.boolean(),
  }),
);
export type Parked = z.infer<typeof Parked>;

/** An incident that was the first of a relation; null = none was. */
export interface Anchor {
  readonly relation: string;
  readonly incidentId: string | null;
  readonly isOpen: boolean;
}

export interface KeepingPorts {
  readonly writer: AuditWriter;
  lockedBy(lock: string): Promise<string | null>;
  /** Of each relation, in their order. */
  anchors(relations: readonly string[]): Promise<Anchor[]>;
  /** In one transaction: the alarm's lock is the open incident's, and it is parked there. `full`: so many joined it already; `lost`: it is closed, or the lock is another's. */
  join(parked: Parked & { readonly joined: string }): Promise<'joined' | 'full' | 'lost'>;
  parked(lock: string): Promise<Parked | null>;
  /** It recovered: its lock is nobody's, and it is parked no more. */
  letGo(lock: string, incidentId: string): Promise<void>;
  /** Puts it there if nothing is, or what is there is over; false = it rests already. */
  rest(parked: Parked): Promise<boolean>;
  /** When it opened incidents lately, epoch milliseconds. */
  openings(lock: string): Promise<number[]>;
  noteOpenings(lock: string, at: readonly number[]): Promise<void>;
}

const hour = 3_600_000;

/** What may be opened, and what is to be noted when it was. */
export interface MayOpen {
  readonly anchors: readonly Anchor[];
  readonly openings: readonly number[];
}

/**
 * Whether an alarm may open an incident of its own; null = it joined another one, or rests, and that is recorded.
 * Of an alarm whose lock is held, or whose incident about this change began already, nothing is asked.
 */
export async function mayOpen(
  ports: KeepingPorts,
  { policy: { storms } }: Compiled,
  alarm: Alarm,
  lock: string,
  incidentId: string,
): Promise<MayOpen | null> {
  const relations = storms.window > 0 ? relationsOf(alarm, storms.service_tag) : [];
  const [parked, openings, anchors] = await Promise.all([
    ports.parked(lock),
    ports.openings(lock),
    relations.length > 0 ? ports.anchors(relations) : [],
  ]);
  const now = epochOf(ports.writer.now());
  const recent = openings.filter((at) => at > now - hour && at <= now).toSorted((a, b) => a - b);
  const isResting = parked !== null && parked.until !== null && parked.until > now;
  const isFull = recent.length >= storms.incidents_per_hour;
  // The usual alarm is looked at no further: whose lock is held, or whose incident began already, its opening finds out.
  if (!isResting && !isFull && !anchors.some(({ isOpen }) => isOpen)) return { anchors, openings: recent };
  const [holder, head] = await Promise.all([ports.lockedBy(lock), ports.writer.store.head(incidentId)]);
  if (holder !== null || head !== null) return { anchors: [], openings: recent };
  if (isResting) return null;
  if (await joinsOne(ports, storms.window, alarm, lock, anchors)) return null;
  if (!isFull) return { anchors, openings: recent };
  // When the oldest of those that count is an hour ago, the next one may come.
  const free = (recent.at(-storms.incidents_per_hour) ?? now) + hour;
  await rests(ports, alarm, lock, { until: Math.max(free, now + storms.rest * 1000), incidents: recent.length });
  return null;
}

async function joinsOne(
  ports: KeepingPorts,
  window: number,
  alarm: Alarm,
  lock: string,
  anchors: readonly Anchor[],
): Promise<boolean> {
  const tried = new Set<string>();
  for (const { relation, incidentId, isOpen } of anchors) {
    if (incidentId === null || !isOpen || tried.has(incidentId)) continue;
    tried.add(incidentId);
    if (!(await isOfStorm(ports, incidentId, relation, window))) continue;
    const parked = { ...of(alarm, lock), joined: incidentId, until: null, incidents: 0, told: false };
    const answer = await ports.join(parked);
    if (answer === 'joined') {
      await recordJoined(ports, incidentId, alarm, relation);
      return true;
    }
    // Somebody was faster: whoever rings again sees what became of it.
    if (answer === 'lost') throw new Error(`triage: what ${alarm.name} was to join has changed meanwhile; try again`);
  }
  return false;
}

function of({ arn: alarmArn, name: alarmName }: Alarm, lock: string) {
  return { lock, alarmArn, alarmName };
}

/** How often, and how long, whoever joins waits for an opening that is just being written. */
const looks = 8;
const weight = 50;

/** The chain says so, and not only a row: it is open, shares the relation, and began within the window. */
async function isOfStorm(
  { writer }: KeepingPorts,
  incidentId: string,
  relation: string,
  window: number,
): Promise<boolean> {
  for (let look = 0; look < looks; look += 1) {
    const chain = readChain(incidentId, await writer.store.items(incidentId));
    if (disbelief(chain) !== null) return false;
    const opened = chain.entries[0];
    if (opened?.event?.kind === 'incident_opened') {
      const isShared = opened.event.relations?.includes(relation) === true;
      const isLate = epochOf(writer.now()) - epochOf(opened.at) > window * 1000;
      return isShared && !isLate && progressOf(chain.entries).closed === null;
    }
    if (chain.head !== null) return false;
    await writer.pause(weight);
  }
  return false;
}

/** Said again when it rings again: the same entry. What takes none is being closed, and the alarm rings for itself then. */
export async function recordJoined(
  { writer }: Pick<KeepingPorts, 'writer'>,
  incidentId: string,
  { arn: alarmArn, name: alarmName, stateChangedAt }: Omit<Alarm, 'tags'>,
  relation: string,
): Promise<void> {
  const id = digest('related/v1', [incidentId, alarmArn, stateChangedAt]).slice(0, 32);
  await append(writer, incidentId, { kind: 'related_joined', alarmArn, alarmName, stateChangedAt, relation }, { id });
}

/** An alarm that joined rings again: recovered it is let go, anything else changes nothing. False = it did not join. */
export async function hears(
  ports: KeepingPorts,
  lock: string,
  holder: string,
  { arn: alarmArn, name: alarmName, state, stateChangedAt }: Omit<Alarm, 'tags'>,
): Promise<boolean> {
  const parked = await ports.parked(lock);
  if (parked?.joined !== holder) return false;
  if (state !== 'OK') return true;
  await append(ports.writer, holder, {
    kind: 'related_let_go',
    alarmArn,
    alarmName,
    why: `OK since ${stateChangedAt}`,
  });
  await ports.letGo(lock, holder);
  return true;
}

async function rests(
  ports: KeepingPorts,
  alarm: Alarm,
  lock: string,
  { until, incidents }: { readonly until: number; readonly incidents: number },
): Promise<void> {
  const { arn: alarmArn } = alarm;
  const id = digest('rests/v1', [lock, until]).slice(0, 32);
  await appendOfDay(ports.writer, { kind: 'alarm_rests', alarmArn, incidents, until: isoOf(until) }, id);
  await ports.rest({ ...of(alarm, lock), joined: null, until, incidents, told: false });
}
