/** What a person saw is what they sign: the card that was clicked must show what the record says, byte for byte. */
import { originRefusal } from '../approval/member.ts';
import type { QuestionRecord } from '../approval/record.ts';
import { canonicalJson, sha256 } from '../digest.ts';
import type { Question } from '../question.ts';
import type { ApprovalCard } from '../report/question-card.ts';
import { approvalCard } from '../slack/card.ts';
import { displayedDigest } from '../slack/displayed.ts';
import type { Said } from './said.ts';

/** Whether a stored card is about exactly this question: whoever may write Control can put another there. */
export function isCardOf(card: ApprovalCard, { question, digest }: QuestionRecord): boolean {
  const { reference, command, targets } = card;
  const [item] = question.items;
  const showsIt =
    question.kind === 'choose'
      ? showsChoices(card, question)
      : sha256(command ?? '') === item?.scriptHash && card.waitSeconds === item.waitSeconds;
  return (
    reference?.questionDigest === digest &&
    showsIt &&
    (question.kind !== 'input' || card.kind === 'input') &&
    canonicalJson(targets?.map(({ id }) => id).toSorted() ?? []) === canonicalJson(item?.targets.toSorted())
  );
}

/** Whether a card shows exactly these alternatives, in this order: a button names one by its place. */
function showsChoices({ kind, command, choices = [], step }: ApprovalCard, { items }: Question): boolean {
  return (
    kind === 'choose' &&
    command === null &&
    choices.length === items.length &&
    items.every(({ title, scriptHash, level }, at) => {
      const shown = choices[at];
      return (
        shown !== undefined &&
        `${step.title}: ${shown.title}` === title &&
        sha256(shown.command) === scriptHash &&
        shown.level === level
      );
    })
  );
}

/**
 * Why what was clicked is not believed to have shown this question; null when it did, or was said where no card is shown.
 * The bytes, hosts and digest are compared that stood there when the button was pressed, with the card of the record,
 * which must be one of these very bytes and hosts.
 */
export function displayRefusal(
  record: QuestionRecord,
  { by, displayed, channel, messageTs, origin }: Said,
): string | null {
  if (by.via !== 'slack') return null;
  const card = record.card as ApprovalCard | null;
  if (!card) return 'This card is not on record yet. Press again in a moment.';
  const place = record.places.find((one) => one.channel === channel && one.messageTs === messageTs);
  if (!place) return 'This message is not where the question was asked. Use the newest card.';
  const recorded = { appId: place.appId ?? null, team: place.team ?? null };
  const foreign = originRefusal(recorded, origin ?? { appId: null, team: null });
  if (foreign !== null) return foreign;
  return displayed && displayed === expected(card, record) ? null : repainted;
}

const repainted =
  'What this card shows is not what would be signed: the message was changed, or another release drew it. Nothing was signed. Use the newest card; if there is none, or it says the same, tell whoever looks after Countersign, and take over by hand.';

/** Null for what is no card of this question, or cannot be drawn. */
function expected(card: ApprovalCard, record: QuestionRecord): string | null {
  try {
    return isCardOf(card, record) ? displayedDigest(approvalCard(card).blocks) : null;
  } catch {
    return null;
  }
}
