/** Silence escalates: the card of a question that nobody answers goes to its next level, and after the last one a person is paged. */
import { askedPlace, levelAt, pageTopic } from '../approval/levels.ts';
import { type CardPlace, keyOf, type QuestionRecord, type StoredQuestion } from '../approval/record.ts';
import { type AuditWriter, append } from '../audit/append.ts';
import type { ChainReading } from '../audit/chain.ts';
import type { AuditEvent } from '../audit/entry.ts';
import { digest } from '../digest.ts';
import { redact } from '../redact.ts';
import { waitingPage } from '../report/page.ts';
import { levelOf, newestLevel } from '../report/silence.ts';
import { cardAt } from './end-card.ts';
import { type Cards, ChannelBusy, type ControlStore } from './ports.ts';

export interface EscalatePorts {
  readonly writer: AuditWriter;
  readonly control: Pick<ControlStore, 'delivered'>;
  readonly cards: Pick<Cards, 'post'>;
  /** Pages a person through the page topic. */
  page(subject: string, text: string): Promise<void>;
  /** Epoch milliseconds. */
  now(): number;
}

type Waiting = StoredQuestion & { readonly record: QuestionRecord };

/**
 * Sees to it that a question that waits is asked at the level it has come to, and returns it with its places as they are then, and
 * whether a person was paged just now. What
 * cannot be done is let go and done at the next tick: the entry comes last, and an effect without one is repeated. A level
 * whose time is over is passed over.
 */
export async function escalate(
  ports: EscalatePorts,
  stored: Waiting,
  chain: ChainReading,
): Promise<{ readonly stored: Waiting; readonly isPaged: boolean }> {
  const { question, digest: requestDigest } = stored.record;
  const level = levelAt(question, ports.now());
  const known = (id: string) => chain.entries.some(({ entryId }) => entryId === id);
  if (level === 1 || known(entryIdOf(requestDigest, level))) return { stored, isPaged: false };
  // Where a card is missing it is posted before anybody is paged to look at it.
  const shown = await asked(ports, stored, known);
  const isToPage = question.terms.levels[level - 1]?.place === pageTopic;
  return { stored: shown, isPaged: isToPage && (await paged(ports, shown, level)) };
}

/** Asks at the level that it has come to, or the last one before it that is in the messenger. */
async function asked(ports: EscalatePorts, stored: Waiting, known: (id: string) => boolean): Promise<Waiting> {
  const to = askedPlace(stored.record.question, ports.now());
  if (to === null || to.level === 1) return stored;
  const now = to.level > newestLevel(stored.places) ? await posted(ports, stored, to, known) : stored;
  const card = cardOf(now.places, to.level);
  if (card !== null && !known(entryIdOf(stored.record.digest, to.level))) await note(ports, now, to.level, card);
  return now;
}

/** The same for whoever says it again: once per question and level. */
function entryIdOf(requestDigest: string, level: number, kind = 'escalated'): string {
  return digest(`${kind}/v1`, [requestDigest, level]).slice(0, 32);
}

/** With the place of the new card; as it was, where it could not be posted. */
async function posted(
  ports: EscalatePorts,
  stored: Waiting,
  { level, place }: { level: number; place: string },
  known: (id: string) => boolean,
): Promise<Waiting> {
  try {
    const card = cardAt(stored, level, level, ports.now());
    if (card === null) throw new Error('what lies there as its card is not this question’s');
    const { place: there } = await ports.cards.post(place, { kind: 'question', card }, threadIn(stored, place));
    const at = { ...there, level };
    await ports.control.delivered(keyOf(stored.record.question), at, stored.record.card);
    const places = [...stored.places, at];
    return { ...stored, places, record: { ...stored.record, places } };
  } catch (error) {
    if (!(error instanceof ChannelBusy)) await noteFailure(ports, stored, level, place, error, known);
    return stored;
  }
}

/** In the thread of an earlier level's card where that is in the same place; a thread lies in one channel. */
function threadIn({ record, places }: Waiting, place: string): CardPlace | null {
  const { levels } = record.question.terms;
  const before = places.find((one) => levels[levelOf(one) - 1]?.place === place);
  return before ? { channel: before.channel, messageTs: before.threadTs ?? before.messageTs } : null;
}

function cardOf(places: readonly CardPlace[], level: number): CardPlace | null {
  return places.findLast((one) => levelOf(one) === level) ?? null;
}

/** Whether the page topic took it. */
async function paged(ports: EscalatePorts, stored: Waiting, level: number): Promise<boolean> {
  const { subject, text } = waitingPage(stored.record.question);
  try {
    await ports.page(subject, text);
  } catch {
    return false;
  }
  await note(ports, stored, level, null);
  return true;
}

async function note(ports: EscalatePorts, { record }: Waiting, level: number, card: CardPlace | null): Promise<void> {
  const { items, terms, incidentId } = record.question;
  const at = terms.levels[level - 1];
  const dispatch = items[0]?.dispatch;
  if (!at || !dispatch) return;
  const event: AuditEvent = {
    kind: 'approval_escalated',
    dispatch,
    requestDigest: record.digest,
    level,
    place: at.place,
    until: at.until,
    card: card && { channel: card.channel, messageTs: card.messageTs },
  };
  await once(ports, incidentId, event, entryIdOf(record.digest, level));
}

/** Once per level, so that a place that takes nothing fills no chain. */
async function noteFailure(
  ports: EscalatePorts,
  { record }: Waiting,
  level: number,
  place: string,
  error: unknown,
  known: (id: string) => boolean,
): Promise<void> {
  const id = entryIdOf(record.digest, level, 'not-escalated');
  const dispatch = record.question.items[0]?.dispatch;
  if (known(id) || !dispatch) return;
  const cause = redact(error instanceof Error ? error.message : 'unknown').slice(0, 400);
  const event: AuditEvent = { kind: 'approval_undeliverable', dispatch, why: `level ${level}, in ${place}: ${cause}` };
  await once(ports, record.question.incidentId, event, id);
}

/** What cannot be noted is noted at the next tick; people are asked all the same. */
async function once({ writer }: EscalatePorts, chain: string, event: AuditEvent, id: string): Promise<void> {
  await append(writer, chain, event, { id }).catch(() => {});
}
