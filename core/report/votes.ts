/** Who answered what, by genuine votes alone: a name is told only when the approval key signed that person's word. */
import type { ReadEntry } from '../audit/chain.ts';
import type { Dispatch } from '../dispatch.ts';
import type { Envelope } from '../dsse.ts';
import { openVote, type Question, questionDigest, type Vote } from '../question.ts';

/** What a person said to a question of this incident that the chain holds. */
export interface Answer extends Vote {
  readonly dispatches: readonly Dispatch[];
}

/** Envelopes that are looked at: an incident asks at most 150 questions. More were planted. */
const mostEnvelopes = 1_000;

/**
 * The genuine votes of an incident, question by question, each once. What a vote is about comes from the question whose
 * digest it signs, so that a vote of another incident, put into this chain, is nobody's word here.
 *
 * @param publicKey PEM of the approval key; null when it could not be read: then nobody is named.
 */
export function answersIn(incidentId: string, entries: readonly ReadEntry[], publicKey: string | null): Answer[] {
  if (publicKey === null) return [];
  const envelopes = new Map(entries.flatMap(envelopesOf).map((envelope) => [JSON.stringify(envelope), envelope]));
  const votes = [...envelopes.values()].slice(0, mostEnvelopes).flatMap((envelope) => {
    const vote = openVote(envelope, publicKey);
    return typeof vote === 'string' ? [] : [vote];
  });
  const ofQuestion = Map.groupBy(votes, ({ question }) => question);
  return questionsOf(incidentId, entries).flatMap(([question, { items }]) =>
    (ofQuestion.get(question) ?? []).map((vote) => ({ ...vote, dispatches: items.map(({ dispatch }) => dispatch) })),
  );
}

/** The questions of this incident in the chain, by digest, each once. */
function questionsOf(incidentId: string, entries: readonly ReadEntry[]): [string, Question][] {
  const asked = entries.flatMap(({ event }) =>
    event?.kind === 'approval_requested' && event.question?.incidentId === incidentId ? [event.question] : [],
  );
  return [...new Map(asked.map((question) => [questionDigest(question), question]))];
}

function envelopesOf({ event }: ReadEntry): readonly Envelope[] {
  if (event?.kind === 'vote_signed') return [event.envelope];
  return event?.kind === 'dispatch_intended' ? (event.votes ?? []) : [];
}

/** The answers on a step's own command. */
export function answersOn(answers: readonly Answer[], step: number): Answer[] {
  return answers.filter(({ dispatches }) =>
    dispatches.some((dispatch) => dispatch.step === step && dispatch.part === 'run'),
  );
}
