/** Claims of the documentation that can be checked: files and tests that it names, its runbooks, its dependencies, its numbers. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { functionNames } from '../../core/functions.ts';
import { historyLimits } from '../../core/limits.ts';
import { rules } from '../../core/policy/rules.ts';
import { release } from '../../core/release.ts';
import { compileRunbooks } from '../../core/runbook/compile.ts';
import { DispatchOutcome, HostOutcome, IncidentStatus } from '../../core/words.ts';
import { worstCaseHistory } from '../statemachines/history-budget.ts';
import { contains, fences, type Page, pages, prose, root } from './pages.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');

/** Files that a page names in code spans; with a placeholder or a pattern in it, a name is no file. */
function namedFiles({ text }: Page): string[] {
  const rooms = /`((?:core|cdk|adapters|functions|cli|local|statemachines|test|runbooks|docs)\/[\w./-]*[\w-])`/g;
  return [...prose(text).matchAll(rooms)].map(([, path = '']) => path);
}

/** Tests that a page names, as a file in a code span, a colon, and names in quotes. */
function namedTests({ text }: Page): { file: string; name: string }[] {
  const flat = prose(text).replace(/\s+/g, ' ');
  return [...flat.matchAll(/`(test\/[\w./-]+\.ts)`: ((?:"[^"]+"(?:, )?)+)/g)].flatMap(([, file = '', names = '']) =>
    [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => ({ file, name })),
  );
}

describe.each(pages())('$path', (page) => {
  test('names files that are there', () => {
    for (const path of namedFiles(page)) expect(existsSync(join(root, path)), path).toBe(true);
  });

  test('names tests that are there', () => {
    for (const { file, name } of namedTests(page)) expect(contains(file, name), `${file}: "${name}"`).toBe(true);
  });
});

test('the threat model names a test for every invariant, and every function', () => {
  const model = read('docs/threat-model.md');
  for (let number = 1; number <= 12; number += 1)
    expect(model).toMatch(new RegExp(`^\\| I${number} \\|.*\`test/`, 'm'));
  for (const name of functionNames) expect(model).toContain(`| \`${name}\` |`);
});

test('every way in which an incident and a dispatch can end is named', () => {
  const pages = {
    'docs/operations.md': IncidentStatus.options,
    'docs/execution.md': [...DispatchOutcome.options, ...HostOutcome.options],
  };
  for (const [page, words] of Object.entries(pages))
    for (const word of words) expect(read(page), page).toContain(`\`${word}\``);
});

test('operations names every reason for which the gate ends or holds an incident', () => {
  const gate = read('core/gate/ending.ts') + read('core/gate/gate.ts');
  const reasons = new Set([...gate.matchAll(/'(kill_switch|[a-z_]+\.[a-z_]+)'/g)].map(([, name = '']) => name));
  expect(reasons.size).toBeGreaterThan(20);
  const operations = read('docs/operations.md');
  for (const name of reasons) expect(operations).toContain(`\`${name}\``);
});

test('the policy’s page names every rule', () => {
  for (const name of Object.keys(rules))
    expect(read('docs/policy.md')).toMatch(new RegExp(`^\\|.*\`${name}\`.*\\|.*\\|`, 'm'));
});

test('the page about the floor’s tables names each of them', () => {
  const tables = readdirSync(join(root, 'core/risk/tables')).filter((name) => name.endsWith('.ts'));
  expect(tables.length).toBeGreaterThan(20);
  for (const name of tables) expect(read('core/risk/tables/README.md')).toContain(`\`${name.replace(/\.ts$/, '')}`);
});

test('operations names the worst history that the definition can make', () => {
  const definition = JSON.parse(read('statemachines/incident.asl.json'));
  const { total } = worstCaseHistory(definition, historyLimits);
  expect(read('docs/operations.md')).toContain(total.toLocaleString('en-US'));
});

test('every runbook that a page shows compiles', () => {
  const shown = pages().flatMap(({ path, text }) =>
    fences(text)
      .filter(({ language, text: body }) => language === 'markdown' && body.startsWith('---'))
      .map(({ text: body }, index) => ({ file: `${path}-${index}.md`, text: body })),
  );
  expect(shown.length).toBeGreaterThan(1);
  for (const runbook of shown) expect(compileRunbooks([runbook])).toHaveLength(1);
});

test('the release that the code names is that of package.json', () => {
  expect(JSON.parse(read('package.json')).version).toBe(release);
});

test('every dependency has its reason, and nothing else is listed', () => {
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  const listed = [...read('docs/decisions/dependencies.md').matchAll(/^\| `([^`]+)` \| \S/gm)].map(([, name]) => name);
  expect(listed.sort()).toEqual([...Object.keys(dependencies), ...Object.keys(devDependencies)].sort());
});
