/** tell: keeps the first message of an incident's thread as its chain says, and posts it where nobody has yet. Nothing waits for it. */

import type { Evidence } from '../alarm/evidence.ts';
import type { Compiled } from '../compiled.ts';
import { metricPicture, pictureWords } from '../picture/metric.ts';
import { type Measure, measuresOf } from '../report/measures.ts';
import { evidenceOf } from '../report/show.ts';
import { type ClosingScene, readScene } from './closing-scene.ts';
import { type DrawHeadPorts, drawHead } from './draw-head.ts';
import type { Cards } from './ports.ts';

export interface TellPorts extends Omit<DrawHeadPorts, 'cards'> {
  readonly cards: Pick<Cards, 'post' | 'update' | 'picture'>;
  /** What was observed about the alarm, as it lies in Work; the plan names it by its digest. */
  readEvidence(incidentId: string): Promise<readonly Evidence[]>;
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
 * Throws where it has to be called again, as `drawHead` does.
 */
export async function tell(ports: TellPorts, compiled: Compiled, { incidentId, places }: News): Promise<void> {
  const scene = await readScene({ ...ports, alarm: async () => null }, incidentId);
  if (scene.isNothing) return;
  await drawHead(ports, compiled, scene);
  await picture(ports, scene).catch(() => {});
  if (scene.broken === null) await count(ports, scene, places);
}

/** Whose answer it was counts only as far as the key tells, and there is no reason to read it where nobody answered. */
async function count(ports: TellPorts, { chain }: ClosingScene, places: readonly number[]): Promise<void> {
  const isAnswer = chain.entries.some(({ kind, sequence }) => kind === 'vote_signed' && places.includes(sequence));
  const key = isAnswer ? await ports.publicKey().catch(() => null) : null;
  for (const measure of measuresOf(chain.entries, places, key)) ports.measured(measure);
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
