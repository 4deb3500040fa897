/** Every rule of `validate` on faulty runbooks: each fault at its line and column, nothing else, and nothing of the right twin. */
import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadReparse } from '../../../adapters/tree-sitter/reparse.ts';
import { type LintContext, lint } from '../../../core/lint/lint.ts';
import { commands } from './cases/commands.ts';
import { frontMatter } from './cases/front.ts';
import { markdown } from './cases/markdown.ts';
import { several } from './cases/several.ts';
import { slips } from './cases/slips.ts';
import { type Case, unmarked } from './frame.ts';

let context: LintContext;
beforeAll(async () => {
  const reparse = await loadReparse(new URL('../../../node_modules/', import.meta.url));
  context = { tools: { reparse }, environments: ['production', 'staging'], today: '2026-11-28' };
});

function found(text: string): string[] {
  const [report] = lint([{ file: 'case.md', bytes: new TextEncoder().encode(text) }], context);
  return (report?.problems ?? []).map(
    ({ line, column, rule, message }) => `${line}:${column} ${rule}${process.env.WHY ? message : ''}`,
  );
}

const conversions = new URL('conversions/', import.meta.url);

test.each(readdirSync(conversions))('%s, what became of a runbook of another team, is right', (name) => {
  expect(found(readFileSync(new URL(name, conversions), 'utf8'))).toEqual([]);
});

const groups: Readonly<Record<string, readonly Case[]>> = { slips, commands, markdown, frontMatter, several };

describe.each(Object.entries(groups))('%s', (_group, cases) => {
  test.each(cases.map((one, index) => [`${one.rules.join(', ')} (${index})`, one] as const))(
    '%s',
    (_name, { faulty, rules, right }) => {
      const { text, places } = unmarked(faulty);
      expect(found(text), text).toEqual(
        places.map(({ line, column }, index) => `${line}:${column} ${rules[index] ?? rules[0]}`),
      );
      if (right !== undefined) expect(found(right), right).toEqual([]);
    },
  );
});
