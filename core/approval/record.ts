/** A question as Control holds it: with its status, the current task token, where its cards are, and the votes on it. */
import * as z from 'zod';
import { Sha256 } from '../digest.ts';
import { Envelope } from '../dsse.ts';
import { Question, questionSortKey } from '../question.ts';
import { RequestStatus } from '../words.ts';

/** Where a card is: a channel of the messenger, and the message's id in it. */
export const CardPlace = z.strictObject({ channel: z.string(), messageTs: z.string() });
export type CardPlace = z.infer<typeof CardPlace>;

export const QuestionRecord = z.strictObject({
  question: Question,
  digest: Sha256,
  status: RequestStatus,
  token: z.string(),
  places: z.array(CardPlace),
  votes: z.array(Envelope),
  /** What its card showed, so that the card can be drawn again with its outcome. Decides nothing. */
  card: z.unknown(),
});
export type QuestionRecord = z.infer<typeof QuestionRecord>;

/** A row of Control under an incident. `record` is null for a row of another format, which can only be superseded. */
export interface StoredQuestion {
  readonly incidentId: string;
  readonly sortKey: string;
  readonly status: string | null;
  /** Where its card is, as far as the row says. */
  readonly places: readonly CardPlace[];
  readonly record: QuestionRecord | null;
}

/** The key of a question in Control. */
export interface QuestionKey {
  readonly incidentId: string;
  readonly sortKey: string;
}

export function keyOf({ incidentId, items, revision }: Question): QuestionKey {
  const [first] = items;
  if (!first) throw new TypeError('a question has at least one item');
  return { incidentId, sortKey: questionSortKey(first.dispatch, revision) };
}
