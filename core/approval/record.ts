/** A question as Control holds it: with its status, the current task token, where its cards are, and the votes on it. */
import * as z from 'zod';
import { Sha256 } from '../digest.ts';
import type { Dispatch } from '../dispatch.ts';
import { Envelope } from '../dsse.ts';
import { Question, questionPrefix, questionSortKey } from '../question.ts';
import { RequestStatus } from '../words.ts';

/** Where a message is: a channel of the messenger, its id there, and the id of the message in whose thread it is, if any. */
export const CardPlace = z.lazy(() =>
  z.strictObject({
    channel: z.string(),
    messageTs: z.string(),
    threadTs: z.string().exactOptional(),
    /** Through which app, in which workspace; absent where Slack did not say. */
    appId: z.string().exactOptional(),
    team: z.string().exactOptional(),
    /** Of a card: the level of silence at which it was posted; absent = the first. */
    level: z.int().min(2).exactOptional(),
  }),
);
export type CardPlace = z.infer<typeof CardPlace>;

export const QuestionRecord = z.lazy(() =>
  z.strictObject({
    question: Question,
    digest: Sha256,
    status: RequestStatus,
    token: z.string(),
    places: z.array(CardPlace),
    votes: z.array(Envelope),
    /** What its card showed, so that the card can be drawn again with its outcome. Decides nothing. */
    card: z.unknown(),
  }),
);
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

/** The attributes of a row beside its key, as they lie there; whatever they are, this never throws. */
export function storedQuestion(key: QuestionKey, row: Readonly<Record<string, unknown>>): StoredQuestion {
  const { incidentId, sortKey } = key;
  const parsed = QuestionRecord.safeParse(row).data ?? null;
  // A row that lies under another key than its own question's was put there by somebody else.
  const own = parsed && keyOf(parsed.question);
  const record = own && own.incidentId === incidentId && own.sortKey === sortKey ? parsed : null;
  const status = typeof row.status === 'string' ? row.status : null;
  return { incidentId, sortKey, status, places: record?.places ?? placesOf(row), record };
}

/** Of this format, or of the first release, which had one place. */
function placesOf({ places, channel, messageTs }: Readonly<Record<string, unknown>>): CardPlace[] {
  const rows: unknown[] = Array.isArray(places) ? places : [{ channel, messageTs }];
  return rows.flatMap((row) => CardPlace.safeParse(row).data ?? []);
}

/** Every row of Control that may be a question begins with one of these; the second is the first release's. */
export const questionPrefixes = ['QUESTION#', 'REQUEST#'] as const;

/** Whether a row is a question about this dispatch, of any revision, format and release. */
export function isAbout(sortKey: string, dispatch: Dispatch): boolean {
  const { step, part, attempt } = dispatch;
  return sortKey.startsWith(questionPrefix(dispatch)) || sortKey.startsWith(`REQUEST#${step}.${part}.${attempt}#`);
}

/** The newest revision of a dispatch's question among the rows of its incident; null when this release asked none. */
export function newestAbout(rows: readonly StoredQuestion[], dispatch: Dispatch): StoredQuestion | null {
  const own = rows.filter(({ sortKey }) => sortKey.startsWith(questionPrefix(dispatch)));
  return own.toSorted((a, b) => (a.sortKey < b.sortKey ? -1 : 1)).at(-1) ?? null;
}

/** The revision that a sort key names; null when it names none. */
export function revisionOf(sortKey: string): number | null {
  const [, digits] = /^QUESTION#[^#]*#([0-9]{4})$/.exec(sortKey) ?? [];
  return digits === undefined ? null : Number(digits);
}

/**
 * What of a question's row people read: everything but the task token that wakes the machine. Their policy allows these
 * attributes, and who reads for them asks for these.
 */
export const readableAttributes = ['pk', 'sk', 'question', 'digest', 'status', 'places', 'votes', 'card'] as const;
