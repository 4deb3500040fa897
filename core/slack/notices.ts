/** Short messages beside the cards: what failed and who must look, why a click did not count, and the modal. */
import { formatReference, type Reference } from '../approval/reference.ts';
import type { SlackMessage, SlackView } from './blocks.ts';
import { reasonInput, rejectCallbackId } from './interaction.ts';
import { fitting } from './parts.ts';
import {
  bold,
  code,
  fallback,
  footer,
  header,
  lines,
  literal,
  mention,
  type Person,
  people,
  plain,
  rich,
  shown,
  shownInline,
  utc,
} from './rich.ts';

export interface Page {
  /** What failed, in a few words. */
  readonly what: string;
  /** Which function, state or step. */
  readonly where: string;
  readonly cause: string;
  /** What to do now. */
  readonly next: string;
  readonly incidentId: string | null;
  readonly alarm: string | null;
  /** Who is paged; empty = whoever reads the channel. */
  readonly people: readonly Person[];
  /** Epoch seconds. */
  readonly at: number;
}

/** Something failed and a person must look. Always fits. */
export function pageMessage(page: Page): SlackMessage {
  const subject = page.alarm === null ? [] : [[bold('ALARM '), code(shownInline(page.alarm, 255))]];
  const whom = page.people.length === 0 ? [] : [[...people(page.people, mention)]];
  const text = `Countersign needs you: ${page.what}`;
  return fitting(text, (room) => ({
    text: fallback(text),
    blocks: [
      header(`Needs you: ${page.what}`),
      rich(
        lines(
          ...whom,
          ...subject,
          [bold('Do now: '), shown(page.next, 600)],
          [bold('Where: '), shownInline(page.where, 200)],
        ),
      ),
      rich(literal(shown(page.cause, Math.max(room.characters, 300)))),
      footer(`${page.incidentId ?? 'no incident'} · ${utc(page.at)}`),
    ],
  }));
}

/** The modal that asks why; its submission carries the reference back. */
export function rejectModal(reference: Reference): SlackView {
  return {
    type: 'modal',
    callback_id: rejectCallbackId,
    private_metadata: formatReference(reference),
    title: plain24('Reject this step'),
    submit: plain24('Reject'),
    close: plain24('Back'),
    blocks: [
      {
        type: 'input',
        block_id: reasonInput.blockId,
        label: plain('Why not?', 75),
        hint: plain('The next person on call reads this. Nothing will run.', 150),
        element: {
          type: 'plain_text_input',
          action_id: reasonInput.actionId,
          multiline: true,
          min_length: 1,
          max_length: 500,
          placeholder: plain('For example: node is being replaced, leave it', 100),
        },
      },
    ],
  };
}

const refusals = {
  not_an_approver: 'You are not among those who may approve this step. Nothing was changed by your click.',
  already_decided: 'This request is already decided. Your click changed nothing.',
  already_voted: 'You already approved this. Another person must approve too.',
  expired: 'This request has expired. Nothing will run; a new alarm makes a new request.',
  superseded: 'There is a newer card for this step. Please decide there.',
  stopped: 'Countersign is stopped. Nothing runs until it is resumed.',
  failed: 'Countersign could not record your decision. Nothing was changed; please press again in a minute.',
} as const;
export type Refusal = keyof typeof refusals;

/** The text that only the person who clicked sees. */
export function notAllowedMessage(why: Refusal, approvers: readonly Person[] = []): string {
  const asked = approvers
    .slice(0, 12)
    .map((person) => fallback(person.name ?? person.slackId ?? ''))
    .join(', ');
  return asked === '' ? refusals[why] : `${refusals[why]} Ask ${asked}.`;
}

function plain24(text: string) {
  return { type: 'plain_text' as const, text, emoji: false as const };
}
