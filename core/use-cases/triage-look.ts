/** What CloudWatch says of everything that rang: one look for a whole batch, and another one where it lags behind an envelope. */
import type { Alarm } from '../alarm/alarm.ts';
import type { Doorbell } from '../alarm/envelope.ts';
import { alarmRefusal, beginningRefusal } from '../alarm/opt-in.ts';
import { eachOf } from '../at-once.ts';
import { epochOf } from '../time.ts';

type Part = Pick<Doorbell, 'alarmArn' | 'contributorId'>;
type Untagged = Omit<Alarm, 'tags'>;

export interface LookPorts {
  /** Many alarms at once, in the order of `parts`; null for one that CloudWatch does not know. */
  alarms(parts: readonly Part[]): Promise<PromiseSettledResult<Untagged | null>[]>;
  /** Tags of one alarm, at most a minute old. */
  tags(alarmArn: string): Promise<Readonly<Record<string, string>>>;
  /** Those of these alarm names that a mute rule mutes now. */
  muted(names: readonly string[]): Promise<ReadonlySet<string>>;
  /** Lets so many milliseconds pass. */
  pause(milliseconds: number): Promise<void>;
}

/**
 * `alarm`: in ALARM, and may open an incident; `refused`: in ALARM, and may not; `over`: in another state; `lagging`:
 * CloudWatch still tells of a state before the one that the envelope names.
 */
export type Seen =
  | { readonly kind: 'alarm'; readonly alarm: Alarm }
  | { readonly kind: 'refused'; readonly alarm: Untagged; readonly why: 'not_opted_in' | 'quiet' }
  | { readonly kind: 'over' | 'lagging'; readonly alarm: Untagged }
  | { readonly kind: 'unknown' }
  | { readonly kind: 'failed'; readonly error: unknown };

/** How long CloudWatch may take to tell what its own event told: a guess, nothing is documented. */
const lagMilliseconds = 2_000;

/** ListTagsForResource takes 10 calls a second of the whole account. */
const tagsAtOnce = 5;

/** What is to be done about each doorbell, in their order. One that cannot be looked at does not keep the others from it. */
export async function lookAt(ports: LookPorts, doorbells: readonly Doorbell[]): Promise<Seen[]> {
  const first = await states(ports, doorbells);
  const late = doorbells.filter((_, index) => first[index]?.kind === 'lagging');
  if (late.length > 0) await ports.pause(lagMilliseconds);
  const second = (late.length > 0 ? await states(ports, late) : []).values();
  const seen = first.map((one) => (one.kind === 'lagging' ? (second.next().value ?? one) : one));
  return quietened(ports, doorbells, await optedIn(ports, seen));
}

async function states(ports: LookPorts, doorbells: readonly Doorbell[]): Promise<Seen[]> {
  const parts = [...new Map(doorbells.map((doorbell) => [nameOf(doorbell), doorbell])).values()];
  const answers = await ports.alarms(parts);
  const answerOf = new Map(parts.map((part, index) => [nameOf(part), answers[index]]));
  return doorbells.map((doorbell) => stateOf(doorbell, answerOf.get(nameOf(doorbell))));
}

function nameOf({ alarmArn, contributorId }: Part): string {
  return JSON.stringify([alarmArn, contributorId]);
}

function stateOf({ claim }: Doorbell, answer: PromiseSettledResult<Untagged | null> | undefined): Seen {
  if (answer === undefined) return { kind: 'failed', error: new Error('CloudWatch was not asked') };
  if (answer.status === 'rejected') return { kind: 'failed', error: answer.reason };
  const alarm = answer.value;
  if (alarm === null) return { kind: 'unknown' };
  // Since when a contributor is not listed nobody says: it may have recovered, or not be listed yet.
  const isUnlisted = alarm.contributorId !== null && alarm.state !== 'ALARM';
  const isBehind = claim !== null && (isUnlisted || epochOf(alarm.stateChangedAt) < epochOf(claim.at));
  if (claim !== null && isBehind && claim.state !== alarm.state) return { kind: 'lagging', alarm };
  return alarm.state === 'ALARM' ? { kind: 'alarm', alarm: { ...alarm, tags: {} } } : { kind: 'over', alarm };
}

/** Tags are asked for only where they decide: of what is in ALARM. */
async function optedIn(ports: LookPorts, seen: readonly Seen[]): Promise<Seen[]> {
  const arns = new Set(seen.flatMap((one) => (one.kind === 'alarm' ? one.alarm.arn : [])));
  const tags = new Map<string, PromiseSettledResult<Readonly<Record<string, string>>>>();
  await eachOf([...arns], tagsAtOnce, async (arn) => {
    const [answer] = await Promise.allSettled([ports.tags(arn)]);
    tags.set(arn, answer);
  });
  return seen.map((one): Seen => {
    if (one.kind !== 'alarm') return one;
    const answer = tags.get(one.alarm.arn);
    if (answer?.status !== 'fulfilled') return { kind: 'failed', error: answer?.reason };
    const alarm = { ...one.alarm, tags: { ...answer.value } };
    if (alarmRefusal(alarm) !== null) return { kind: 'refused', alarm, why: 'not_opted_in' };
    return beginningRefusal(alarm) === null ? { kind: 'alarm', alarm } : { kind: 'refused', alarm, why: 'quiet' };
  });
}

/** What an envelope says of a mute rule counts as one: it can only make it quieter. */
async function quietened(ports: LookPorts, doorbells: readonly Doorbell[], seen: readonly Seen[]): Promise<Seen[]> {
  const names = seen.flatMap((one, index) =>
    one.kind === 'alarm' && !doorbells[index]?.isMuted ? one.alarm.name : [],
  );
  const [muted] = await Promise.allSettled([names.length === 0 ? new Set<string>() : ports.muted([...new Set(names)])]);
  return seen.map((one, index): Seen => {
    if (one.kind !== 'alarm') return one;
    if (doorbells[index]?.isMuted) return { kind: 'refused', alarm: one.alarm, why: 'quiet' };
    if (muted.status === 'rejected') return { kind: 'failed', error: muted.reason };
    return muted.value.has(one.alarm.name) ? { kind: 'refused', alarm: one.alarm, why: 'quiet' } : one;
  });
}
