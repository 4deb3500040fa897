/** Block Kit as HTML. Rich text by slack-blocks-to-jsx; plain text here, because the library reads markup into it. */
import { createElement as h, type ReactElement } from 'react';
import { Message } from 'slack-blocks-to-jsx';
import type { Block } from '../../core/slack/blocks.ts';
import type { WorkspaceUser } from './emulated.ts';

/** The blocks, one below the other; buttons and inputs carry their ids in `data-` attributes, never their values. */
export function blocksView(blocks: readonly Block[], users: readonly WorkspaceUser[]): ReactElement[] {
  return blocks.map((block, at) =>
    h('div', { key: `${at}`, className: `block ${block.type}`, 'data-block': block.block_id }, blockView(block, users)),
  );
}

function blockView(block: Block, users: readonly WorkspaceUser[]): ReactElement | ReactElement[] {
  switch (block.type) {
    case 'header':
      return h('h3', null, block.text.text);
    case 'section':
      return [block.text, ...(block.fields ?? [])].map(({ text }, at) => h('p', { key: `${at}` }, text));
    case 'context':
      return block.elements.map(({ text }, at) => h('span', { key: `${at}` }, text));
    case 'divider':
      return h('hr');
    case 'rich_text':
      return richText(block, users);
    case 'actions':
      return block.elements.map((button) =>
        h(
          'button',
          {
            key: button.action_id,
            type: 'button',
            'data-action': button.action_id,
            className: button.style ?? 'plain',
            'aria-label': button.accessibility_label,
            'data-confirm': button.confirm && `${button.confirm.title.text} ${button.confirm.text.text}`,
          },
          button.text.text,
        ),
      );
    case 'input':
      return inputView(block);
  }
}

function richText(block: Extract<Block, { type: 'rich_text' }>, users: readonly WorkspaceUser[]): ReactElement {
  const data = { users: users.map(({ id, realName }) => ({ id, name: realName })) };
  const hooks = { date: ({ timestamp }: { timestamp: string }) => localTime(Number(timestamp)) };
  return h(Message, { blocks: [block], name: '', logo: '', withoutWrapper: true, data, hooks });
}

/** `today 03:27`, `23 Nov 03:27`, in this machine's zone, as Slack writes `{date_short_pretty} {time}`. */
function localTime(at: number): string {
  const [moment, now] = [new Date(at * 1000), new Date()];
  const days = (date: Date) => Math.floor((date.getTime() / 60_000 - date.getTimezoneOffset()) / 1440);
  const pretty = { 0: 'today', 1: 'tomorrow', [-1]: 'yesterday' }[days(moment) - days(now)];
  const day = pretty ?? moment.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
  return `${day} ${moment.toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' })}`;
}

type Input = Extract<Block, { type: 'input' }>;

function inputView({ label, hint, optional = false, element }: Input): ReactElement {
  return h(
    'label',
    null,
    h('strong', null, optional ? `${label.text} (optional)` : label.text),
    element.type === 'plain_text_input' ? textView(element, !optional) : choicesView(element, !optional),
    hint === undefined ? null : h('small', null, hint.text),
  );
}

function textView(element: Extract<Input['element'], { type: 'plain_text_input' }>, required: boolean): ReactElement {
  const { action_id, placeholder, min_length, max_length, multiline, initial_value } = element;
  const limits = { minLength: min_length, maxLength: max_length, required, placeholder: placeholder?.text };
  return h(multiline ? 'textarea' : 'input', {
    'data-action': action_id,
    ...(multiline ? { rows: 3 } : { type: 'text' }),
    ...limits,
    defaultValue: initial_value,
  });
}

/** As many as one likes; Slack shows them as a list with a cross beside each. */
function choicesView(
  { action_id, options, initial_options = [] }: Extract<Input['element'], { type: 'multi_static_select' }>,
  required: boolean,
): ReactElement {
  const rows = options.map(({ text, value }) => h('option', { key: value, value }, text.text));
  const defaultValue = initial_options.map(({ value }) => value);
  return h(
    'select',
    { 'data-action': action_id, multiple: true, size: Math.min(options.length, 8), required, defaultValue },
    rows,
  );
}
