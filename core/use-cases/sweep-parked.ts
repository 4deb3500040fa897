/** Parked alarms: one whose incident is over, or whose rest is, rings for itself; that one rests people are told once. */
import { beginningRefusal } from '../alarm/opt-in.ts';
import type { Compiled } from '../compiled.ts';
import { restingPage } from '../report/page.ts';
import type { Parked } from './keeping.ts';
import { open } from './opening.ts';
import type { UnansweredPorts } from './sweep-unanswered.ts';

export interface ParkedList {
  parkedAlarms(): Promise<Parked[]>;
  /** Takes it away, if it is still the same. */
  dropParked(parked: Parked): Promise<void>;
  /** Notes that people were told that it rests. */
  toldOfRest(lock: string): Promise<void>;
}

export interface SweepParkedPorts extends UnansweredPorts, ParkedList {
  page(subject: string, text: string): Promise<void>;
}

/** Alarms that one sweep rings, at most: each is a read of CloudWatch, whose quota the account shares. */
const mostRung = 20;

/** Rings what is parked no longer, and tells of what rests; one that fails does not keep the others from it. Answers with those that rest. */
export async function lookAtParked(ports: SweepParkedPorts, compiled: Compiled): Promise<Parked[]> {
  const parked = await ports.parkedAlarms();
  const failures: unknown[] = [];
  const attempt = (work: Promise<void>) => work.catch((error: unknown) => void failures.push(error));
  const resting = parked.filter(({ until }) => until !== null && until > ports.now());
  for (const one of resting.filter(({ told }) => !told)) await attempt(tellOf(ports, one));
  const due: Parked[] = [];
  for (const one of parked) {
    if (due.length >= mostRung) break;
    if (!resting.includes(one) && !(await isHeld(ports, one))) due.push(one);
  }
  for (const one of due) await attempt(rings(ports, compiled, one));
  if (failures.length > 0) throw failures[0];
  return resting;
}

/** That the lock is held by another than it joined is what a crash after its own opening left. */
async function isHeld(ports: SweepParkedPorts, { lock, joined }: Parked): Promise<boolean> {
  return joined !== null && (await ports.lockedBy(lock)) === joined;
}

async function tellOf(ports: SweepParkedPorts, parked: Parked): Promise<void> {
  const { subject, text } = restingPage(parked.alarmName, parked.incidents, parked.until ?? 0);
  await ports.page(subject, text);
  await ports.toldOfRest(parked.lock);
}

/** CloudWatch says whether it is still on; what it cannot be asked about now is parked for another minute. */
async function rings(ports: SweepParkedPorts, compiled: Compiled, parked: Parked): Promise<void> {
  const alarm = (await ports.lockedBy(parked.lock)) === null ? await ports.alarm(parked.alarmArn, null) : null;
  const isOn = alarm?.state === 'ALARM' && beginningRefusal(alarm) === null;
  if (isOn && !(await ports.muted([alarm.name])).has(alarm.name)) await open(ports, compiled, alarm);
  // What parked it again meanwhile is another row.
  await ports.dropParked(parked);
}
