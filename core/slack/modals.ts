/** The modals in which a person says more than a button can: why, which code, other values, fewer hosts. */
import { parseReference } from '../reference.ts';
import type { Parameter } from '../runbook/runbook.ts';
import { shown, shownInline } from '../shown.ts';
import type { Block, RichPart, SlackView } from './blocks.ts';
import {
  callbackId,
  codeInput,
  hostsInput,
  type ModalMemory,
  type ModalWord,
  reasonInput,
  valueAction,
  valueBlock,
} from './controls.ts';
import type { Opening } from './interaction.ts';
import { bold, line, literal, plain, rich } from './rich.ts';

/** A parameter as a modal asks for it. */
export type AskedParameter = Pick<Parameter, 'name' | 'type' | 'description' | 'values' | 'maximumLength'>;

interface Words {
  readonly title: string;
  readonly submit: string;
  readonly says: string;
}

const words: Readonly<Record<ModalWord, Words>> = {
  approve: {
    title: 'Approve: destructive',
    submit: 'Approve',
    says: 'This approves exactly what the card shows. It destroys something. It runs once the card has all the approvals that it wants, unless everything is stopped.',
  },
  confirm: {
    title: 'Confirm this step',
    submit: 'It is done',
    says: 'You confirm that this was done by hand. The runbook goes on once the card has all the answers that it wants, unless everything is stopped.',
  },
  reject: {
    title: 'Reject this step',
    submit: 'Reject',
    says: 'What this card asks for will not run, and nothing new is begun. What was begun is completed, and steps that undo or check it (when=always) still run, or are still asked for, unless everything is stopped.',
  },
  skip: {
    title: 'Skip this step',
    submit: 'Skip',
    says: 'What this card asks for will not run. The runbook goes on with the next step, which is asked for as the policy says, unless everything is stopped.',
  },
  modify: {
    title: 'Change values',
    submit: 'Ask with these',
    says: 'Nothing runs yet: a new card asks for the command with these values. It must be approved, by somebody else unless the policy says single_operator.',
  },
  narrow: {
    title: 'Fewer hosts',
    submit: 'Ask for these',
    says: 'Nothing runs yet: a new card asks for these hosts alone. It must be approved, by somebody else unless the policy says single_operator.',
  },
  input: {
    title: 'Enter values',
    submit: 'Use these',
    says: 'Nothing runs yet: with these values the step is judged, and asked for where the policy wants that. It must then be approved by somebody else, unless the policy says single_operator.',
  },
};

/**
 * The modal that a click opens; its submission carries the reference back, and what the card showed.
 *
 * @param parameters What `modify` and `input` ask for.
 */
export function modalFor(opening: Opening, parameters: readonly AskedParameter[] = []): SlackView {
  const { word, reference, about, displayed, channel, messageTs, more } = opening;
  const { dispatch, incidentId } = parseReference(reference);
  const memory: ModalMemory = { reference, displayed, channel, messageTs, runbook: more?.runbook ?? null };
  const { title, submit, says } = words[word];
  const parts: RichPart[] = [
    line(bold(shownInline(about?.headline ?? `Step ${dispatch.step} of ${incidentId}`, 200))),
    ...(about?.command ? [literal(shown(about.command, 1500))] : []),
    line(says),
  ];
  return {
    type: 'modal',
    callback_id: callbackId(word),
    private_metadata: JSON.stringify(memory),
    title: plain24(title),
    submit: plain24(submit),
    close: plain24('Back'),
    blocks: [rich(...parts), ...inputs(opening, parameters)],
  };
}

function inputs({ word, about, more }: Opening, parameters: readonly AskedParameter[]): Block[] {
  switch (word) {
    case 'approve':
      return [codeBlock];
    case 'reject':
      return [reasonBlock('Why not?', 'For example: node is being replaced, leave it')];
    case 'skip':
      return [{ ...reasonBlock('Why?', 'For example: done by hand already'), optional: true }];
    case 'confirm':
      return [{ ...reasonBlock('What did you do?', 'For example: failed over to db-2 at 03:12'), optional: true }];
    case 'narrow':
      return hostsBlocks(about?.hosts ?? []);
    default:
      return parameters.map((parameter) => inputOf(parameter, more?.values[parameter.name]));
  }
}

const codeBlock: Block = {
  type: 'input',
  block_id: codeInput.blockId,
  label: plain('The code of this incident', 75),
  hint: plain('It stands on the card, above the buttons. Read what the command does to which hosts first.', 150),
  element: { type: 'plain_text_input', action_id: codeInput.actionId, min_length: 1, max_length: 20 },
};

function reasonBlock(label: string, example: string): Extract<Block, { type: 'input' }> {
  return {
    type: 'input',
    block_id: reasonInput.blockId,
    label: plain(label, 75),
    hint: plain('The next person on call reads this.', 150),
    element: {
      type: 'plain_text_input',
      action_id: reasonInput.actionId,
      multiline: true,
      min_length: 1,
      max_length: 500,
      placeholder: plain(example, 100),
    },
  };
}

/** Empty where the card names no host, or more than a list of Slack's may have. */
function hostsBlocks(hosts: readonly { id: string; text: string }[]): Block[] {
  const options = hosts.map(({ id, text }) => ({ text: plain(text, 75), value: id }));
  if (options.length === 0 || options.length > 100) return [];
  return [
    {
      type: 'input',
      block_id: hostsInput.blockId,
      label: plain('Hosts that are left', 75),
      hint: plain('Take away those on which it must not run.', 150),
      element: {
        type: 'multi_static_select',
        action_id: hostsInput.actionId,
        options,
        initial_options: options,
      },
    },
  ];
}

function inputOf({ name, type, description, values, maximumLength }: AskedParameter, now: string | undefined): Block {
  const kind = type === 'enum' ? `one of ${(values ?? []).join(', ')}` : type;
  return {
    type: 'input',
    block_id: valueBlock(name),
    label: plain(name, 75),
    hint: plain(description === '' ? kind : `${description} (${kind})`, 300),
    element: {
      type: 'plain_text_input',
      action_id: valueAction,
      ...(now === undefined || now === '' ? {} : { initial_value: now }),
      min_length: 1,
      max_length: Math.min(maximumLength, 3000),
    },
  };
}

function plain24(text: string) {
  return { type: 'plain_text' as const, text, emoji: false as const };
}
