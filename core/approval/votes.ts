/** Votes as they lie in Control and in the chain, and which of them are genuine. */
import { canonicalJson, sha256 } from '../digest.ts';
import type { Envelope } from '../dsse.ts';
import type { Person } from '../person.ts';
import type { PolicyPerson } from '../policy/people.ts';
import { openVote, type Vote } from '../question.ts';

/** A vote that the approval key signed, with the envelope that proves it. */
export interface GenuineVote {
  readonly vote: Vote;
  readonly envelope: Envelope;
}

/** The people of the policy, as `countersign.yaml` lists them. */
export type People = readonly PolicyPerson[];

/**
 * The genuine votes on one question among these envelopes, in their order; what is not genuine, or about something else,
 * is left out.
 *
 * @param publicKey PEM (SubjectPublicKeyInfo) of the approval key.
 */
export function genuineVotes(envelopes: readonly Envelope[], question: string, publicKey: string): GenuineVote[] {
  return envelopes.flatMap((envelope) => {
    const vote = openVote(envelope, publicKey);
    return typeof vote !== 'string' && vote.question === question ? [{ vote, envelope }] : [];
  });
}

/**
 * The person whom the policy names for an identity, byte for byte; null when it names nobody. Messengers' own names are
 * never used, and no policy names the session of a role that is not in its trusted_session_roles.
 */
export function personOf(people: People, { via, id }: Pick<Person, 'via' | 'id'>): Person | null {
  const found = people.find(({ slack, iam }) => (via === 'slack' ? slack === id : iam.includes(id)));
  return found ? { name: found.name, via, id } : null;
}

/** The id of the audit entry that records a vote: `decide` and `settle` give the same one, so that it is recorded once. */
export function voteEntryId(envelope: Envelope): string {
  return sha256(canonicalJson(envelope)).slice(0, 32);
}
