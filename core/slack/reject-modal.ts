/** The modal that asks a person why a step is rejected. */
import { formatReference, type Reference } from '../reference.ts';
import { shown, shownInline } from '../shown.ts';
import type { SlackView } from './blocks.ts';
import { type CardWords, reasonInput, rejectCallbackId } from './interaction.ts';
import { bold, line, literal, plain, rich } from './rich.ts';

/** The modal that asks why, and says of what; its submission carries the reference back. */
export function rejectModal(reference: Reference, about: CardWords | null): SlackView {
  return {
    type: 'modal',
    callback_id: rejectCallbackId,
    private_metadata: formatReference(reference),
    title: plain24('Reject this step'),
    submit: plain24('Reject'),
    close: plain24('Back'),
    blocks: [
      rich(
        line(bold(shownInline(about?.headline ?? `Step ${reference.dispatch.step} of ${reference.incidentId}`, 200))),
        ...(about?.command ? [literal(shown(about.command, 1500))] : []),
        line(
          'What this card asks for will not run, and nothing new is begun. What was begun is completed, and steps that undo or check it (when=always) still run, or are still asked for.',
        ),
      ),
      {
        type: 'input',
        block_id: reasonInput.blockId,
        label: plain('Why not?', 75),
        hint: plain('The next person on call reads this.', 150),
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

function plain24(text: string) {
  return { type: 'plain_text' as const, text, emoji: false as const };
}
