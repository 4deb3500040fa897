/** What people may answer to a question, what each word does to it, and how it stands after them: one table, one fold. */
import type { QuestionItem, Vote } from './question.ts';
import { epochOf } from './time.ts';
import type { AnswerWord, QuestionKind } from './words.ts';

/**
 * `approves` counts towards the quorum; `rejects` ends it with no; `answers` ends it with something that the gate acts
 * upon; `takes_back` undoes the same person's approval.
 */
export type Effect = 'approves' | 'rejects' | 'answers' | 'takes_back';

/** To let people say more, add it here: cards, modals, `decide`, `settle` and the kernel read this. */
const effects: Readonly<Record<QuestionKind, Partial<Record<AnswerWord, Effect>>>> = {
  approve: {
    approve: 'approves',
    reject: 'rejects',
    skip: 'answers',
    modify: 'answers',
    narrow: 'answers',
    revoke: 'takes_back',
  },
  plan: { approve: 'approves', reject: 'rejects', revoke: 'takes_back' },
  // Cards of the release before this one say `approve` for what is confirmed now.
  manual: { confirm: 'approves', approve: 'approves', reject: 'rejects', skip: 'answers', revoke: 'takes_back' },
  choose: { choose: 'answers', reject: 'rejects', skip: 'answers' },
  input: { input: 'answers', reject: 'rejects', skip: 'answers' },
  failure: { continue: 'answers', retry: 'answers', skip: 'answers', abort: 'answers' },
};

/** What a word does to a question of this kind; null for what is no answer to it, which counts as no. */
export function effectOf(kind: QuestionKind, word: string): Effect | null {
  const known = effects[kind];
  return Object.hasOwn(known, word) ? (known[word as AnswerWord] ?? null) : null;
}

/** Whether nothing runs by this word that would not run without it: it ends the question with no, or takes an approval back. */
export function onlyTakesAway(kind: QuestionKind, word: string): boolean {
  const effect = effectOf(kind, word);
  return effect === 'rejects' || effect === 'takes_back';
}

/** The words that a question of this kind takes, in the order in which they are offered. */
export function wordsOf(kind: QuestionKind): AnswerWord[] {
  return Object.keys(effects[kind]) as AnswerWord[];
}

/** What may be changed of an item: only a step's own command, since a way back belongs to the run that it undoes. */
export function mayBeAmended({ dispatch }: Pick<QuestionItem, 'dispatch'>): boolean {
  return dispatch.part === 'run';
}

type Cast = { readonly vote: Pick<Vote, 'word' | 'by'> };

/**
 * The status of a question after these genuine votes, in the order in which they were taken. An approval that is taken back
 * before the quorum leaves it waiting; afterwards it ends the question, which is asked anew.
 *
 * @param isEnough Whether these votes, each a distinct person's standing approval, complete it.
 */
export function statusOf<T extends Cast>(
  kind: QuestionKind,
  votes: readonly T[],
  isEnough: (approvals: readonly T[]) => boolean,
): 'PENDING' | 'APPROVED' | 'ANSWERED' | 'REJECTED' {
  let approvals: readonly T[] = [];
  for (const cast of votes) {
    const others = approvals.filter(({ vote }) => vote.by.name !== cast.vote.by.name);
    switch (effectOf(kind, cast.vote.word)) {
      case 'approves':
        approvals = [...others, cast];
        break;
      case 'takes_back':
        if (others.length < approvals.length && isEnough(approvals)) return 'ANSWERED';
        approvals = others;
        break;
      case 'answers':
        return 'ANSWERED';
      default:
        return 'REJECTED';
    }
  }
  return isEnough(approvals) ? 'APPROVED' : 'PENDING';
}

/**
 * The approvals among these votes that nobody took back, by the times that were signed: the order in which they lie is
 * nobody's word. A person who approves anew after taking back counts again.
 */
export function standingApprovals<T extends { readonly vote: Pick<Vote, 'word' | 'by' | 'at'> }>(
  kind: QuestionKind,
  votes: readonly T[],
): T[] {
  const back = votes.filter(({ vote }) => effectOf(kind, vote.word) === 'takes_back');
  return votes.filter(
    ({ vote }) =>
      effectOf(kind, vote.word) === 'approves' &&
      !back.some(({ vote: one }) => one.by.name === vote.by.name && epochOf(one.at) >= epochOf(vote.at)),
  );
}
