/** What Slack sends when a person clicks on a card, or submits the modal that it opened: with the card as it stands there. */
import type { QuestionRecord } from '../../core/approval/record.ts';
import type { Dispatch } from '../../core/dispatch.ts';
import { formatReference } from '../../core/reference.ts';
import type { ApprovalCard } from '../../core/report/question-card.ts';
import { shortCode } from '../../core/short-code.ts';
import { approvalCard } from '../../core/slack/card.ts';
import {
  actionIds,
  callbackId,
  codeInput,
  hostsInput,
  type ModalWord,
  modalWords,
  reasonInput,
  valueAction,
  valueBlock,
} from '../../core/slack/controls.ts';
import { displayedDigest } from '../../core/slack/displayed.ts';

export interface Clicking {
  readonly reason?: string;
  /** Default: the incident's own, where one is typed. */
  readonly code?: string;
  readonly parameters?: Readonly<Record<string, string>>;
  readonly targets?: readonly string[];
  readonly choice?: number;
  /** Default: the card of the record as it is drawn. */
  readonly blocks?: readonly unknown[];
  /** Default: the record's. */
  readonly reference?: string;
  /** Default: where the record says that its card is. */
  readonly channel?: string;
  readonly messageTs?: string;
  /** Default: none is said. */
  readonly appId?: string;
  readonly team?: string;
}

const words: readonly string[] = Object.values(modalWords);

/** A person who knows what to do: the same clicks and inputs as on the card, whatever its word wants. */
export function payloadOf(record: QuestionRecord, userId: string, word: string, clicking: Clicking = {}) {
  const [item] = record.question.items;
  const isTyped = word === 'approve' && record.question.kind === 'approve' && item?.level === 'destructive';
  const { appId, team } = clicking;
  const origin = { ...(appId ? { api_app_id: appId } : {}), ...(team ? { team: { id: team } } : {}) };
  const wantsModal = record.question.kind !== 'failure' && words.includes(word) && (word !== 'approve' || isTyped);
  const payload = wantsModal
    ? submitted(record, userId, word as ModalWord, clicking)
    : clicked(record, userId, word, clicking);
  return { ...payload, ...origin };
}

/** Words that have a button of their own below a failure. */
const ofFailure: Readonly<Record<string, string>> = { retry: actionIds.retryStep, skip: actionIds.skipFailed };

function placeOf({ places: [place] }: QuestionRecord, { channel, messageTs }: Clicking) {
  return { channel: channel ?? place?.channel ?? 'C1', messageTs: messageTs ?? place?.messageTs ?? '1.0' };
}

function blocksOf({ card }: QuestionRecord, { blocks }: Clicking): readonly unknown[] {
  return blocks ?? (card ? approvalCard(card as ApprovalCard).blocks : []);
}

export function referenceOf({ question, digest: questionDigest }: QuestionRecord): string {
  const { incidentId, revision, items } = question;
  return formatReference({ incidentId, dispatch: items[0]?.dispatch as Dispatch, revision, questionDigest });
}

function clicked(record: QuestionRecord, id: string, word: string, clicking: Clicking) {
  const { channel, messageTs } = placeOf(record, clicking);
  const { reference = referenceOf(record), choice } = clicking;
  const own = record.question.kind === 'failure' ? ofFailure[word] : undefined;
  const action = own ?? (choice === undefined ? `countersign.${word}` : `countersign.${word}_${choice}`);
  return {
    type: 'block_actions',
    user: { id, name: 'what Slack says' },
    trigger_id: '1.2.x',
    channel: { id: channel },
    message: { ts: messageTs, blocks: blocksOf(record, clicking) },
    actions: [{ action_id: action, value: choice === undefined ? reference : `${reference} ${choice}` }],
  };
}

function submitted(record: QuestionRecord, id: string, word: ModalWord, clicking: Clicking) {
  const { reference = referenceOf(record), reason, parameters, targets } = clicking;
  const code = clicking.code ?? (word === 'approve' ? shortCode(record.question.incidentId) : undefined);
  const displayed = displayedDigest(blocksOf(record, clicking));
  const runbook = parameters ? record.question.runbook.id : null;
  const text = ({ blockId, actionId }: { blockId: string; actionId: string }, value: string | undefined) =>
    value === undefined ? {} : { [blockId]: { [actionId]: { type: 'plain_text_input', value } } };
  const values = Object.entries(parameters ?? {}).map(([name, value]) =>
    text({ blockId: valueBlock(name), actionId: valueAction }, value),
  );
  const options = targets?.map((value) => ({ text: { type: 'plain_text', text: value }, value }));
  return {
    type: 'view_submission',
    user: { id, name: 'what Slack says' },
    view: {
      callback_id: callbackId(word),
      private_metadata: JSON.stringify({ reference, displayed, ...placeOf(record, clicking), runbook }),
      state: {
        values: {
          ...text(reasonInput, reason),
          ...text(codeInput, code),
          ...(options ? { [hostsInput.blockId]: { [hostsInput.actionId]: { selected_options: options } } } : {}),
          ...Object.assign({}, ...values),
        },
      },
    },
  };
}
