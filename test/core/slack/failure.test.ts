/** The card of a failure: what failed, what each answer does, and what is left of it once it is answered. */
import { expect, test } from 'vitest';
import { formatReference } from '../../../core/reference.ts';
import { storedCard } from '../../../core/report/stored-card.ts';
import { approvalCard, decidedCard, reminder } from '../../../core/slack/card.ts';
import { wordOfAction } from '../../../core/slack/controls.ts';
import { displayedDigest } from '../../../core/slack/displayed.ts';
import { parseInteraction } from '../../../core/slack/interaction.ts';
import { ana, sampleFailure } from './samples.ts';

const textOf = (message: unknown) => JSON.stringify(message);
const buttonsOf = ({ blocks }: ReturnType<typeof approvalCard>) =>
  blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));

test('says above its buttons what failed where, how its output ended, and what each answer does', () => {
  const { text, blocks } = approvalCard(sampleFailure());
  const above = textOf(
    blocks.slice(
      0,
      blocks.findIndex(({ type }) => type === 'actions'),
    ),
  );
  expect(text).toContain('An answer is needed: Failed on web-1: Remove rotated logs older than a week');
  for (const words of [
    'This did not succeed on web-1',
    'failed: find: /var/log/app: Permission denied (exit code 1)',
    'looks again, and then asks for it once more',
    'asks for the way back of steps 2, 1, and ends the incident as failed',
    'No answer means Abort.',
  ])
    expect(above).toContain(words);
  expect(above).not.toMatch(/Runs exactly this|type the code|Needs 1 approval/);
});

test('has a button for each answer that it explains, and opens no modal', () => {
  const card = sampleFailure();
  const words = (shown = card) => buttonsOf(approvalCard(shown)).map(({ action_id }) => wordOfAction(action_id));
  expect(words()).toEqual(['continue', 'retry', 'skip', 'abort', 'ack']);
  const failed = card.failed && { ...card.failed, follows: card.failed.follows.filter(({ word }) => word !== 'retry') };
  expect(words({ ...card, ...(failed ? { failed } : {}) })).toEqual(['continue', 'skip', 'abort', 'ack']);
  for (const { action_id, value } of buttonsOf(approvalCard(card)).slice(0, 4)) {
    const payload = {
      type: 'block_actions',
      user: { id: 'U0ANA' },
      trigger_id: '1.2',
      channel: { id: 'C1' },
      message: { ts: '1.0', blocks: approvalCard(card).blocks },
      actions: [{ action_id, value }],
    };
    expect(parseInteraction(`payload=${encodeURIComponent(JSON.stringify(payload))}`)).toMatchObject({
      kind: 'answer',
      word: wordOfAction(action_id),
      reference: formatReference(card.reference),
    });
  }
});

test('reads the same from what is stored of it, however long its outputs are', () => {
  const long = sampleFailure({
    earlier: [{ title: 'x', outputs: [{ host: 'web-1', text: 'y'.repeat(200_000), keep: 'end' }] }],
  });
  const shown = displayedDigest(approvalCard(long).blocks);
  expect(shown).not.toBeNull();
  expect(displayedDigest(approvalCard(storedCard(long)).blocks)).toBe(shown);
  const [first] = long.failed?.follows ?? [];
  const lying = { ...long, failed: { ...long.failed, follows: [{ ...first, text: 'asks nobody' }] } } as typeof long;
  expect(displayedDigest(approvalCard(lying).blocks)).not.toBe(shown);
});

test.each([
  ['continue', 'Goes on'],
  ['retry', 'Tried again'],
  ['skip', 'Skipped'],
  ['abort', 'Aborted'],
] as const)('once answered with %s says so, and who', (word, words) => {
  const told = textOf(decidedCard(sampleFailure(), { status: 'ANSWERED', word, by: [ana], at: 1, reason: null }));
  expect(told).toContain(`${words}: step`);
  expect(told).toContain(ana.slackId);
});

test.each(['EXPIRED', 'WITHDRAWN', 'SUPERSEDED'] as const)('that is %s is not said not to have run', (status) => {
  const told = textOf(decidedCard(sampleFailure(), { status, by: [], at: 1, reason: null }));
  expect(told).not.toContain('not run');
  expect(textOf(reminder(sampleFailure()))).toContain('no answer means Abort');
});
