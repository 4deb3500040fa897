/** The vendors' forms as every Node reads them that the package runs on, and as gitleaks means them. */
import { expect, test } from 'vitest';
import { gitleaksForms } from '../../../core/secrets/generated/gitleaks.ts';
import { withoutModifiers } from '../../../scripts/secret-rules.ts';

test('no expression has flags of its own in the middle: Node 20 and 22 do not know them', () => {
  const marked = gitleaksForms().filter(({ source, near = '' }) => /\(\?-?[ims]+[:)-]/.test(source + near));
  expect(marked.map(({ id }) => id)).toEqual([]);
  for (const { source, near, ignoreCase } of gitleaksForms())
    for (const one of [source, near ?? '']) expect(() => new RegExp(one, ignoreCase ? 'gi' : 'g')).not.toThrow();
});

test.each([
  ['a(?i:b[c-e_-]1)f', false, 'a(?:[bB][C-Ec-e_-]1)f'],
  ['x(?i:a(?-i:b)c)', false, 'x(?:[aA](?:b)[cC])'],
  ['(?i:\\bkey\\w)', false, '(?:\\b[kK][eE][yY]\\w)'],
  ['a(?:b)(?=c)', false, 'a(?:b)(?=c)'],
  ['(?-i:A)b', true, '(?:A)b'],
])('%s (all of it in any case: %s) reads %s', (source, ignoresCase, expected) => {
  expect(withoutModifiers(source, ignoresCase)).toBe(expected);
});
