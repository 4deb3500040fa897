/** Nothing hidden survives, nothing visible changes, and shortening says how much is missing. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foreignCharacters, hiddenCharacters, shorten, visible } from '../../core/visible.ts';
import { seed, share } from '../soak.ts';

describe('visible', () => {
  test.each([
    ['rm \u202Egpj.exe', 'rm \\u{202e}gpj.exe', ['U+202E']],
    ['a\u200Bb\uFEFFc\u00ADd', 'a\\u{200b}b\\u{feff}c\\u{ad}d', ['U+200B', 'U+FEFF', 'U+00AD']],
    ['\u001b[31mred\u0007', '\\u{1b}[31mred\\u{7}', ['U+001B', 'U+0007']],
    ['lone \uD800 half', 'lone \\u{d800} half', ['U+D800']],
    ['tag \u{E0041} and filler \u3164', 'tag \\u{e0041} and filler \\u{3164}', ['U+E0041', 'U+3164']],
    ['line\u2028separator', 'line\\u{2028}separator', ['U+2028']],
    ['tab\tand\nline', 'tab\tand\nline', []],
    ['*bold* :tada: <!channel> [x](y)', '*bold* :tada: <!channel> [x](y)', []],
    ['Größe 日本 🚀', 'Größe 日本 🚀', []],
  ])('%j', (text, shown, found) => {
    expect(visible(text)).toBe(shown);
    expect(hiddenCharacters(text)).toEqual(found);
  });

  test('CR LF is a line feed in an output, but CR is hidden in a command', () => {
    expect(visible('a\r\nb\rc')).toBe('a\nb\\u{d}c');
    expect(hiddenCharacters('a\r\nb')).toEqual(['U+000D']);
  });

  test(`leaves nothing hidden and is idempotent, seed ${seed}`, () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 200 }), (text) => {
        expect(hiddenCharacters(visible(text))).toEqual([]);
        expect(visible(visible(text))).toBe(visible(text));
      }),
      { numRuns: share(20_000), seed },
    );
  });
});

test('foreign characters are those that may pose as ASCII', () => {
  expect(foreignCharacters("rm -rf '/vаr/log'\t\n")).toEqual(['U+0430']);
  expect(foreignCharacters('curl\u00A0-s – x')).toEqual(['U+00A0', 'U+2013']);
});

describe('shorten', () => {
  test('keeps what fits and counts the rest', () => {
    expect(shorten('short', 5)).toBe('short');
    expect(shorten('x'.repeat(30), 10)).toBe(`${'x'.repeat(10)}… 20 more characters`);
  });
  test('does not cut a character in two', () => {
    expect(shorten('ab🚀cd', 3)).toBe('ab… 4 more characters');
  });
});
