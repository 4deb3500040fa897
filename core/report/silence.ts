/** What a card says of silence: the level at which it is asked, where nobody answered, and what comes next. */
import { levelAt, pageTopic } from '../approval/levels.ts';
import type { CardPlace } from '../approval/record.ts';
import type { ReadEntry } from '../audit/chain.ts';
import type { Question } from '../question.ts';
import { epochOf } from '../time.ts';

export interface Silence {
  /** The level of this card, counted from 1, and how many there are. */
  readonly level: number;
  readonly of: number;
  /** Who is called at this level: the messenger's id of a member or a group; null = only those who may approve. */
  readonly mention: string | null;
  /** Places of the levels before this one, in which nobody answered, each once; ids or names. */
  readonly before: readonly string[];
  /** Where it went on after this card; null while this is the newest. `at` in epoch seconds: when its level began. */
  readonly movedTo: { readonly place: string; readonly at: number } | null;
  /** What happens unless somebody answers before `at` (epoch seconds): a place, or null = a person is paged. Null itself = it expires. */
  readonly next: { readonly place: string | null; readonly at: number } | null;
  /** Epoch seconds of the level at which a person was paged, which the page topic took; null = not yet, or never. */
  readonly pagedAt: number | null;
}

/**
 * Of the card at one of the question's places, at `now` (epoch milliseconds). Null where there is nothing to say.
 *
 * @param newest The highest level that has a card.
 * @param paged Whether the chain says that a person was paged (`wasPaged`): the clock alone does not tell whether anybody was.
 */
export function silenceOf(
  question: Pick<Question, 'terms'>,
  level: number,
  newest: number,
  now: number,
  paged: boolean,
): Silence | null {
  const { levels } = question.terms;
  const own = levels[level - 1];
  if (!own || (levels.length === 1 && own.mention === null)) return null;
  const begins = (of: number) => seconds(levels[of - 2]?.until);
  const reached = levelAt(question, now);
  const moved = newest > level ? levels[newest - 1] : undefined;
  const after = levels[reached];
  return {
    level,
    of: levels.length,
    mention: moved ? null : own.mention,
    before: [...new Set(levels.slice(0, level - 1).map(({ place }) => place))],
    movedTo: moved ? { place: moved.place, at: begins(newest) } : null,
    next: after ? { place: after.place === pageTopic ? null : after.place, at: begins(reached + 1) } : null,
    pagedAt: paged && levels[reached - 1]?.place === pageTopic ? begins(reached) : null,
  };
}

/** Whether a chain says that the page topic took a page for a question. */
export function wasPaged(entries: readonly ReadEntry[], requestDigest: string): boolean {
  return entries.some(
    ({ event }) =>
      event?.kind === 'approval_escalated' && event.requestDigest === requestDigest && event.place === pageTopic,
  );
}

/** The level at which a card was posted. */
export function levelOf({ level = 1 }: CardPlace): number {
  return level;
}

/** The highest level that has a card; 0 when none has. */
export function newestLevel(places: readonly CardPlace[]): number {
  return Math.max(0, ...places.map(levelOf));
}

function seconds(iso: string | undefined): number {
  return Math.floor(epochOf(iso ?? '') / 1000);
}
