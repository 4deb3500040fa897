/** References to questions: every one survives the way through Slack, nothing else is one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatReference, InvalidReference, isOlderReference, parseReference } from '../../core/reference.ts';
import { Part } from '../../core/words.ts';
import { seed, share } from '../soak.ts';

const hex = (length: number) =>
  fc.string({ unit: fc.constantFrom(...'0123456789abcdef'), minLength: length, maxLength: length });
const references = fc.record({
  incidentId: hex(20).map((digits) => `inc-${digits}`),
  dispatch: fc.record({
    step: fc.integer({ min: 1, max: 30 }),
    part: fc.constantFrom(...Part.options),
    attempt: fc.integer({ min: 1, max: 5 }),
    wave: fc.integer({ min: 1, max: 20 }),
  }),
  revision: fc.integer({ min: 1, max: 9999 }),
  questionDigest: hex(64),
});

test(`every reference survives, seed ${seed}`, () => {
  fc.assert(
    fc.property(references, (reference) => {
      const text = formatReference(reference);
      expect(text.length).toBeLessThanOrEqual(113);
      expect(parseReference(text)).toEqual(reference);
      expect(isOlderReference(text)).toBe(false);
    }),
    { numRuns: share(20_000), seed },
  );
});

test(`a text that parses is written back as itself, seed ${seed}`, () => {
  const mutated = fc
    .tuple(references.map(formatReference), fc.nat(112), fc.string({ maxLength: 3 }))
    .map(([text, at, piece]) => text.slice(0, at) + piece + text.slice(at + 1));
  fc.assert(
    fc.property(fc.oneof(mutated, fc.string()), (text) => {
      let parsed: ReturnType<typeof parseReference>;
      try {
        parsed = parseReference(text);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidReference);
        return;
      }
      expect(formatReference(parsed)).toBe(text);
    }),
    { numRuns: share(50_000), seed },
  );
});

const good = `inc-0123456789abcdef0123.2.run.1.1.r0001.${'0f'.repeat(32)}`;
const older = `inc-0123456789abcdef0123.2.run.1.0123456789ab.${'0f'.repeat(32)}`;

test('what it looks like', () => {
  expect(formatReference(parseReference(good))).toBe(good);
});

test.each([
  ['', 'empty'],
  [`${good}\n`, 'a trailing line feed'],
  [` ${good}`, 'a leading blank'],
  [good.replace('.2.', '.02.'), 'a leading zero'],
  [good.replace('.2.', '.31.'), 'step 31'],
  [good.replace('.run.1', '.run.6'), 'attempt 6'],
  [good.replace('run', 'sudo'), 'an unknown part'],
  [good.toUpperCase(), 'upper case'],
  [good.replace('.run.1.1', '.run.1.21'), 'wave 21'],
  [good.replace('r0001', 'r0000'), 'revision 0'],
  [good.replace('r0001', 'r00010'), 'a revision of five digits'],
  [good.replace('r0001', '0001'), 'a revision without its letter'],
  [`${good}.x`, 'a further piece'],
  [older, 'a card of the first release'],
])('refuses %j: %s', (text) => {
  expect(() => parseReference(text)).toThrow(InvalidReference);
});

test('a card of the first release is known as one, and nothing else is', () => {
  expect(isOlderReference(older)).toBe(true);
  for (const text of [good, `${older}.x`, ` ${older}`, older.replace('run', 'sudo'), older.slice(0, -1), ''])
    expect(isOlderReference(text), text).toBe(false);
});
