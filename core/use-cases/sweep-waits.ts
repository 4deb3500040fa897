/** What waits for room in the channel: one digest that says so, drawn again every minute, and what can be told by now. */
import { readChain } from '../audit/chain.ts';
import type { Compiled } from '../compiled.ts';
import { digest as digestOf } from '../digest.ts';
import { progressOf } from '../incident/progress.ts';
import { type Digest, isEmpty, mostListed, type WaitingQuestion } from '../report/digest.ts';
import { type ClosePorts, tellLater } from './close.ts';
import { readScene } from './closing-scene.ts';
import { type DrawHeadPorts, drawHead } from './draw-head.ts';
import type { Parked } from './keeping.ts';
import { type Cards, ChannelBusy, MessageGone } from './ports.ts';
import { type DrawnDigest, longWait, type Wait, type WaitList } from './waits.ts';

export interface SweepWaitsPorts extends ClosePorts {
  readonly threads: DrawHeadPorts['threads'];
  readonly cards: Pick<Cards, 'room' | 'post' | 'update' | 'attach'>;
  readonly waits: WaitList;
}

/** Reports and first messages that one minute tells, at most, and how long it begins further ones (milliseconds): sweep runs for 55 s. */
const mostTold = 30;
const longestTelling = 25_000;

/** What cannot be drawn for so long is let go; a first message says nothing that the report does not. Milliseconds. */
const longestDrawing = 60 * 60_000;

/**
 * Draws the digest if anything waits or did a minute ago, and tells what finds room now; one that fails does not keep the
 * others from it. Nothing is done where another sweep does it in this minute. Throws at the end if anything failed.
 *
 * @param open the incidents that are open: of others no question waits.
 * @param resting alarms that open none for a while.
 */
export async function tellWhatWaits(
  ports: SweepWaitsPorts,
  compiled: Compiled,
  open: readonly string[],
  resting: readonly Parked[],
): Promise<void> {
  const claimed = await ports.waits.claimDigest(Math.floor(ports.now() / 60_000));
  if (claimed === null) return;
  const waits = await stillWaiting(ports, await ports.waits.waits(), new Set(open));
  const failures: unknown[] = [];
  const attempt = async (work: () => Promise<boolean>): Promise<boolean> => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof ChannelBusy)) failures.push(error);
      return true;
    }
  };
  await attempt(() => drawDigest(ports, compiled, claimed, { waits, resting }));
  const began = ports.now();
  for (const kind of ['ending', 'head'] as const)
    for (const wait of waits.filter((one) => one.kind === kind).slice(0, mostTold))
      if (ports.now() - began > longestTelling || !(await attempt(() => told(ports, compiled, wait)))) break;
  if (failures.length > 0) throw failures[0];
}

/** The oldest first. */
async function stillWaiting(
  { waits: list }: SweepWaitsPorts,
  waits: readonly Wait[],
  open: ReadonlySet<string>,
): Promise<Wait[]> {
  const [over, waiting] = [[] as Wait[], [] as Wait[]];
  for (const wait of waits) (wait.kind === 'question' && !open.has(wait.incidentId) ? over : waiting).push(wait);
  for (const { kind, incidentId } of over) await list.dropWait(kind, incidentId);
  return waiting.toSorted((a, b) => a.since - b.since);
}

interface News {
  readonly waits: readonly Wait[];
  readonly resting: readonly Parked[];
}

async function drawDigest(
  ports: SweepWaitsPorts,
  compiled: Compiled,
  { place, drawn }: DrawnDigest,
  news: News,
): Promise<true> {
  const digest = await digestNow(ports, compiled, news);
  if (isEmpty(digest) && place === null) return true;
  const message = { kind: 'digest' as const, digest };
  const now = digestOf('digest/v1', message);
  if (now === drawn) return true;
  if (place !== null && (await isDrawn(ports, place, message)))
    // The next storm gets a message of its own, where people see it.
    await ports.waits.keepDigest(isEmpty(digest) ? { place: null, drawn: null } : { place, drawn: now });
  else if (!isEmpty(digest)) {
    const posted = await ports.cards.post(compiled.policy.safety.approval_channel, message);
    const { channel, messageTs } = posted.place;
    await ports.waits.keepDigest({ place: { channel, messageTs }, drawn: now });
  } else await ports.waits.keepDigest({ place: null, drawn: null });
  return true;
}

/** False where the message is gone, and another one is to be posted. */
async function isDrawn(
  { cards }: SweepWaitsPorts,
  place: NonNullable<DrawnDigest['place']>,
  message: Parameters<Cards['update']>[1],
): Promise<boolean> {
  try {
    await cards.update(place, message);
    return true;
  } catch (error) {
    if (error instanceof MessageGone) return false;
    throw error;
  }
}

async function digestNow(ports: SweepWaitsPorts, { policy }: Compiled, { waits, resting }: News): Promise<Digest> {
  const questions = waits.filter(({ kind }) => kind === 'question');
  const listed = await Promise.all(questions.slice(0, mostListed).map((wait) => questionOf(ports, wait)));
  return {
    perMinute: policy.slack.messages_per_minute,
    questions: { count: questions.length, listed },
    endings: waits.filter(({ kind }) => kind === 'ending').length,
    resting: resting.map(({ alarmName, incidents, until }) => ({
      alarmName,
      incidents,
      until: Math.floor((until ?? 0) / 1000),
    })),
  };
}

/** What it is about, as far as its chain says; these words decide nothing. */
async function questionOf({ writer }: SweepWaitsPorts, { incidentId, step, since }: Wait): Promise<WaitingQuestion> {
  const items = await writer.store.items(incidentId).catch(() => []);
  const { entries } = readChain(incidentId, items);
  const opened = entries.find(({ event }) => event?.kind === 'incident_opened')?.event;
  const planned = progressOf(entries).planned?.steps.find(({ number }) => number === step);
  return {
    incidentId,
    alarmName: opened?.kind === 'incident_opened' ? opened.alarmName : null,
    step,
    title: planned?.title ?? null,
    level: planned?.level ?? null,
    since: Math.floor(since / 1000),
  };
}

/** False where there is no more room now. */
async function told(ports: SweepWaitsPorts, compiled: Compiled, { kind, incidentId, since }: Wait): Promise<boolean> {
  if (kind === 'ending') {
    const isLate = ports.now() - since >= longWait;
    if (!(await ports.cards.room(isLate ? 'late' : 'card'))) return false;
    try {
      await tellLater(ports, compiled, incidentId);
    } catch (error) {
      if (error instanceof ChannelBusy) return false;
      throw error;
    }
  } else {
    let isBusy = false;
    const waits = {
      wait: async () => {
        isBusy = true;
      },
    };
    const scene = await readScene({ ...ports, alarm: async () => null }, incidentId);
    try {
      if (!scene.isNothing) await drawHead({ ...ports, waits }, compiled, scene);
    } catch (error) {
      if (ports.now() - since < longestDrawing) throw error;
    }
    if (isBusy) return false;
  }
  await ports.waits.dropWait(kind, incidentId);
  return true;
}
