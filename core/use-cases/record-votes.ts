/** Recording what people answered: each vote once, each refusal once per person and question, whoever comes first. */
import { type GenuineVote, voteEntryId } from '../approval/votes.ts';
import { type AppendHints, type AuditWriter, append } from '../audit/append.ts';
import { type ChainReading, readChain } from '../audit/chain.ts';
import type { EventOf } from '../audit/entry.ts';
import { digest } from '../digest.ts';
import { dispatchName } from '../dispatch.ts';
import type { Person } from '../person.ts';
import { type Question, questionDigest } from '../question.ts';
import type { Reference } from '../reference.ts';

/**
 * Appends the votes that the incident's chain does not have. Throws what reading and appending throw.
 *
 * @param chain As it was read a moment ago; without it it is read here.
 */
export async function recordVotes(
  writer: AuditWriter,
  question: Question,
  votes: readonly GenuineVote[],
  chain?: ChainReading,
): Promise<void> {
  const { incidentId, items } = question;
  const dispatch = items[0]?.dispatch;
  if (!dispatch || votes.length === 0) return;
  const { entries, head } = chain ?? (await readIncident(writer, incidentId));
  let hint: AppendHints = { head };
  const known = new Set(entries.map(({ entryId }) => entryId));
  for (const { vote, envelope } of votes) {
    const id = voteEntryId(envelope);
    if (known.has(id)) continue;
    const { word, by } = vote;
    const event = {
      kind: 'vote_signed' as const,
      dispatch,
      questionDigest: questionDigest(question),
      word,
      by,
      envelope,
    };
    await append(writer, incidentId, event, { id, ...hint });
    hint = {};
  }
}

/**
 * Appends that an answer did not count, once per person and question, so that clicking fills no chain; about an incident
 * without a chain nothing is written.
 *
 * @param about The question's digest; null when it is not known here.
 */
export async function recordRefusal(
  writer: AuditWriter,
  { incidentId, dispatch }: Reference,
  about: string | null,
  said: Pick<EventOf<'vote_refused'>, 'by' | 'decision' | 'why'>,
  chain?: ChainReading,
): Promise<void> {
  const { entries, head } = chain ?? (await readIncident(writer, incidentId));
  const reference = dispatchName(dispatch);
  const id = digest('vote-refused/v1', [incidentId, about ?? reference, said.by.id]).slice(0, 32);
  if (head === null || entries.some(({ entryId }) => entryId === id)) return;
  const event = { kind: 'vote_refused' as const, reference, ...said };
  await append(writer, incidentId, event, { id, head }).catch(unlessThere(writer, incidentId, id));
}

/** At the same moment the person may have said something else in vain: then that is the one entry of theirs. */
function unlessThere(writer: AuditWriter, incidentId: string, id: string) {
  return async (error: unknown): Promise<null> => {
    const { entries } = await readIncident(writer, incidentId);
    if (entries.some(({ entryId }) => entryId === id)) return null;
    throw error;
  };
}

/**
 * Appends that somebody is on it, once per person and incident: whether it is news. About an incident without a chain, or
 * one that is over, nothing is written, and nothing is news.
 */
export async function recordAcknowledged(
  writer: AuditWriter,
  { incidentId, dispatch }: Reference,
  by: Person,
  chain?: ChainReading,
): Promise<boolean> {
  const { entries, head } = chain ?? (await readIncident(writer, incidentId));
  const id = digest('acknowledged/v1', [incidentId, by.name]).slice(0, 32);
  if (head === null || entries.some(({ entryId }) => entryId === id)) return false;
  const event = { kind: 'acknowledged' as const, by, reference: dispatchName(dispatch) };
  return (await append(writer, incidentId, event, { id, head }).catch(unlessThere(writer, incidentId, id))) !== null;
}

/** Throws what reading throws. */
export async function readIncident(writer: AuditWriter, incidentId: string): Promise<ChainReading> {
  return readChain(incidentId, await writer.store.items(incidentId));
}
