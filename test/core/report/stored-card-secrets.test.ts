/** A card as it is kept: what is cut from it shows no half of a secret. */
import { expect, test } from 'vitest';
import { storedCard } from '../../../core/report/stored-card.ts';
import { excerpt, shown } from '../../../core/shown.ts';
import { decidedCard } from '../../../core/slack/card.ts';
import { sampleCard } from '../slack/samples.ts';

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

test('a long secret that becomes a short mark draws no half of another one into sight', () => {
  const key = `-----BEGIN PRIVATE KEY-----\n${'QUJD'.repeat(1000)}\n-----END PRIVATE KEY-----\n`;
  const text = `${key}${'x'.repeat(60)} postgres://u:hunter2secretsecret@host`;
  for (let maximum = 0; maximum < 200; maximum += 1)
    for (const said of [shown(text, maximum), excerpt({ text }, maximum), excerpt({ text, keep: 'end' }, maximum)])
      expect(said).not.toContain('hunter');
});
