/** Every button of every kind of question says a word that the question takes, and carries what its modal needs. */
import { describe, expect, test } from 'vitest';
import { effectOf, wordsOf } from '../../../core/answers.ts';
import type { ApprovalCard } from '../../../core/report/question-card.ts';
import { approvalCard } from '../../../core/slack/card.ts';
import { type Interaction, parseInteraction } from '../../../core/slack/interaction.ts';
import { slackProblems, viewProblems } from '../../../core/slack/limits.ts';
import { modalFor } from '../../../core/slack/modals.ts';
import { QuestionKind } from '../../../core/words.ts';
import { ana, sampleCard } from './samples.ts';

const two = [
  { id: 'i-0a1b2c3d4e5f60718', name: 'web-1' },
  { id: 'i-0a1b2c3d4e5f60719', name: 'web-2' },
];
const risk = { level: 'modifying' as const, flags: [], reasons: [], notes: [] };
const choices = [
  { title: 'nginx', command: 'systemctl restart nginx' },
  { title: 'apache', command: 'systemctl restart apache2' },
];
const cardOf = (kind: QuestionKind): ApprovalCard =>
  sampleCard({ kind, risk, targets: two, choices, approvedBy: [ana], ...(kind === 'manual' ? { command: null } : {}) });

/** What a click on each button of a card comes to. */
function clicks(card: ApprovalCard): Interaction[] {
  const { blocks } = approvalCard(card);
  const actions = blocks.flatMap((block) => (block.type === 'actions' ? block.elements : []));
  return actions.map(({ action_id, value }) => {
    const message = { ts: '1.0', blocks };
    const user = { id: 'U0ANA' };
    const payload = {
      type: 'block_actions',
      user,
      trigger_id: 't',
      channel: { id: 'C1' },
      message,
      actions: [{ action_id, value }],
    };
    return parseInteraction(new URLSearchParams({ payload: JSON.stringify(payload) }).toString());
  });
}
const wordIn = (act: Interaction) => ('word' in act ? act.word : null);

describe.each(QuestionKind.options)('a question of the kind %s', (kind) => {
  const card = cardOf(kind);

  test('fits, and each of its words has a button, but those that another button says', () => {
    expect(slackProblems(approvalCard(card))).toEqual([]);
    const words = [...new Set(clicks(card).map(wordIn))].filter((word) => word !== 'ack');
    const wanted = wordsOf(kind).filter((word) => !(kind === 'manual' && word === 'approve'));
    expect([...words].sort()).toEqual([...wanted].sort());
    for (const word of words) expect(effectOf(kind, word ?? '')).not.toBeNull();
  });

  test('every modal of it is one that Slack opens, and keeps what the card showed', () => {
    for (const act of clicks(card)) {
      if (act.kind !== 'opens') continue;
      const parameter = {
        name: 'log_dir',
        type: 'path' as const,
        description: 'Where',
        values: null,
        maximumLength: 255,
      };
      const view = modalFor(act, [parameter]);
      expect(viewProblems(view)).toEqual([]);
      expect(view.private_metadata.length).toBeLessThan(3000);
      expect(JSON.parse(view.private_metadata)).toMatchObject({
        displayed: act.displayed,
        channel: 'C1',
        messageTs: '1.0',
      });
      expect(view.blocks.some((block) => block.type === 'input')).toBe(true);
    }
  });
});

test('the failure question offers to go on, try again, skip or abort', () => {
  expect(clicks(cardOf('failure')).map(wordIn)).toEqual(['continue', 'retry', 'skip', 'abort', 'ack']);
});

test('each alternative is shown with its command, and what failed is not said to run', () => {
  const shown = JSON.stringify(approvalCard(cardOf('choose')).blocks);
  for (const { title, command } of choices) {
    expect(shown).toContain(title);
    expect(shown).toContain(command);
  }
  const failed = JSON.stringify(approvalCard(cardOf('failure')).blocks);
  expect(failed).toContain('This did not succeed on web-1 and web-2');
  expect(failed).not.toContain('Runs exactly this');
});

test('each alternative has a button with its place', () => {
  const acts = clicks(cardOf('choose')).flatMap((act) =>
    act.kind === 'answer' && act.word === 'choose' ? [act.choice] : [],
  );
  expect(acts).toEqual([1, 2]);
});

test('values and fewer hosts are offered only where there are any', () => {
  const words = clicks(sampleCard({ risk, parameters: [] })).map(wordIn);
  expect(words).not.toContain('modify');
  expect(words).not.toContain('narrow');
  const back = { ...sampleCard().reference, dispatch: { step: 2, part: 'rollback' as const, attempt: 1, wave: 1 } };
  const wayBack = clicks(sampleCard({ risk, targets: two, reference: back })).map(wordIn);
  expect(wayBack).toEqual(['approve', 'reject', 'skip', 'ack']);
});

test('of something destructive Approve opens a modal, whose code stands on the card', () => {
  const card = sampleCard();
  const [approve] = clicks(card);
  expect(approve).toMatchObject({ kind: 'opens', word: 'approve' });
  expect(JSON.stringify(approvalCard(card).blocks)).toMatch(/type the code/);
  expect(JSON.stringify(approvalCard(cardOf('approve')).blocks)).not.toMatch(/type the code/);
});
