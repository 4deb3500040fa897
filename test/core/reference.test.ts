/** References to approval requests: every one survives the way through Slack, nothing else is one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { formatReference, InvalidReference, parseReference } from '../../core/reference.ts';
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
  }),
  policyDigest12: hex(12),
  requestDigest: hex(64),
});

test(`every reference survives, seed ${seed}`, () => {
  fc.assert(
    fc.property(references, (reference) => {
      const text = formatReference(reference);
      expect(text.length).toBeLessThanOrEqual(122);
      expect(parseReference(text)).toEqual(reference);
    }),
    { numRuns: share(20_000), seed },
  );
});

test(`a text that parses is written back as itself, seed ${seed}`, () => {
  const mutated = fc
    .tuple(references.map(formatReference), fc.nat(121), fc.string({ maxLength: 3 }))
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

const good = `inc-0123456789abcdef0123.2.run.1.0123456789ab.${'0f'.repeat(32)}`;
test.each([
  ['', 'empty'],
  [`${good}\n`, 'a trailing line feed'],
  [` ${good}`, 'a leading blank'],
  [good.replace('.2.', '.02.'), 'a leading zero'],
  [good.replace('.2.', '.31.'), 'step 31'],
  [good.replace('.run.1', '.run.6'), 'attempt 6'],
  [good.replace('run', 'sudo'), 'an unknown part'],
  [good.toUpperCase(), 'upper case'],
  [`${good}.x`, 'a further piece'],
])('refuses %j: %s', (text) => {
  expect(() => parseReference(text)).toThrow(InvalidReference);
});
