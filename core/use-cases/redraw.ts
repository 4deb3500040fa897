/** Drawing a question that waits as it stands now, by settle at its tick and by decide after a vote: never over a decided one. */
import type { QuestionRecord, StoredQuestion } from '../approval/record.ts';
import { type GenuineVote, genuineVotes } from '../approval/votes.ts';
import type { PublicKey } from '../incident/kill-switch.ts';
import type { StopWords } from '../report/switch.ts';
import { endCard, type Given, redrawCard, saidLast } from './end-card.ts';
import type { Cards, ControlStore } from './ports.ts';

export interface RedrawPorts {
  readonly control: Pick<ControlStore, 'read'>;
  readonly cards: Pick<Cards, 'update' | 'reply'>;
  readonly publicKey: PublicKey;
  /** Epoch milliseconds. */
  now(): number;
}

/** A question that is read for drawing. */
export type Drawable = StoredQuestion & { readonly record: QuestionRecord };

/** Votes that come while it is drawn make it be drawn again, so often at most: the next tick draws it anyway. */
const mostTimes = 3;

/**
 * Draws it with those who approved so far. An answer that came meanwhile has drawn the card already, perhaps before this
 * did: it is drawn as decided once more, and one with further votes once more with these. What fails here decides nothing.
 *
 * @param tickSeconds As `redrawCard` has it.
 * @param stopped The stop in force, as far as the caller has looked.
 */
export async function redraw(
  ports: RedrawPorts,
  stored: Drawable,
  { votes: cast, ...known }: Given,
  tickSeconds: number | null,
  stopped: StopWords | null = null,
): Promise<void> {
  let [drawn, votes] = [stored, cast];
  for (let times = 1; times <= mostTimes; times += 1) {
    await redrawCard(ports.cards, drawn, {
      given: { ...known, votes },
      now: ports.now(),
      tickSeconds: times === 1 ? tickSeconds : null,
      stopped,
    });
    const now = await ports.control.read(drawn).catch(() => null);
    if (!isDrawable(now)) return;
    const given = await genuine(ports, now.record);
    if (now.record.status !== 'PENDING') return end(ports, now, given);
    if (given.length === votes.length && now.places.length === drawn.places.length) return;
    [drawn, votes] = [now, given];
  }
}

function isDrawable(stored: StoredQuestion | null): stored is Drawable {
  return stored !== null && stored.record !== null;
}

async function genuine(ports: RedrawPorts, { votes, digest }: QuestionRecord): Promise<GenuineVote[]> {
  return votes.length > 0 ? genuineVotes(votes, digest, await ports.publicKey()) : [];
}

async function end(ports: RedrawPorts, now: Drawable, given: readonly GenuineVote[]): Promise<void> {
  const { status } = now.record;
  if (status === 'PENDING') return;
  const ending = { status, ...saidLast(now.record, given) };
  await endCard(ports.cards, now, ending, ports.now());
}
