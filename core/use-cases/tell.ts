/** tell: keeps the first message of an incident's thread as its chain says, and posts it where nobody has yet. Nothing waits for it. */

import type { Evidence } from '../alarm/evidence.ts';
import type { CardPlace } from '../approval/record.ts';
import type { Compiled } from '../compiled.ts';
import { digest } from '../digest.ts';
import type { PublicKey } from '../incident/kill-switch.ts';
import { hasWords } from '../incident/spoken.ts';
import { metricPicture, pictureWords } from '../picture/metric.ts';
import { type Measure, measuresOf } from '../report/measures.ts';
import { evidenceOf } from '../report/show.ts';
import { type Ending, toldEnding } from '../report/told.ts';
import { type ClosingScene, findingsOf, headOf, lookedAt, readScene, type ScenePorts } from './closing-scene.ts';
import { type Cards, MessageGone } from './ports.ts';
import { type ThreadPorts, type ThreadStore, threadOf } from './thread.ts';

export interface TellPorts extends ScenePorts, Omit<ThreadPorts, 'threads' | 'cards'> {
  readonly threads: ThreadStore;
  readonly cards: Pick<Cards, 'post' | 'update' | 'picture'>;
  /** What was observed about the alarm, as it lies in Work; the plan names it by its digest. */
  readEvidence(incidentId: string): Promise<readonly Evidence[]>;
  readonly publicKey: PublicKey;
  measured(measure: Measure): void;
}

/** The name of the file in the thread. */
const pictureName = 'metric.png';

/** What was added: to which incident, and where in its chain. */
export interface News {
  readonly incidentId: string;
  readonly places: readonly number[];
}

/**
 * Draws how an incident stands, and counts what was added; what is delivered again after a failure may be counted twice.
 * What goes wrong while the incident goes on is let go, since the next entry draws it again; once it is over this throws,
 * and is to be called again.
 */
export async function tell(ports: TellPorts, compiled: Compiled, { incidentId, places }: News): Promise<void> {
  const scene = await readScene({ ...ports, alarm: async () => null }, incidentId);
  if (scene.isNothing) return;
  const isOver = scene.broken !== null || scene.progress.closed !== null;
  if (isOver) await draw(ports, compiled, await ended(ports, compiled, scene));
  else await draw(ports, compiled, { scene, ending: null, key: await keyFor(ports, scene) }).catch(() => {});
  await picture(ports, scene).catch(() => {});
  if (scene.broken === null) await count(ports, scene, places);
}

/** Whose answer it was counts only as far as the key tells, and there is no reason to read it where nobody answered. */
async function count(ports: TellPorts, { chain }: ClosingScene, places: readonly number[]): Promise<void> {
  const isAnswer = chain.entries.some(({ kind, sequence }) => kind === 'vote_signed' && places.includes(sequence));
  const key = isAnswer ? await ports.publicKey().catch(() => null) : null;
  for (const measure of measuresOf(chain.entries, places, key)) ports.measured(measure);
}

interface Told {
  readonly scene: ClosingScene;
  readonly ending: Ending | null;
  /** The approval key; null where nobody's word is to be told, or it could not be read. */
  readonly key: string | null;
}

/** How it ended, as `close` tells it: CloudWatch, Systems Manager, the burns and the signatures are asked. */
async function ended(ports: TellPorts, compiled: Compiled, read: ClosingScene): Promise<Told> {
  const { subject } = read;
  const alarm =
    subject?.kind === 'alarm' ? await ports.alarm(subject.alarmArn, subject.contributorId).catch(() => null) : null;
  const scene = await lookedAt(ports, { ...read, alarm }, compiled);
  const key = await ports.publicKey().catch(() => null);
  const claimed: Ending = read.progress.closed ?? { status: 'halted', cause: null };
  return { scene, ending: toldEnding(claimed, findingsOf(scene, compiled, key)), key };
}

/** Asked for only where somebody said more than yes: a head names nobody who approved. */
async function keyFor(ports: TellPorts, { chain }: ClosingScene): Promise<string | null> {
  return hasWords(chain.entries) ? ports.publicKey().catch(() => null) : null;
}

async function draw(ports: TellPorts, compiled: Compiled, told: Told): Promise<void> {
  const { incidentId } = told.scene;
  const message = headOf(told.scene, compiled, told.ending, told.key);
  const row = await ports.threads.thread(incidentId);
  if (row === null || row.place === null) {
    // Of an incident that is over everything was said; a first message now would only confuse. And whoever may append
    // could fill the channel with chains that do not say what they are about.
    if (told.ending === null && told.scene.subject !== null)
      await threadOf(ports, incidentId, compiled.policy.safety.approval_channel, () => message);
    return;
  }
  const drawn = digest('head/v1', message);
  if (row.drawn === drawn || isCard(told.scene, row.place)) return;
  await ports.cards.update(row.place, message).catch((error: unknown) => {
    if (!(error instanceof MessageGone)) throw error;
  });
  await ports.threads.drewThread(incidentId, drawn);
}

/** The metric around the alarm's change, once, below the first message. What fails is tried again with the next entry. */
async function picture(ports: TellPorts, { incidentId, progress }: ClosingScene): Promise<void> {
  if (progress.planned === null) return;
  const row = await ports.threads.thread(incidentId);
  if (!row?.place || row.pictured || !(await ports.threads.claimPicture(incidentId))) return;
  const named = evidenceOf(progress, { evidence: await ports.readEvidence(incidentId), outputs: [] });
  for (const { label, series } of named) {
    const png = series && metricPicture(series);
    if (png) await ports.cards.picture(row.place, pictureName, png, pictureWords(label, series));
  }
  await ports.threads.keptPicture(incidentId);
}

/** Whoever may write the work table could name the place of a card there, and so take its buttons away. */
function isCard({ chain }: ClosingScene, { messageTs }: CardPlace): boolean {
  return chain.entries.some(({ event }) => {
    if (event?.kind === 'approval_escalated') return event.card?.messageTs === messageTs;
    return event?.kind === 'approval_delivered' && event.messageTs === messageTs;
  });
}
