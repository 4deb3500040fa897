/** Closing: the closing entry first, then cards are withdrawn, people are told, and only then the incident leaves the OPEN list. */
import { standingApprovals } from '../answers.ts';
import { type AuditWriter, append, begin, ChainBroken } from '../audit/append.ts';
import { disbelief, readChain, recoveryChain } from '../audit/chain.ts';
import type { EventOf } from '../audit/entry.ts';
import type { Compiled } from '../compiled.ts';
import type { PublicKey } from '../incident/kill-switch.ts';
import { progressOf } from '../incident/progress.ts';
import { spokenIn } from '../incident/spoken.ts';
import { byName } from '../report/host-names.ts';
import { pageOf } from '../report/page.ts';
import type { ShownOutputs } from '../report/show.ts';
import { causeOf, summaryOf, unsureSteps } from '../report/summary.ts';
import { brokenEnding, type Ending, toldEnding } from '../report/told.ts';
import { fateOf } from '../report/words.ts';
import { epochOf } from '../time.ts';
import type { IncidentStatus } from '../words.ts';
import {
  type ClosingScene,
  closingFacts,
  findingsOf,
  headOf,
  lookedAt,
  readScene,
  type ScenePorts,
} from './closing-scene.ts';
import { endCard } from './end-card.ts';
import { openedEvent } from './opening.ts';
import { type Cards, ChannelBusy, type ControlStore } from './ports.ts';
import { recoveredSince } from './supersede.ts';
import { type ThreadPorts, threadOf } from './thread.ts';
import type { WaitStore } from './waits.ts';

export type Doorbells = NonNullable<EventOf<'incident_closed'>['doorbells']>;

export interface ClosePorts extends ScenePorts, Omit<ThreadPorts, 'cards'> {
  readonly writer: AuditWriter;
  readonly control: Pick<ControlStore, 'list' | 'end'>;
  readonly cards: Pick<Cards, 'post' | 'update' | 'attach'>;
  readonly waits: Pick<WaitStore, 'wait'>;
  readonly publicKey: PublicKey;
  shown(incidentId: string): Promise<ShownOutputs>;
  /** What was counted on the incident's OPEN item; null when there is no such item. */
  doorbells(incidentId: string): Promise<Doorbells | null>;
  /** Pages a person through the page topic. */
  page(subject: string, text: string): Promise<void>;
  /** Deletes the incident's OPEN item and lock. */
  release(incidentId: string): Promise<void>;
}

/** Endings that a person must learn of even if nobody reads the channel. */
const paged: readonly IncidentStatus[] = ['halted', 'failed', 'aborted', 'expired', 'unverified', 'no_match'];

/**
 * Closes an incident; running it again finishes what a crash left undone. People are told while the OPEN item is there,
 * which nobody but close and sweep may delete; what a chain says of their having been told is no reason not to. Where the
 * channel takes no more now, the report waits there and `sweep` posts it; who is to be paged is paged at once.
 * Throws when nobody could be told, so that the incident stays OPEN and `sweep` comes back to it.
 */
export async function close(
  ports: ClosePorts,
  compiled: Compiled,
  { incidentId, status, cause }: { incidentId: string } & Ending,
): Promise<IncidentStatus> {
  const scene = await readScene(ports, incidentId);
  const doorbells = await ports.doorbells(incidentId);
  if (scene.isNothing) {
    await ports.release(incidentId);
    return status;
  }
  const key = await ports.publicKey().catch(() => null);
  const findings = findingsOf(scene, compiled, key);
  const entered = await enter(ports, compiled, scene, toldEnding({ status, cause }, findings), doorbells);
  const ending = toldEnding(entered.ending, { ...findings, broken: entered.broken });
  if (entered.by === 'another' || (entered.by === 'earlier' && doorbells === null)) return ending.status;
  await withdraw(ports, scene);
  const looked = await lookedAt(ports, { ...scene, broken: entered.broken }, compiled);
  const { attach, ...told } = await tell(ports, compiled, looked, ending, key);
  await ports.release(incidentId);
  if (told.slack || told.paged)
    await note(ports, entered.chain, { kind: 'people_told', incidentId, status: ending.status, ...told });
  if (told.slack) await recount(ports, looked, key);
  await attach();
  return ending.status;
}

/**
 * Tells the channel how an incident ended whose report found no room there when it was closed. Throws ChannelBusy where it
 * finds none now, and whatever else speaks against it.
 */
export async function tellLater(ports: ClosePorts, compiled: Compiled, incidentId: string): Promise<void> {
  const scene = await readScene(ports, incidentId);
  const key = await ports.publicKey().catch(() => null);
  const { closed } = scene.progress;
  // A row that somebody put there tells nothing of an incident that goes on.
  if (scene.isNothing || (scene.broken === null && closed === null)) return;
  const ending = toldEnding(closed ?? brokenEnding(scene.broken ?? ''), findingsOf(scene, compiled, key));
  const looked = await lookedAt(ports, scene, compiled);
  const attach = await report(ports, compiled, looked, ending, key);
  const told = { kind: 'people_told' as const, incidentId, status: ending.status, slack: true, paged: false };
  await note(ports, scene.broken === null ? incidentId : recoveryChain(incidentId), told);
  await recount(ports, looked, key);
  await attach();
}

interface Entered {
  /** Where the closing entry lies. */
  readonly chain: string;
  readonly ending: Ending;
  readonly broken: string | null;
  /** Who wrote the closing entry: this call, an earlier one, or another closer a moment ago, who tells people then. */
  readonly by: 'this' | 'earlier' | 'another';
}

/** Sees to it that there is a closing entry: in the incident's chain, or beside it when that takes none. */
async function enter(
  ports: ClosePorts,
  compiled: Compiled,
  scene: ClosingScene,
  ending: Ending,
  doorbells: Doorbells | null,
): Promise<Entered> {
  const { incidentId, broken } = scene;
  if (broken !== null) return recover(ports, incidentId, broken);
  const chain = incidentId;
  const { closed } = scene.progress;
  if (closed) return { chain, ending: closed, broken, by: 'earlier' };
  const event = {
    kind: 'incident_closed' as const,
    ...ending,
    ...(doorbells && doorbells.rung > 0 ? { doorbells } : {}),
  };
  try {
    await ensureOpened(ports, compiled, scene);
    if (await append(ports.writer, chain, event)) return { chain, ending, broken, by: 'this' };
  } catch (error) {
    if (!(error instanceof ChainBroken)) throw error;
    return recover(ports, incidentId, error.message);
  }
  const now = readChain(chain, await ports.writer.store.items(chain));
  const { closed: theirs } = progressOf(now.entries);
  if (theirs) return { chain, ending: theirs, broken, by: 'another' };
  return recover(ports, incidentId, disbelief(now) ?? 'it takes no closing entry');
}

/** What a crashed triage opened, and nothing ever began, gets its opening, so that the chain says what it is about. */
async function ensureOpened(
  ports: ClosePorts,
  compiled: Compiled,
  { incidentId, progress, subject, alarm }: ClosingScene,
) {
  if (progress.entries > 0 || subject?.kind !== 'alarm') return;
  await begin(ports.writer, incidentId, openedEvent(subject, compiled, alarm));
}

/** The closing of a broken chain lies beside it. If that chain is broken too, people are told all the same. */
async function recover(ports: ClosePorts, incidentId: string, broken: string): Promise<Entered> {
  const chain = recoveryChain(incidentId);
  const ending = brokenEnding(broken);
  const entered = { chain, ending, broken };
  const { entries } = readChain(chain, await ports.writer.store.items(chain));
  if (progressOf(entries).closed) return { ...entered, by: 'earlier' };
  try {
    if (await append(ports.writer, chain, { kind: 'incident_closed', ...ending })) return { ...entered, by: 'this' };
    const now = readChain(chain, await ports.writer.store.items(chain));
    // What lies there may keep the closing out of it, and must not keep people from hearing.
    return { ...entered, by: progressOf(now.entries).closed ? 'another' : 'earlier' };
  } catch (error) {
    if (!(error instanceof ChainBroken)) throw error;
    return { ...entered, by: 'earlier' };
  }
}

/**
 * Cards are texts for people: one that cannot be withdrawn must not keep the others from hearing how it ended. One that was
 * withdrawn before is drawn so again, since whoever withdrew it may have come no further.
 */
async function withdraw(ports: ClosePorts, { incidentId, alarm, chain }: ClosingScene): Promise<void> {
  const ended = recoveredSince(alarm) ?? 'The incident ended.';
  for (const question of await ports.control.list(incidentId).catch(() => [])) {
    const isNew = question.status === 'PENDING' && (await ports.control.end(question, 'WITHDRAWN').catch(() => false));
    if (!isNew && question.status !== 'WITHDRAWN') continue;
    const before = chain.entries.find(
      ({ event }) => event?.kind === 'approval_withdrawn' && event.requestDigest === question.record?.digest,
    );
    const reason = before?.event?.kind === 'approval_withdrawn' ? before.event.why : ended;
    const at = before ? epochOf(before.at) : ports.now();
    await endCard(ports.cards, question, { status: 'WITHDRAWN', reason }, at);
  }
}

/** What came of what was approved, on its card. People are told already: a card that cannot be drawn again stays as it is. */
async function recount(ports: ClosePorts, scene: ClosingScene, key: string | null): Promise<void> {
  const { incidentId, chain, broken, progress } = scene;
  if (broken !== null) return;
  const answers = spokenIn(incidentId, chain.entries, key);
  const replaced = new Set(
    chain.entries.flatMap(({ event }) => (event?.kind === 'approval_superseded' ? (event.requestDigest ?? []) : [])),
  );
  const questions = await ports.control.list(incidentId).catch(() => []);
  // At once: the function has a minute for everything, and Slack may take its time.
  const drawn = questions.map(async (stored) => {
    const own = answers.filter(({ question }) => question === stored.record?.digest).map((vote) => ({ vote }));
    const kind = stored.record?.question.kind ?? 'approve';
    const given = standingApprovals(kind, own).map(({ vote }) => vote);
    const asked = stored.record?.question.items[0]?.dispatch;
    const last = given.at(-1);
    // A card that was replaced says so already, and what went out under the next one did not come of it.
    if (stored.status !== 'APPROVED' || !asked || !last || replaced.has(last.question)) return;
    const runs = progress.dispatches.filter(
      ({ dispatch: { step, part, attempt }, burn }) =>
        step === asked.step &&
        part === asked.part &&
        attempt === asked.attempt &&
        (burn === null || burn.questionDigest === last.question),
    );
    const came = byName(progress)(fateOf(runs, 'audit').words);
    const ending = { status: 'APPROVED' as const, reason: '', by: given.map(({ by }) => by), came };
    await endCard(ports.cards, stored, ending, epochOf(last.at));
  });
  await Promise.all(drawn);
}

/**
 * Tells the channel, and pages where the channel is not enough. Throws when neither took it. `attach` puts what has no room
 * in the message below it; a file takes three calls, for which neither page nor release may wait.
 */
async function tell(
  ports: ClosePorts,
  compiled: Compiled,
  scene: ClosingScene,
  ending: Ending,
  key: string | null,
): Promise<{ slack: boolean; paged: boolean; attach: () => Promise<unknown> }> {
  const { incidentId } = scene;
  const { status } = ending;
  const { attach, waits } = await report(ports, compiled, scene, ending, key).then(
    (attaching) => ({ attach: attaching, waits: false }),
    async (error: unknown) => ({
      attach: null,
      waits: error instanceof ChannelBusy && (await isNoted(ports, incidentId)),
    }),
  );
  const slack = attach !== null;
  const isPaged =
    ((!slack && !waits) || paged.includes(status)) &&
    (await succeeds(async () => {
      const facts = closingFacts(scene, compiled, ending, key, ports.now());
      const { alarmName } = facts;
      const unsure = unsureSteps(facts);
      const page = pageOf({ incidentId, status, alarmName, cause: causeOf(facts), unsure, inSlack: slack });
      return ports.page(page.subject, page.text);
    }));
  if (!slack && !isPaged && !waits)
    throw new Error(
      `close: incident ${incidentId} ended as ${status}, but neither Slack nor the page topic took the message`,
    );
  return { slack, paged: isPaged, attach: attach ?? (async () => {}) };
}

function isNoted({ waits }: ClosePorts, incidentId: string): Promise<boolean> {
  return succeeds(() => waits.wait({ kind: 'ending', incidentId, step: null }));
}

/** Posts how it ended; answers with what puts below it what it has no room for. Throws when it was not posted. */
async function report(
  ports: ClosePorts,
  compiled: Compiled,
  scene: ClosingScene,
  ending: Ending,
  key: string | null,
): Promise<() => Promise<unknown>> {
  const { incidentId } = scene;
  const facts = closingFacts(scene, compiled, ending, key, ports.now());
  const channel = compiled.policy.safety.approval_channel;
  const [shown, thread] = await Promise.all([
    ports.shown(incidentId).catch(() => ({ evidence: [], outputs: [] })),
    threadOf(ports, incidentId, channel, () => headOf(scene, compiled, ending, key)),
  ]);
  const { place, rest } = await ports.cards.post(channel, summaryOf(facts, shown), thread);
  if (rest === null) return async () => {};
  return () => succeeds(() => ports.cards.attach(place, `${incidentId}-outputs.txt`, rest));
}

/** A note of the audit that decides nothing: people have been told whether or not it can be written. */
async function note(ports: ClosePorts, chain: string, event: EventOf<'people_told'>): Promise<void> {
  await succeeds(() => append(ports.writer, chain, event));
}

function succeeds(attempt: () => Promise<unknown>): Promise<boolean> {
  return attempt().then(
    () => true,
    () => false,
  );
}
