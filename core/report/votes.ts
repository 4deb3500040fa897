/** Who answered what, by genuine votes alone: a name is told only when the approval key signed that person's word. */
import type { ReadEntry } from '../audit/chain.ts';
import type { Dispatch } from '../dispatch.ts';
import { type Envelope, openEnvelope, payloadTypes } from '../dsse.ts';
import { type Question, questionDigest, Vote } from '../question.ts';

/** A vote that the approval key signed, on a question of this incident that the chain holds. */
export interface GenuineVote extends Vote {
  readonly dispatches: readonly Dispatch[];
}

/** Envelopes that are looked at: an incident asks at most 150 questions. More were planted. */
const mostEnvelopes = 1_000;

/**
 * The genuine votes of an incident, in the order of its chain, each once. What a vote is about comes from the question
 * whose digest it signs, so that a vote of another incident, put into this chain, is nobody's word here.
 *
 * @param publicKey PEM of the approval key; null when it could not be read: then nobody is named.
 */
export function genuineVotes(
  incidentId: string,
  entries: readonly ReadEntry[],
  publicKey: string | null,
): GenuineVote[] {
  if (publicKey === null) return [];
  const questions = questionsOf(incidentId, entries);
  const envelopes = new Map(entries.flatMap(envelopesOf).map((envelope) => [JSON.stringify(envelope), envelope]));
  return [...envelopes.values()].slice(0, mostEnvelopes).flatMap((envelope) => {
    const vote = Vote.safeParse(openEnvelope(envelope, payloadTypes.vote, publicKey)).data;
    const question = vote && questions.get(vote.question);
    return question ? [{ ...vote, dispatches: question.items.map(({ dispatch }) => dispatch) }] : [];
  });
}

function questionsOf(incidentId: string, entries: readonly ReadEntry[]): Map<string, Question> {
  const asked = entries.flatMap(({ event }) =>
    event?.kind === 'approval_requested' && event.question?.incidentId === incidentId ? [event.question] : [],
  );
  return new Map(asked.map((question) => [questionDigest(question), question]));
}

function envelopesOf({ event }: ReadEntry): readonly Envelope[] {
  if (event?.kind === 'vote_signed') return [event.envelope];
  return event?.kind === 'dispatch_intended' ? (event.votes ?? []) : [];
}

/** The votes on a step's own command. */
export function votesOn(votes: readonly GenuineVote[], step: number): GenuineVote[] {
  return votes.filter(({ dispatches }) =>
    dispatches.some((dispatch) => dispatch.step === step && dispatch.part === 'run'),
  );
}
