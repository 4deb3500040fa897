/** Triage: doorbells ring, CloudWatch is asked, and each opted-in alarm in ALARM opens exactly one incident. */
import * as z from 'zod';
import type { Alarm } from '../alarm/alarm.ts';
import { type Message, messagesOf } from '../alarm/batch.ts';
import { alarmDoorbell, type Doorbell, EnvelopeError, parseAlarmArn } from '../alarm/envelope.ts';
import { eachOf } from '../at-once.ts';
import { appendOfDay } from '../audit/append.ts';
import { disbelief, readChain } from '../audit/chain.ts';
import type { Compiled } from '../compiled.ts';
import { IncidentId } from '../dispatch.ts';
import type { PublicKey } from '../incident/kill-switch.ts';
import { progressOf } from '../incident/progress.ts';
import { openRetry, type RetryReader } from '../incident/retry.ts';
import { hears } from './keeping.ts';
import { type AskedRound, count, lockOf, type OpeningPorts, open } from './opening.ts';
import { type LookPorts, lookAt, type Seen } from './triage-look.ts';

/**
 * A doorbell that is no entry of the audit, since alarms that are not ours ring all day. `quiet`: its actions are disabled,
 * suppressed or muted; `unconfirmed`: CloudWatch never told what the envelope says.
 */
export type Ignored = 'not_opted_in' | 'quiet' | 'not_in_alarm' | 'unconfirmed';

export interface TriagePorts extends OpeningPorts, LookPorts, RetryReader {
  readonly publicKey: PublicKey;
  /** Where this deployment lives; alarms of elsewhere are foreign. */
  readonly account: string;
  readonly region: string;
  /** The ARN of the queue that alarms ring through. */
  readonly queue: string;
  noted(what: Ignored, alarmArn: string): void;
}

/** What Lambda is told of a batch: messages that the queue shall deliver again. */
export interface BatchAnswer {
  readonly batchItemFailures: { readonly itemIdentifier: string }[];
}

/** What `decide` says when a person asked for a new plan: the id of the incident that shall begin. */
const Asked = z.lazy(() => z.strictObject({ retry: IncidentId }));

/** Alarms answered at the same time. */
const atOnce = 5;

/** Deliveries after which what CloudWatch does not confirm is let go: a minute apart, they are longer than it may lag. */
const mostDeliveries = 5;

/**
 * Answers a batch of the queue, or one envelope that CloudWatch hands over by itself as an alarm's action. What is
 * malformed or foreign is recorded in a chain of the day. A failing look-up or write fails its own message only; of a
 * single envelope it throws. Either is then tried again as a whole, which is idempotent.
 */
export async function triage(ports: TriagePorts, compiled: Compiled, event: unknown): Promise<BatchAnswer> {
  const asked = Asked.safeParse(event).data;
  if (asked) {
    await tryAgain(ports, compiled, asked.retry);
    return { batchItemFailures: [] };
  }
  let messages: Message[] | null;
  try {
    messages = messagesOf(event, ports.queue);
  } catch (error) {
    await refuse(ports, null, messageOf(error));
    return { batchItemFailures: [] };
  }
  const failures = await answerAll(ports, compiled, messages ?? [{ id: '', deliveries: 1, doorbell: single(event) }]);
  const [failure] = failures.values();
  if (messages === null && failure !== undefined) throw failure;
  return { batchItemFailures: [...failures.keys()].map((itemIdentifier) => ({ itemIdentifier })) };
}

/** People are told before the alarm's lock is freed: whoever presses at once comes a moment too early. */
const freedMilliseconds = 3_000;

/**
 * Opens a further round that a person asked for, if the word is genuine and the alarm as it was then; if it was off since
 * and is on again, the first round of that change, which needs nobody's word. Whatever speaks against it is recorded; what
 * cannot be looked at, or is still being closed, throws, and is tried again.
 */
async function tryAgain(ports: TriagePorts, compiled: Compiled, incidentId: string): Promise<void> {
  const envelope = await ports.retry(incidentId);
  const word = envelope === null ? null : openRetry(envelope, incidentId, await ports.publicKey());
  const subject = word?.subject;
  if (subject?.kind !== 'alarm') return refuse(ports, null, `nobody signed that ${incidentId} shall begin`);
  const { alarmArn, contributorId, stateChangedAt, ...asked } = subject;
  if (!isOurs(ports, alarmArn)) return refuse(ports, ...refusalOf(ports, { alarmArn }));
  const no = (why: string) => refuse(ports, alarmArn, `asked for again by ${word?.by.name}, but ${why}`);
  const [seen] = await lookAt(ports, [{ alarmArn, contributorId, claim: null, isMuted: false }]);
  if (seen?.kind === 'failed') throw seen.error;
  if (seen?.kind !== 'alarm') {
    const now = seen && 'alarm' in seen ? `is ${seen.alarm.state} since ${seen.alarm.stateChangedAt}` : 'is not known';
    return no(`it ${now}, or may open nothing now`);
  }
  const { alarm } = seen;
  const holder = await otherHolder(ports, alarm, incidentId);
  if (holder !== null) return no(`${holder} is open about it`);
  await open(ports, compiled, alarm, alarm.stateChangedAt === stateChangedAt ? roundOf(asked) : { round: 1 });
}

const roundOf = ({ round, runbook }: AskedRound): AskedRound =>
  runbook === undefined ? { round } : { round, runbook };

/** Another incident that holds the alarm and goes on; null = none does. Throws while one is being closed. */
async function otherHolder(ports: TriagePorts, alarm: Alarm, incidentId: string): Promise<string | null> {
  const lock = lockOf(alarm.arn, alarm.contributorId);
  for (const isLast of [false, true]) {
    const holder = await ports.lockedBy(lock);
    if (holder === null || holder === incidentId) return null;
    const chain = readChain(holder, await ports.writer.store.items(holder));
    if (disbelief(chain) === null && progressOf(chain.entries).closed === null) return holder;
    if (isLast) throw new Error(`triage: ${holder} about ${alarm.name} is still being closed; try again`);
    await ports.pause(freedMilliseconds);
  }
  return null;
}

function single(event: unknown): Message['doorbell'] {
  try {
    return alarmDoorbell(event);
  } catch (error) {
    return new EnvelopeError(messageOf(error));
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function refuse({ writer }: TriagePorts, alarmArn: string | null, why: string): Promise<void> {
  return appendOfDay(writer, { kind: 'envelope_refused', alarmArn, why: why.slice(0, 1000) });
}

type Rung = Omit<Message, 'doorbell'> & { readonly doorbell: Doorbell };

/** What of the messages failed, and why. */
async function answerAll(
  ports: TriagePorts,
  compiled: Compiled,
  messages: readonly Message[],
): Promise<Map<string, unknown>> {
  const failures = new Map<string, unknown>();
  const attempt = (id: string, work: Promise<void>) => work.catch((error: unknown) => void failures.set(id, error));
  const known = (message: Message): message is Rung =>
    !(message.doorbell instanceof EnvelopeError) && isOurs(ports, message.doorbell.alarmArn);
  for (const { id, doorbell } of messages.filter((message) => !known(message)))
    await attempt(id, refuse(ports, ...refusalOf(ports, doorbell)));
  const rung = messages.filter(known);
  if (rung.length === 0) return failures;
  const [looked] = await Promise.allSettled([
    lookAt(
      ports,
      rung.map(({ doorbell }) => doorbell),
    ),
  ]);
  if (looked.status === 'rejected')
    return new Map([...failures, ...rung.map(({ id }) => [id, looked.reason] as const)]);
  // Copies of one doorbell one after the other: they meet in the same incident.
  const groups = Map.groupBy(
    rung.map((message, index) => ({ message, seen: looked.value[index] as Seen })),
    ({ message }) => lockOf(message.doorbell.alarmArn, message.doorbell.contributorId),
  );
  await eachOf([...groups.values()], atOnce, async (group) => {
    for (const { message, seen } of group) await attempt(message.id, answer(ports, compiled, message, seen));
  });
  return failures;
}

function isOurs({ account, region }: TriagePorts, arn: string): boolean {
  const named = parseAlarmArn(arn);
  return named !== null && named.account === account && named.region === region;
}

function refusalOf(
  { account, region }: TriagePorts,
  doorbell: EnvelopeError | Pick<Doorbell, 'alarmArn'>,
): [string | null, string] {
  return doorbell instanceof EnvelopeError
    ? [null, doorbell.message]
    : [doorbell.alarmArn, `not an alarm of account ${account} in ${region}`];
}

async function answer(
  ports: TriagePorts,
  compiled: Compiled,
  { doorbell: { alarmArn }, deliveries }: Rung,
  seen: Seen,
): Promise<void> {
  const noted = (what: Ignored) => ports.noted(what, alarmArn);
  switch (seen.kind) {
    case 'failed':
      throw seen.error;
    case 'unknown':
      return refuse(ports, alarmArn, 'CloudWatch does not know this alarm');
    case 'alarm':
      return open(ports, compiled, seen.alarm);
    case 'lagging':
      if (deliveries < mostDeliveries) throw new Error(`triage: CloudWatch lags behind an envelope of ${alarmArn}`);
      return (await joins(ports, seen.alarm)) ? undefined : noted('unconfirmed');
    case 'refused':
      return seen.why === 'quiet' && (await joins(ports, seen.alarm)) ? undefined : noted(seen.why);
    default:
      return (await joins(ports, seen.alarm)) ? undefined : noted('not_in_alarm');
  }
}

/** A change of an alarm whose incident is open belongs to that incident, whatever the alarm may open by now. */
async function joins(ports: TriagePorts, alarm: Omit<Alarm, 'tags'>): Promise<boolean> {
  const lock = lockOf(alarm.arn, alarm.contributorId);
  const holder = await ports.lockedBy(lock);
  if (holder !== null && !(await hears(ports, lock, holder, alarm))) await count(ports, holder, alarm);
  return holder !== null;
}
