/** Slack's limits: the last value that passes and the first that does not, for each of them. */
import { describe, expect, test } from 'vitest';
import { maximumWeight, slackProblems, viewProblems, weight } from '../../../core/slack/limits.ts';
import { modalFor } from '../../../core/slack/modals.ts';
import { header, line, literal, plain, rich } from '../../../core/slack/rich.ts';
import { sampleOpening } from './samples.ts';

const text = (length: number) => ({ type: 'plain_text', text: 'x'.repeat(length), emoji: false });
const message = (...blocks: unknown[]) => ({ text: 'x', blocks });
const button = (change: object) =>
  message({ type: 'actions', elements: [{ type: 'button', text: text(1), action_id: 'a', value: 'v', ...change }] });
const input = (change: object) =>
  message({ type: 'input', label: text(1), element: { type: 'plain_text_input', action_id: 'a', ...change } });
const divider = (block_id?: string) => ({ type: 'divider', ...(block_id === undefined ? {} : { block_id }) });

test.each<[string, number, (size: number) => unknown]>([
  ['blocks', 50, (size) => message(...Array.from({ length: size }, () => divider()))],
  ['fallback text', 4000, (size) => ({ text: 'x'.repeat(size), blocks: [divider()] })],
  ['header', 150, (size) => message({ type: 'header', text: text(size) })],
  ['section', 3000, (size) => message({ type: 'section', text: text(size) })],
  ['section fields', 10, (size) => message({ type: 'section', text: text(1), fields: Array(size).fill(text(1)) })],
  ['section field', 2000, (size) => message({ type: 'section', text: text(1), fields: [text(size)] })],
  ['context elements', 10, (size) => message({ type: 'context', elements: Array(size).fill(text(1)) })],
  ['block_id', 255, (size) => message(divider('x'.repeat(size)))],
  ['button text', 75, (size) => button({ text: text(size) })],
  ['button value', 2000, (size) => button({ value: 'x'.repeat(size) })],
  ['action_id', 255, (size) => button({ action_id: 'x'.repeat(size) })],
  ['accessibility label', 75, (size) => button({ accessibility_label: 'x'.repeat(size) })],
  [
    'buttons',
    25,
    (size) =>
      message({
        type: 'actions',
        elements: Array.from({ length: size }, (_, at) => ({
          type: 'button',
          text: text(1),
          action_id: `${at}`,
          value: 'v',
        })),
      }),
  ],
  [
    'input label',
    2000,
    (size) => message({ type: 'input', label: text(size), element: { type: 'plain_text_input', action_id: 'a' } }),
  ],
  ['input placeholder', 150, (size) => input({ placeholder: text(size) })],
  ['input length', 3000, (size) => input({ max_length: size })],
])('%s: %i pass, one more does not', (_, limit, build) => {
  expect(slackProblems(build(limit))).toEqual([]);
  expect(slackProblems(build(limit + 1))).not.toEqual([]);
});

describe('slackProblems', () => {
  test.each<[string, unknown]>([
    ['no blocks', message()],
    ['an empty text', message({ type: 'header', text: text(0) })],
    ['mrkdwn, which is interpreted', message({ type: 'section', text: { type: 'mrkdwn', text: '*x*' } })],
    ['emoji in plain text', message({ type: 'header', text: { type: 'plain_text', text: 'x', emoji: true } })],
    ['an unknown block', message({ type: 'marquee' })],
    ['an unknown key', message({ type: 'divider', colour: 'red' })],
    ['the same block_id twice', message(divider('a'), divider('a'))],
    [
      'the same action_id twice',
      message({
        type: 'actions',
        elements: ['x', 'y'].map((value) => ({ type: 'button', text: text(1), action_id: 'a', value })),
      }),
    ],
    [
      'a link that runs script',
      message({
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'link', url: 'javascript:alert(1)', text: 'x' }] }],
      }),
    ],
    [
      'a mention of everybody',
      message({
        type: 'rich_text',
        elements: [{ type: 'rich_text_section', elements: [{ type: 'broadcast', range: 'channel' }] }],
      }),
    ],
    [
      'an empty rich text',
      message({ type: 'rich_text', elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: '' }] }] }),
    ],
    ['nothing at all', undefined],
  ])('%s', (_, value) => {
    const found = slackProblems(value);
    expect(found.length).toBeGreaterThan(0);
  });

  test('says where', () => {
    expect(slackProblems(message(divider(), { type: 'header', text: text(151) }))[0]).toMatch(
      /^blocks\[1\]\.text\.text: /,
    );
  });

  test('the weight of all blocks together, with every byte and entity counted', () => {
    const fits = maximumWeight - weight([rich(literal('x'))]) + 1;
    expect(slackProblems(message(rich(literal('x'.repeat(fits)))))).toEqual([]);
    expect(slackProblems(message(rich(literal('x'.repeat(fits + 1)))))).toHaveLength(1);
    expect(weight([rich(literal('é&<'))])).toBe(weight([rich(literal('x'))]) + 1 + 5 + 4);
  });
});

test('a modal has limits of its own', () => {
  const modal = modalFor(sampleOpening());
  expect(viewProblems(modal)).toEqual([]);
  expect(viewProblems({ ...modal, title: text(25) })).not.toEqual([]);
  expect(viewProblems({ ...modal, submit: text(25) })).not.toEqual([]);
  expect(viewProblems({ ...modal, private_metadata: 'x'.repeat(3001) })).not.toEqual([]);
  expect(viewProblems({ ...modal, callback_id: 'x'.repeat(256) })).not.toEqual([]);
  expect(viewProblems({ ...modal, blocks: Array(101).fill(divider()) })).not.toEqual([]);
});

test('builders never make what Slack refuses', () => {
  for (const piece of [
    '',
    ' ',
    '\n',
    '\u0000',
    '\uD800',
    '<!channel>',
    'x'.repeat(5000),
    '🚀'.repeat(3000),
    '&'.repeat(5000),
  ]) {
    const blocks = [
      header(piece),
      rich(line(piece), literal(piece.slice(0, 800))),
      { type: 'context' as const, elements: [plain(piece, 300)] },
    ];
    expect(slackProblems({ text: 'x', blocks: blocks.slice(0, 1) })).toEqual([]);
    expect(slackProblems({ text: 'x', blocks: blocks.slice(2) })).toEqual([]);
  }
});
