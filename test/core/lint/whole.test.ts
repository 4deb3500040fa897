/** What holds of every file: reading never fails, errors are what stops a compile, and places lie within the file. */
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadReparse } from '../../../adapters/tree-sitter/reparse.ts';
import { type LintContext, lint } from '../../../core/lint/lint.ts';
import { compileRunbooks } from '../../../core/runbook/compile.ts';
import { readRunbook } from '../../../core/runbook/parse.ts';
import { RunbookError } from '../../../core/runbook/problem.ts';
import { seed, share } from '../../soak.ts';
import { good } from '../runbook/example.ts';
import { fence, runbook } from './frame.ts';

let context: LintContext;
beforeAll(async () => {
  const reparse = await loadReparse(new URL('../../../node_modules/', import.meta.url));
  context = { tools: { reparse }, environments: ['production'], today: '2026-11-28' };
});

const bytes = (text: string) => new TextEncoder().encode(text);
const rulesOf = (files: Record<string, string>) =>
  lint(
    Object.entries(files).map(([file, text]) => ({ file, bytes: bytes(text) })),
    context,
  ).map(({ file, problems }) => [file, ...problems.map(({ line, column, rule }) => `${line}:${column} ${rule}`)]);

const pieces = fc.constantFrom(
  '```',
  '~~~',
  '   ',
  '---',
  '{{ queue }}',
  '<x>',
  "'",
  '“',
  '\n',
  '1. ',
  '- ',
  '\t',
  '*a',
  ': ',
  '<!--',
  '$ ',
  '\r\n',
  '\u200b',
  '\ufffd',
  '😀',
  '# ',
  '<<EOF',
  '|',
  '$X',
);

test('whatever is cut out, doubled or inserted: no crash, places in the file, and errors exactly where nothing compiles', {
  timeout: 600_000,
}, () => {
  fc.assert(
    fc.property(fc.nat(good.length), fc.nat(60), fc.array(pieces, { maxLength: 4 }), (at, length, inserted) => {
      const text = good.slice(0, at) + inserted.join('') + good.slice(at + length);
      const [report] = lint([{ file: 'q.md', bytes: bytes(text) }], context);
      const lines = text.split(/\r\n|\n/);
      for (const { line, column } of report?.problems ?? []) {
        expect(line).toBeLessThanOrEqual(lines.length);
        expect(column).toBeLessThanOrEqual((lines[line - 1]?.length ?? 0) + 2);
      }
      let compiles = true;
      try {
        compileRunbooks([{ file: 'q.md', text }]);
      } catch (error) {
        expect(error).toBeInstanceOf(RunbookError);
        compiles = false;
      }
      expect(readRunbook(text, 'q.md').runbook !== null).toBe(compiles);
      if (!compiles) expect(report?.problems.some(({ severity }) => severity === 'error')).toBe(true);
    }),
    { seed, numRuns: share(4_000) },
  );
});

describe('between files', () => {
  const one = runbook(fence('df -h'));
  const named = (id: string, match: string) =>
    one.replace('id: case', `id: ${id}`).replace("  alarms: ['case-*']", match);

  test('an id that two have, at the later one', () => {
    expect(rulesOf({ 'a.md': one, 'b.md': one.replace('case-*', 'other-*') })).toEqual([
      ['a.md'],
      ['b.md', '2:5 shared-id'],
    ]);
  });

  test('an id of a file that does not compile counts too', () => {
    const [, second] = rulesOf({
      'a.md': one.replace('severity: low', 'severity: urgent'),
      'b.md': one.replace('case-*', 'other-*'),
    });
    expect(second).toEqual(['b.md', '2:5 shared-id']);
  });

  test.each([
    ['the same pattern', "  alarms: ['case-*']", true],
    ['the same pattern among others', "  alarms: ['other-*', 'case-*']", true],
    ['a longer pattern, which wins', "  alarms: ['case-web-*']", false],
    ['the same pattern and a metric, which wins', "  alarms: ['case-*']\n  metric: Depth", false],
    ['another pattern', "  alarms: ['disk-*']", false],
  ])('an alarm that two claim: %s', (_what, match, clashes) => {
    const [, second] = rulesOf({ 'a.md': one, 'b.md': named('other', match) });
    expect(second).toEqual(clashes ? ['b.md', '7:3 alarm-clash'] : ['b.md']);
  });

  test('an alarm that alternatives of two claim', () => {
    const alternatives = (...metrics: string[]) =>
      named('other', '').replace('match:\n', `match:\n${metrics.map((metric) => `  - metric: ${metric}\n`).join('')}`);
    const first = named('first', '').replace('match:\n', 'match:\n  - metric: Depth\n  - metric: Age\n');
    expect(rulesOf({ 'a.md': first, 'b.md': alternatives('Size', 'Age') })[1]).toEqual(['b.md', '6:1 alarm-clash']);
    expect(rulesOf({ 'a.md': first, 'b.md': alternatives('Size', 'Weight') })[1]).toEqual(['b.md']);
  });

  test('metrics of two namespaces are two alarms', () => {
    const metric = (namespace: string) => `  namespace: ${namespace}\n  metric: CPUUtilization`;
    expect(rulesOf({ 'a.md': named('a', metric('CWAgent')), 'b.md': named('b', metric('Custom')) })).toEqual([
      ['a.md'],
      ['b.md'],
    ]);
    expect(rulesOf({ 'a.md': named('a', metric('CWAgent')), 'b.md': named('b', metric('CWAgent')) })[1]).toEqual([
      'b.md',
      '6:1 alarm-clash',
    ]);
  });
});

test('every published runbook of this repository is silent', () => {
  const folder = new URL('../../../runbooks/', import.meta.url);
  const files = Object.fromEntries(
    readdirSync(folder).map((name) => [name, readFileSync(new URL(name, folder), 'utf8')]),
  );
  for (const report of rulesOf(files)) expect(report).toHaveLength(1);
});
