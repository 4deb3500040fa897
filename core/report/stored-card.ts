/** A card as Control keeps it, so that it can be drawn again: its texts cut until the row has room for it. */
import { redact } from '../redact.ts';
import type { Excerptible } from '../shown.ts';
import { shorten } from '../visible.ts';
import type { ApprovalCard } from './question-card.ts';

/** The most UTF-8 bytes of a stored card: an item of DynamoDB has at most 400 KB, and question and votes need theirs. */
export const maximumStoredCard = 150_000;

/** Characters that are kept of every text but the command, tried in this order; a card shows at most 1,500 of any. */
const lengths = [4000, 1500, 200] as const;

/**
 * The card with every text but its command, headline, step, hosts and parameters cut, with a note, until it fits; in the end without its lists of findings. A
 * command that fits on a card always fits here.
 */
export function storedCard(card: ApprovalCard): ApprovalCard {
  for (const maximum of lengths) {
    const cut = { ...cutTexts(card, maximum), ...whole(card) };
    if (bytesOf(cut) <= maximumStoredCard) return cut;
  }
  const least = { ...cutTexts(card, lengths[2]), ...whole(card) };
  return {
    ...least,
    evidence: [],
    earlier: [],
    before: [],
    dryRun: [],
    risk: { ...least.risk, reasons: [], notes: [] },
  };
}

/** What a click is compared with: drawn again it must read as it did when it was posted. */
function whole(card: ApprovalCard): Partial<ApprovalCard> {
  const { headline, failed, step, command, targets, parameters, choices, wanted, waitSeconds } = card;
  return {
    ...(headline === undefined ? {} : { headline }),
    ...(failed === undefined ? {} : { failed }),
    ...(choices === undefined ? {} : { choices }),
    ...(wanted === undefined ? {} : { wanted }),
    ...(waitSeconds === undefined ? {} : { waitSeconds }),
    step,
    command,
    targets,
    parameters,
  };
}

function cutTexts<T>(value: T, maximum: number): T;
function cutTexts(value: unknown, maximum: number): unknown {
  // A secret that the cut goes through would no longer be known as one when the card is drawn again.
  if (typeof value === 'string') return value.length > maximum ? shorten(redact(value), maximum) : value;
  if (Array.isArray(value)) return value.map((element) => cutTexts(element, maximum));
  if (typeof value !== 'object' || value === null) return value;
  if ('text' in value && typeof value.text === 'string') return cutExcerpt(value as Excerptible, maximum);
  return Object.fromEntries(Object.entries(value).map(([name, element]) => [name, cutTexts(element, maximum)]));
}

/** Cut without a note: how much is missing stands beside it, for whoever draws it in the end. */
function cutExcerpt<T extends Excerptible>(printed: T, maximum: number): T {
  const { text, keep, missing = 0 } = printed;
  const cut = text.length - maximum;
  if (cut <= 0) return printed;
  return { ...printed, text: keep === 'end' ? text.slice(-maximum) : text.slice(0, maximum), missing: missing + cut };
}

function bytesOf(card: ApprovalCard): number {
  return new TextEncoder().encode(JSON.stringify(card)).length;
}
