/** What hosts printed, on messages: literally what they printed, or marked as cut with the true count. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { redact } from '../../../core/redact.ts';
import type { HostOutput } from '../../../core/report/printed.ts';
import { outputs } from '../../../core/slack/parts.ts';
import { visible } from '../../../core/visible.ts';
import { seed, share } from '../../soak.ts';
import { hostileText } from './hostile.ts';

/** The texts in frames, which are the outputs. */
const frames = (printed: HostOutput, characters: number) =>
  outputs('It printed', [printed], { characters, entries: 1 }).flatMap((part) =>
    part.type === 'rich_text_preformatted' ? part.elements.map((word) => word.text) : [],
  );

const printed = fc.record(
  {
    host: fc.constant('web-1'),
    // As it is stored: redacted already.
    text: hostileText.map(redact),
    keep: fc.constant('end' as const),
    missing: fc.nat(100_000),
  },
  { requiredKeys: ['host', 'text'] },
);

test(`is what was printed, or cut with a true count, seed ${seed}`, () => {
  fc.assert(
    fc.property(printed, fc.constantFrom(0, 1, 80, 250, 700, 1500), (output, room) => {
      const text = output.text.trimEnd();
      const [frame = ''] = frames(output, room);
      if (text.length <= room && !output.missing) {
        expect(frame).toBe(visible(text) || '(nothing)');
        return;
      }
      const end = /^(\d+) characters before …/.exec(frame);
      const start = /… (\d+) more characters$/.exec(frame);
      const said = output.keep === 'end' ? end : start;
      expect(said).not.toBeNull();
      const kept = text.length + (output.missing ?? 0) - Number(said?.[1]);
      expect(kept).toBeGreaterThanOrEqual(Math.min(room, text.length) - 1);
      expect(kept).toBeLessThanOrEqual(room);
      const note = said?.[0] ?? '';
      const shown = output.keep === 'end' ? frame.slice(note.length) : frame.slice(0, frame.length - note.length);
      // A character that the cut goes through, or CR LF that it parts, may look otherwise at that place alone.
      const literal = output.keep === 'end' ? visible(kept > 0 ? text.slice(-kept) : '') : visible(text.slice(0, kept));
      expect(shown).toBe(literal);
    }),
    { seed, numRuns: share(5000, 1000) },
  );
});

test('names what is behind the last of them that fits', () => {
  const many = Array.from({ length: 5 }, (_, index) => ({ host: `i-${index}`, text: `${index}` }));
  expect(JSON.stringify(outputs('It printed', many, { characters: 10, entries: 2 }))).toContain('and on 3 more hosts');
});
