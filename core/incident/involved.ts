/** Who has a part in what is asked, as signatures prove it: who began the incident, and who changed what is asked. */
import type { ReadEntry } from '../audit/chain.ts';
import type { Dispatch } from '../dispatch.ts';
import type { Person } from '../person.ts';
import { openVote } from '../question.ts';
import type { PublicKey } from './kill-switch.ts';

/** Somebody's signed word that made another question of this dispatch's. */
export interface Change {
  readonly dispatch: Dispatch;
  readonly by: Person;
}

/** The words that change what is asked: whoever says one has written the question, and approves it no more. */
const changingWords: readonly string[] = ['modify', 'input', 'narrow'];

/** The genuine changes among a chain's votes, in their order. A vote that nobody signed changes nothing and bars nobody. */
export async function changesIn(entries: readonly ReadEntry[], publicKey: PublicKey): Promise<Change[]> {
  const said = entries.flatMap(({ event }) =>
    event?.kind === 'vote_signed' && changingWords.includes(event.word) ? [event] : [],
  );
  if (said.length === 0) return [];
  const key = await publicKey();
  return said.flatMap(({ dispatch, envelope, questionDigest }) => {
    const vote = openVote(envelope, key);
    const isGenuine = typeof vote !== 'string' && vote.question === questionDigest;
    return isGenuine && changingWords.includes(vote.word) ? [{ dispatch, by: vote.by }] : [];
  });
}
