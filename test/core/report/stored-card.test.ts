/** A stored card: it has room in its row, its command is whole, and what was cut says so. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maximumStoredCard, storedCard } from '../../../core/report/stored-card.ts';
import { approvalCard, CardTooLong, decidedCard } from '../../../core/slack/card.ts';
import { seed, share } from '../../soak.ts';
import { sampleCard } from '../slack/samples.ts';

const bytes = (value: unknown) => Buffer.byteLength(JSON.stringify(value));
const printed = (count: number, text: string) =>
  Array.from({ length: count }, (_, host) => ({ host: `i-${host}`, text }));

describe('storedCard', () => {
  test('keeps an ordinary card as it is', () => {
    expect(storedCard(sampleCard())).toEqual(sampleCard());
  });

  test('cuts long texts with a note, and never the command', () => {
    const command = `echo ${'x'.repeat(6000)}`;
    const card = storedCard(sampleCard({ command, before: printed(1, 'y'.repeat(24_000)) }));
    expect(card.command).toBe(command);
    expect(card.before[0]).toEqual({ host: 'i-0', text: 'y'.repeat(4000), missing: 20_000 });
    // Drawn again, it counts what is missing of the whole.
    const [, kept = '', more] = /(y+)… (\d+) more characters/.exec(JSON.stringify(approvalCard(card))) ?? [];
    expect(kept.length + Number(more)).toBe(24_000);
    expect(approvalCard(card).blocks.length).toBeGreaterThan(3);
  });

  test('cuts to what a card shows at most where that is enough', () => {
    const card = storedCard(sampleCard({ before: printed(20, '日'.repeat(24_000)) }));
    expect(card.before[19]).toEqual({ host: 'i-19', text: '日'.repeat(1500), missing: 22_500 });
    expect(bytes(card)).toBeLessThanOrEqual(maximumStoredCard);
  });

  test('cuts further where there is much of it', () => {
    const card = storedCard(
      sampleCard({ before: printed(20, '日'.repeat(24_000)), dryRun: printed(20, '月'.repeat(24_000)) }),
    );
    expect(card.before).toHaveLength(20);
    expect(card.before[0]).toEqual({ host: 'i-0', text: '日'.repeat(200), missing: 23_800 });
    expect(bytes(card)).toBeLessThanOrEqual(maximumStoredCard);
  });

  test('leaves findings out at last, and can still be drawn when it is decided', () => {
    const reason = { rule: 'find.delete', text: 'r'.repeat(300), level: 'destructive' as const, start: 0, end: 4 };
    const risk = { ...sampleCard().risk, reasons: Array.from({ length: 900 }, () => reason) };
    const card = storedCard(sampleCard({ risk, evidence: [{ title: 't', text: 'u' }] }));
    expect(card).toMatchObject({
      evidence: [],
      before: [],
      dryRun: [],
      risk: { level: risk.level, reasons: [], notes: [] },
    });
    expect(bytes(card)).toBeLessThanOrEqual(maximumStoredCard);
    expect(decidedCard(card, { status: 'EXPIRED', by: [], at: 1, reason: null }).blocks.length).toBe(5);
  });

  test(`whatever fits on a card is drawn the same when it is decided, seed ${seed}`, () => {
    const cards = fc.record({
      command: fc.option(fc.string({ unit: 'grapheme-ascii', maxLength: 4000 })),
      before: fc.array(fc.record({ host: fc.string(), text: fc.string({ maxLength: 9000 }) }), { maxLength: 20 }),
      parameters: fc.array(fc.record({ name: fc.string(), value: fc.string() }), { maxLength: 5 }),
    });
    fc.assert(
      fc.property(cards, (changes) => {
        const card = sampleCard(changes);
        const outcome = { status: 'APPROVED' as const, by: [], at: 1, reason: 'r' };
        let drawn: unknown;
        try {
          drawn = decidedCard(card, outcome);
        } catch (error) {
          expect((error as Error).name).toMatch(/Card/);
          return;
        }
        expect(decidedCard(storedCard(card), outcome)).toEqual(drawn);
      }),
      { numRuns: share(2000), seed },
    );
    expect(new CardTooLong('').name).toBe('CardTooLong');
  });
});
