/** Decisions of people over incidents: each genuine vote with its word and how long after it was shown, and what nobody answered. */
import type { ReadEntry } from '../audit/chain.ts';
import type { EventOf } from '../audit/entry.ts';
import { sameDispatch } from '../dispatch.ts';
import { spokenIn } from '../incident/spoken.ts';
import { epochOrNull } from '../time.ts';
import type { QuestionKind } from '../words.ts';

/** One incident's chain, as it is read. */
export interface Chronicle {
  readonly id: string;
  readonly entries: readonly ReadEntry[];
}

/** A vote that the approval key signed. */
export interface Decision {
  /** The policy's name. */
  readonly by: string;
  readonly word: string;
  /** What was asked. */
  readonly kind: QuestionKind;
  /** From when the question was first shown until the vote; null where the chain does not say when. */
  readonly seconds: number | null;
}

/** A question that was asked, by the digest that the chain names. */
export interface Asked {
  /** Names of those who could answer; none where the chain holds no question that this release can read. */
  readonly approvers: readonly string[];
  readonly expired: boolean;
  /** How often it went on to a further level. */
  readonly escalations: number;
}

/**
 * The decisions on an incident's questions.
 *
 * @param publicKey PEM of the approval key; null when it is not known: then nobody decided anything.
 */
export function decisionsIn({ id, entries }: Chronicle, publicKey: string | null): Decision[] {
  return spokenIn(id, entries, publicKey).map(({ question, kind, word, by, at }) => ({
    by: by.name,
    word,
    kind,
    seconds: between(shownAt(entries, question), at),
  }));
}

/** The questions of an incident, each once. */
export function questionsIn({ entries }: Chronicle): Asked[] {
  const asked = new Map<string, EventOf<'approval_requested'>>();
  for (const { event } of entries)
    if (event?.kind === 'approval_requested' && !asked.has(event.requestDigest)) asked.set(event.requestDigest, event);
  return [...asked].map(([digest, { question }]) => ({
    approvers: question?.terms.approvers ?? [],
    expired: entries.some(
      ({ event }) =>
        event?.kind === 'approval_settled' && event.requestDigest === digest && event.decision === 'expired',
    ),
    escalations: entries.filter(({ event }) => event?.kind === 'approval_escalated' && event.requestDigest === digest)
      .length,
  }));
}

/** When the card of a question was first posted: a card may be posted for a later wave, of the same step. */
function shownAt(entries: readonly ReadEntry[], digest: string): string | null {
  const at = entries.findIndex(({ event }) => event?.kind === 'approval_requested' && event.requestDigest === digest);
  const requested = entries[at]?.event;
  if (requested?.kind !== 'approval_requested') return null;
  const { dispatch } = requested;
  const shown = entries
    .slice(at)
    .find(
      ({ event }) =>
        event?.kind === 'approval_delivered' && sameDispatch({ ...event.dispatch, wave: dispatch.wave }, dispatch),
    );
  return shown?.at ?? null;
}

function between(from: string | null, to: string): number | null {
  const [began, ended] = [from === null ? null : epochOrNull(from), epochOrNull(to)];
  return began === null || ended === null || ended < began ? null : (ended - began) / 1000;
}
