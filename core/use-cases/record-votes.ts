/** Recording what people answered: each vote once, each refusal once per person and question, whoever comes first. */
import { type GenuineVote, voteEntryId } from '../approval/votes.ts';
import { type AppendHints, type AuditWriter, append } from '../audit/append.ts';
import { type ChainReading, readChain } from '../audit/chain.ts';
import type { EventOf } from '../audit/entry.ts';
import { digest } from '../digest.ts';
import { dispatchName } from '../dispatch.ts';
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
  await append(writer, incidentId, { kind: 'vote_refused', reference, ...said }, { id, head });
}

/** Throws what reading throws. */
export async function readIncident(writer: AuditWriter, incidentId: string): Promise<ChainReading> {
  return readChain(incidentId, await writer.store.items(incidentId));
}
