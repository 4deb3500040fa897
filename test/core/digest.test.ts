/** Canonical JSON: the quick way says what the library says, or nothing. */
import canonicalize from 'canonicalize';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { canonicalJson, quickCanonicalJson } from '../../core/digest.ts';
import { seed } from '../soak.ts';

const keys = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.constantFrom('__proto__', '10', '9', 'é', '\ud83d\ude00', 'toJSON', ''),
);
const { json } = fc.letrec((tie) => ({
  json: fc.oneof(
    { depthSize: 'small' },
    fc.string({ unit: 'binary' }),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
    fc.boolean(),
    fc.constant(null),
    fc.array(tie('json')),
    fc.dictionary(keys, tie('json')),
  ),
}));

describe('canonicalJson', () => {
  test('is what the library makes of it, in whatever order keys lie', () => {
    fc.assert(
      fc.property(json, (value) => {
        const parsed: unknown = JSON.parse(JSON.stringify(value));
        expect(canonicalJson(parsed)).toBe(canonicalize(parsed));
        expect([canonicalize(parsed), null]).toContain(quickCanonicalJson(parsed));
        expect(canonicalJson(JSON.parse(canonicalJson(parsed)))).toBe(canonicalize(parsed));
      }),
      { seed, numRuns: 1000 },
    );
  });

  test('leaves what is no plain JSON, and has no canonical form, to the library', () => {
    for (const value of [new Date(0), { at: new Date(0) }, { a: undefined }, [undefined], { 10: 1, 9: 2 }, new Map()])
      expect(quickCanonicalJson(value)).toBeNull();
    expect(canonicalJson({ b: undefined, a: 1 })).toBe('{"a":1}');
    for (const value of [Number.NaN, [Number.POSITIVE_INFINITY], '\ud800', { '\udfff': 1 }])
      expect(() => canonicalJson(value)).toThrow(/not allowed/);
    expect(() => canonicalJson(undefined)).toThrow(/no JSON form/);
  });
});
