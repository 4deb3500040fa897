/** The buttons of a card: the words that its kind of question takes, as far as they mean something on this one. */
import { mayBeAmended, wordsOf } from '../answers.ts';
import { formatReference } from '../reference.ts';
import type { ApprovalCard } from '../report/question-card.ts';
import { hiddenCharacters } from '../visible.ts';
import { type AnswerWord, type QuestionKind, riskAtLeast } from '../words.ts';
import type { Block } from './blocks.ts';
import { actionIds, type ButtonMore } from './controls.ts';
import type { Room } from './parts.ts';
import { plain } from './rich.ts';

type Actions = Extract<Block, { type: 'actions' }>;
type Button = Actions['elements'][number];

/** Slack's limit for what a button brings, in characters (blocks.ts). */
const longestValue = 2000;

/** The most hosts that a list in a modal may have (blocks.ts). */
const mostHosts = 100;

export function kindOf({ kind, command }: Pick<ApprovalCard, 'kind' | 'command'>): QuestionKind {
  return kind ?? (command === null ? 'manual' : 'approve');
}

/** Whether the incident's short code is typed before it is approved. */
export function isTyped(card: ApprovalCard): boolean {
  return kindOf(card) === 'approve' && riskAtLeast(card.risk.level, 'destructive');
}

/** What stands on the buttons below a failure, and above them where each is explained. */
export const failureButtons = { continue: 'Continue', retry: 'Retry', skip: 'Skip', abort: 'Abort' } as const;

/** Words that change what is asked: a card without room for them can still be decided. */
const changing: readonly AnswerWord[] = ['modify', 'narrow'];

/** Everything that may be answered, and that somebody is on it. */
export function answerButtons(card: ApprovalCard, { characters }: Room): Actions {
  const words = wordsOf(kindOf(card))
    .filter((word) => characters > 0 || !changing.includes(word))
    .filter((word) => card.failed === undefined || card.failed.follows.some((one) => one.word === word));
  const own = words.flatMap((word) => buttonsOf(card, word));
  return {
    type: 'actions',
    block_id: 'countersign.decide',
    elements: [...own, button(card, actionIds.ack, 'I’m on it')],
  };
}

/** On an approved card, until something ran: whoever approved can take it back. */
export function revokeButton(card: ApprovalCard): Actions {
  return { type: 'actions', block_id: 'countersign.take_back', elements: [button(card, actionIds.revoke, revokeText)] };
}

const revokeText = 'Take my approval back';

function button({ reference }: ApprovalCard, action_id: string, text: string, more = ''): Button {
  const value = `${formatReference(reference)}${more}`;
  return { type: 'button', action_id, value, text: plain(text, 75) };
}

function buttonsOf(card: ApprovalCard, word: AnswerWord): Button[] {
  const one = (action: string, text: string, more = ''): Button[] => [button(card, action, text, more)];
  switch (word) {
    case 'approve':
      return kindOf(card) === 'manual' ? [] : [approveButton(card)];
    case 'confirm':
      return [{ ...button(card, actionIds.confirm, 'Confirm'), style: 'primary' }];
    case 'reject':
      return one(actionIds.reject, 'Reject');
    case 'skip':
      return one(card.failed ? actionIds.skipFailed : actionIds.skip, failureButtons.skip);
    case 'modify':
      return valueButtons(card, actionIds.modify, 'Change values');
    case 'input':
      return valueButtons(card, actionIds.input, 'Enter values');
    case 'narrow':
      return mayBeNarrowed(card) ? one(actionIds.narrow, 'Fewer hosts') : [];
    case 'revoke':
      return card.approvedBy.length > 0 ? one(actionIds.revoke, revokeText) : [];
    case 'choose':
      return (card.choices ?? []).flatMap((_, at) =>
        one(`${actionIds.choose}_${at + 1}`, `Choose ${at + 1}`, ` ${at + 1}`),
      );
    case 'continue':
      return one(actionIds.continue, failureButtons.continue);
    case 'retry':
      return one(actionIds.retryStep, failureButtons.retry);
    case 'abort':
      return [{ ...button(card, actionIds.abort, failureButtons.abort), style: 'danger' }];
  }
}

function approveButton(card: ApprovalCard): Button {
  const style = riskAtLeast(card.risk.level, 'destructive') ? 'danger' : 'primary';
  return { ...button(card, isTyped(card) ? actionIds.approveTyped : actionIds.approve, 'Approve'), style };
}

/** None where nothing of the command is a value, or one that no button of Slack's could bring. */
function valueButtons(card: ApprovalCard, action: string, text: string): Button[] {
  const wanted = card.wanted?.map(({ name }) => ({ name, value: '' }));
  const asked = wanted ?? card.parameters;
  if (asked.length === 0 || !isOwnCommand(card)) return [];
  const values = Object.fromEntries(asked.map(({ name, value }) => [name, value]));
  const more: ButtonMore = { runbook: card.runbook.id, values };
  const made = button(card, action, text, ` ${JSON.stringify(more)}`);
  return made.value.length <= longestValue && hiddenCharacters(made.value).length === 0 ? [made] : [];
}

function mayBeNarrowed(card: ApprovalCard): boolean {
  return isOwnCommand(card) && card.targets.length > 1 && card.targets.length <= mostHosts;
}

/** A step's own command, of which no wave was sent yet. */
function isOwnCommand({ reference, command, done = [] }: ApprovalCard): boolean {
  return command !== null && done.length === 0 && mayBeAmended(reference);
}
