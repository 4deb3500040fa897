/** A card as it is kept: what is cut from it shows no half of a secret. */
import { expect, test } from 'vitest';
import { decidedCard } from '../../../core/slack/card.ts';
import { storedCard } from '../../../core/slack/stored-card.ts';
import { sampleCard } from './samples.ts';

test('a secret that the cut for storing goes through is not shown by it', () => {
  const earlier = Array.from({ length: 400 }, () => ({
    title: 't',
    outputs: [{ host: 'h', text: 'y'.repeat(4000) }],
  }));
  const reason = `${'x'.repeat(176)} postgres://u:hunter2secretsecret@host`;
  const card = { ...sampleCard(), earlier };
  const drawn = decidedCard(storedCard({ ...card, alarm: { ...card.alarm, reason } }), {
    status: 'REJECTED',
    by: [],
    at: 1,
    reason: null,
  });
  expect(JSON.stringify(drawn)).toContain('postgres://u:');
  expect(JSON.stringify(drawn)).not.toContain('hunter');
});
