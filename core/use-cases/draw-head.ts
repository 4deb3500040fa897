/** The first message of a thread, drawn as its chain says now; posted where nobody has yet. */
import type { CardPlace } from '../approval/record.ts';
import type { Compiled } from '../compiled.ts';
import { digest } from '../digest.ts';
import type { PublicKey } from '../incident/kill-switch.ts';
import { hasWords } from '../incident/spoken.ts';
import { type Ending, toldEnding } from '../report/told.ts';
import { type ClosingScene, findingsOf, headOf, lookedAt, type ScenePorts } from './closing-scene.ts';
import { type Cards, ChannelBusy, MessageGone } from './ports.ts';
import { type ThreadPorts, type ThreadStore, threadOf } from './thread.ts';
import type { WaitStore } from './waits.ts';

export interface DrawHeadPorts extends ScenePorts, Omit<ThreadPorts, 'threads' | 'cards'> {
  readonly threads: ThreadStore;
  readonly cards: Pick<Cards, 'post' | 'update'>;
  readonly waits: Pick<WaitStore, 'wait'>;
  readonly publicKey: PublicKey;
}

/**
 * Draws how an incident stands, as `scene` has read it without its alarm. Where the channel takes no more now, that is
 * noted, and `sweep` draws it later. What else goes wrong while the incident goes on is let go, since the next entry draws
 * it again; once it is over this throws, and is to be called again.
 */
export async function drawHead(ports: DrawHeadPorts, compiled: Compiled, scene: ClosingScene): Promise<void> {
  const isOver = scene.broken !== null || scene.progress.closed !== null;
  try {
    if (isOver) await draw(ports, compiled, await ended(ports, compiled, scene));
    else await draw(ports, compiled, { scene, ending: null, key: await keyFor(ports, scene) });
  } catch (error) {
    if (error instanceof ChannelBusy)
      await ports.waits.wait({ kind: 'head', incidentId: scene.incidentId, step: null });
    else if (isOver) throw error;
  }
}

interface Told {
  readonly scene: ClosingScene;
  readonly ending: Ending | null;
  /** The approval key; null where nobody's word is to be told, or it could not be read. */
  readonly key: string | null;
}

/** How it ended, as `close` tells it: CloudWatch, Systems Manager, the burns and the signatures are asked. */
async function ended(ports: DrawHeadPorts, compiled: Compiled, read: ClosingScene): Promise<Told> {
  const { subject } = read;
  const alarm =
    subject?.kind === 'alarm' ? await ports.alarm(subject.alarmArn, subject.contributorId).catch(() => null) : null;
  const scene = await lookedAt(ports, { ...read, alarm }, compiled);
  const key = await ports.publicKey().catch(() => null);
  const claimed: Ending = read.progress.closed ?? { status: 'halted', cause: null };
  return { scene, ending: toldEnding(claimed, findingsOf(scene, compiled, key)), key };
}

/** Asked for only where somebody said more than yes: a head names nobody who approved. */
async function keyFor(ports: DrawHeadPorts, { chain }: ClosingScene): Promise<string | null> {
  return hasWords(chain.entries) ? ports.publicKey().catch(() => null) : null;
}

async function draw(ports: DrawHeadPorts, compiled: Compiled, told: Told): Promise<void> {
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

/** Whoever may write the work table could name the place of a card there, and so take its buttons away. */
function isCard({ chain }: ClosingScene, { messageTs }: CardPlace): boolean {
  return chain.entries.some(({ event }) => {
    if (event?.kind === 'approval_escalated') return event.card?.messageTs === messageTs;
    return event?.kind === 'approval_delivered' && event.messageTs === messageTs;
  });
}
