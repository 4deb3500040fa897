/** The modal that asks a person why a step is rejected. */
import { formatReference, type Reference } from '../reference.ts';
import type { SlackView } from './blocks.ts';
import { reasonInput, rejectCallbackId } from './interaction.ts';
import { plain } from './rich.ts';

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

function plain24(text: string) {
  return { type: 'plain_text' as const, text, emoji: false as const };
}
