/** Gitleaks' rules as they are kept: each compiles, is bounded and has a keyword; and how the script writes them. */
import { expect, test } from 'vitest';
import { gitleaksForms } from '../../../core/secrets/generated/gitleaks.ts';
import { formOf, inJavaScript, rulesIn } from '../../../scripts/secret-rules.ts';

test.each(gitleaksForms().map((form) => [form.id, form] as const))('%s', (_, { keywords, near = '', source }) => {
  expect(() => new RegExp(`(?:${near})${source}`)).not.toThrow();
  expect(keywords).toEqual(keywords.filter((keyword) => keyword === keyword.toLowerCase() && keyword.length >= 2));
  const withoutClasses = source.replace(/\\./g, 'x').replace(/\[[^\]]*\]/g, 'x');
  expect(withoutClasses).not.toMatch(/[+*]|,\}/);
});

test('flags in the middle of a pattern become a group, classes by name and \\z are spelt out', () => {
  expect(inJavaScript(String.raw`\b(p8e-(?i)[a-z]{32})x`)).toBe(String.raw`\b(p8e-(?i:[a-z]{32}))x`);
  expect(inJavaScript(String.raw`(?i)pat[[:alnum:]]\z`)).toBe(String.raw`pat[A-Za-z0-9](?![\s\S])`);
});

test('a rule that looks near a name keeps the name and the form of the value', () => {
  const regex = String.raw`(?i)[\w.-]{0,50}?(?:acme|acme-inc)(?:[ \t\w.-]{0,20})[\s'"]{0,3}(?:=|>|:{1,3}=|\|\||:|=>|\?=|,)[\x60'"\s=]{0,5}([a-z0-9]{32,})(?:[\x60'"\s;]|\\[nr]|$)`;
  expect(formOf({ id: 'acme-key', regex, keywords: ['acme'] })).toEqual({
    id: 'acme-key',
    keywords: ['acme'],
    near: 'acme|acme-inc',
    source: '([a-z0-9]{32,1032})',
    ignoreCase: true,
  });
  expect(formOf({ id: 'generic-api-key', regex, keywords: ['key'] })).toBeNull();
  expect(() => formOf({ id: 'x', regex: 'x[0-9]{9}' })).toThrow(/x: no keyword/);
});

test('rules are read from the configuration, and from a program that carries it', () => {
  const text = 'title = "gitleaks config"\n\n[[rules]]\nid = "a"\nregex = \'\'\'a[0-9]{9}\'\'\'\nkeywords = ["a"]\n';
  const rules = [{ id: 'a', regex: 'a[0-9]{9}', keywords: ['a'] }];
  expect(rulesIn(Buffer.from(text))).toEqual(rules);
  expect(rulesIn(Buffer.from(`\0ELF\0# more\n${text}rest of a program\0`))).toEqual(rules);
  expect(() => rulesIn(Buffer.from('x'))).toThrow(/no gitleaks configuration/);
});
