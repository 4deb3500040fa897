/** The approval card: everything a person needs to decide, and exactly the bytes that would run. */

import { dispatchName } from '../dispatch.ts';
import { containsSecret } from '../redact.ts';
import { headlineOf } from '../report/headline.ts';
import type { Person } from '../report/person.ts';
import type { ApprovalCard, Outcome } from '../report/question-card.ts';
import { levelWords } from '../report/words.ts';
import { shown, shownInline } from '../shown.ts';
import { hiddenCharacters } from '../visible.ts';
import type { AnswerWord } from '../words.ts';
import type { Block, SlackMessage } from './blocks.ts';
import { answerButtons, revokeButton } from './buttons.ts';
import { areWhole, type Fitted, firstThatFits, type Room, transcript } from './parts.ts';
import { decidedSubject, details, printedOn, subject } from './question.ts';
import { bold, fallback, footer, header, line, lines, mention, moment, people, quietly, rich, utc } from './rich.ts';
import { deadline, isOpen, left, silence } from './waiting.ts';

/** The command does not fit on a card: it cannot be approved there. */
export class CardTooLong extends Error {
  override readonly name = 'CardTooLong';
}

/** The command has something that may not be shown or cannot be seen: it cannot be approved there. */
export class CardUnshowable extends Error {
  override readonly name = 'CardUnshowable';
}

/**
 * The message that asks for approval. Outputs and evidence are shortened until it fits, with a note; the command, the
 * targets and the approvers' number never are. Throws CardTooLong or CardUnshowable.
 */
export function approvalCard(card: ApprovalCard): SlackMessage {
  return waiting(card).message;
}

/** The whole of what hosts printed, when the card shows only a part of it; null when it shows all. */
export function cardTranscript(card: ApprovalCard): string | null {
  const { room } = waiting(card);
  const printed = printedOn(card);
  return printed.every(({ outputs }) => areWhole(outputs, room)) ? null : transcript(printed);
}

function waiting(card: ApprovalCard): Fitted {
  const wanted =
    card.failed || isOpen(card)
      ? 'An answer is needed'
      : `Approval needed (${levelWords[card.risk.level].toLowerCase()})`;
  const text = `${wanted}: ${headlineOn(card)}, for ${card.alarm.name}. Expires ${utc(card.expiresAt)}.`;
  return fitting(card, text, (room) => [
    header(headlineOn(card)),
    ...silence(card),
    ...subject(card),
    deadline(card),
    answerButtons(card, room),
    ...details(card, room),
    small(card),
  ]);
}

/** As it was when the card was made: what is stored of its findings may be cut. */
function headlineOn(card: ApprovalCard): string {
  return card.headline ?? headlineOf(card);
}

/** What is said below a card whose time is nearly over, to everybody who could still answer. */
export function reminder(card: ApprovalCard): SlackMessage {
  const said = `${left(card)} left to answer: ${headlineOn(card)}`;
  return {
    text: fallback(said),
    blocks: [
      rich(
        line(
          bold(said),
          '. ',
          ...people(card.approvers, mention, 'or'),
          `: no answer means ${card.failed ? 'Abort' : 'no'}.`,
        ),
      ),
    ],
  };
}

/** What is said below a card when somebody takes the incident on. `at` in epoch seconds. */
export function onItMessage(person: Person, at: number): SlackMessage {
  const name = person.name ?? 'Somebody';
  return {
    text: fallback(`${name} is on it.`),
    blocks: [rich(line(quietly(person), ' is on it since ', ...moment(at), '. This decides nothing.'))],
  };
}

const outcomeWords: Readonly<Record<Outcome['status'], string>> = {
  APPROVED: 'Approved',
  ANSWERED: 'Answered',
  REJECTED: 'Rejected',
  EXPIRED: 'Expired, not run',
  WITHDRAWN: 'Withdrawn, not run',
  SUPERSEDED: 'Out of date, not run',
};

/** The same of a card whose first hosts have it already, by a wave that went out before this was asked. */
const restWords: Partial<typeof outcomeWords> = {
  EXPIRED: 'Expired, the rest not run',
  WITHDRAWN: 'Withdrawn, the rest not run',
  SUPERSEDED: 'Out of date, the rest not run',
};

/** Of a failure that nobody answered: its command ran, or may have. */
const failureWords: Partial<typeof outcomeWords> = {
  EXPIRED: 'Nobody answered: aborted',
  WITHDRAWN: 'Withdrawn',
  SUPERSEDED: 'Out of date',
};

/** What was answered instead of yes or no. None says that nothing ran: the first hosts may have it already. */
const answerWords: Partial<Readonly<Record<AnswerWord, string>>> = {
  skip: 'Skipped',
  modify: 'Changed, asked anew',
  narrow: 'Fewer hosts, asked anew',
  revoke: 'Taken back, asked anew',
  choose: 'Chosen',
  input: 'Values given',
  continue: 'Goes on',
  retry: 'Tried again',
  abort: 'Aborted',
};

/** Of a card whose first hosts were changed under it, and whose last ones are asked about anew. */
const usedWords = 'Out of date, asked anew';

/** The card once it is decided: the outcome, what it was about, and no button that decides. Fits whenever `approvalCard` did. */
export function decidedCard(card: ApprovalCard, outcome: Outcome): SlackMessage {
  const words = wordsOf(outcome, (card.done ?? []).length > 0, card.failed !== undefined);
  const title = `${words}: step ${card.step.number}, ${card.step.title}`;
  return fitting(card, `${title}, for ${card.alarm.name}`, (room) => [
    header(title),
    whatCame(words, outcome, Math.max(room.characters / 3, 100)),
    ...decidedSubject(card),
    ...(mayTakeBack(outcome) ? [revokeButton(card)] : []),
    small(card),
  ]).message;
}

/** Between the approval and its use there is time where somebody stopped everything, or hosts wait for their wave. */
function mayTakeBack({ status, wasUsed, came }: Outcome): boolean {
  return status === 'APPROVED' && !wasUsed && came === undefined;
}

/** What is left of a card that cannot be drawn again: another release drew it, or what lies there as one is none. */
export function outdatedCard(outcome: Outcome): SlackMessage {
  // Whether a wave went out before it is not known without its card.
  const words = wordsOf(outcome, false);
  return {
    text: fallback(`${words}: ${outcome.reason ?? ''}`),
    blocks: [header(words), whatCame(words, outcome, 1000)],
  };
}

function wordsOf({ status, wasUsed, word }: Outcome, hasDone: boolean, isFailure = false): string {
  if (isFailure && failureWords[status]) return failureWords[status];
  if (status === 'ANSWERED' && word !== undefined) return answerWords[word] ?? outcomeWords.ANSWERED;
  if (wasUsed) return usedWords;
  return (hasDone ? restWords[status] : undefined) ?? outcomeWords[status];
}

/** Who decided, when, why, and what came of it. */
function whatCame(words: string, outcome: Outcome, characters: number): Block {
  const { by, at, reason: why, came: end } = outcome;
  const who = by.length === 0 ? [] : [' by ', ...people(by, mention)];
  const reason = why === null ? [] : [': ', shown(why, characters)];
  const came = end === undefined ? [] : [[bold('What came of it: '), shownInline(end, 900)]];
  return rich(lines([bold(words), ...who, ', ', ...moment(at), ...reason], ...came));
}

function fitting(card: ApprovalCard, text: string, blocks: (room: Room) => Block[]): Fitted {
  refuseUnshowable(card);
  const fitted = firstThatFits((room) => ({ text: fallback(text), blocks: blocks(room) }));
  if (!Array.isArray(fitted)) return fitted;
  throw new CardTooLong(
    `Step ${card.step.number} of ${card.runbook.id} cannot be approved in Slack: its command has ${[card.command ?? '', ...(card.choices ?? []).map(({ command }) => command)].join('').length} characters ` +
      `and the card does not fit (${fitted.join('; ')}). Split the step, or put the script on the host and call it.`,
  );
}

function refuseUnshowable({ command, choices = [], runbook, step }: ApprovalCard): void {
  const commands = [command ?? '', ...choices.map((choice) => choice.command)];
  const hidden = commands.flatMap(hiddenCharacters);
  const where = `Step ${step.number} of ${runbook.id} cannot be approved in Slack`;
  if (hidden.length > 0)
    throw new CardUnshowable(
      `${where}: its command contains characters that nobody can see (${hidden.join(', ')}). Remove them.`,
    );
  if (commands.some(containsSecret))
    throw new CardUnshowable(`${where}: its command shows a secret. Let the host read it from its secret store.`);
}

function small({ reference, mode, plannedBy }: ApprovalCard): Block {
  const { incidentId, dispatch, revision, questionDigest } = reference;
  return footer(
    `${mode === 'live' ? 'Live' : 'Dry run'} · ${incidentId} · ${dispatchName(dispatch)} · question ${revision} ${questionDigest.slice(0, 12)} · planned by ${shownInline(plannedBy, 150)}`,
  );
}
