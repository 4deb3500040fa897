/** Every rule of the argument tables has examples that fit and examples that do not. */
import { describe, expect, it } from 'vitest';
import { loadReparse } from '../../../adapters/tree-sitter/reparse.ts';
import { allTables } from '../../../core/risk/catalogue.ts';
import { classify } from '../../../core/risk/classify.ts';
import { optionNames } from '../../../core/risk/options.ts';
import type { Rule } from '../../../core/risk/table.ts';

const reparse = await loadReparse(new URL('../../../node_modules/', import.meta.url));
const answer = (command: string) => {
  const verdict = classify(command, { reparse });
  return [verdict.level, ...[...verdict.flags].sort().reverse()].join(' ');
};

/** A rule with all rules below it, under the dotted names that its reasons carry. */
function rulesOf(name: string, rule: Rule): { name: string; rule: Rule }[] {
  const below = Object.entries(rule.subcommands ?? {}).flatMap(([verbs, inner]) =>
    typeof inner === 'string' ? [] : rulesOf(`${name}.${verbs.split(' ')[0]}`, inner),
  );
  return [{ name, rule }, ...below];
}

const entries = allTables().flatMap((table) => Object.entries(table).map(([names, rule]) => ({ names, rule })));

it('names every command once', () => {
  const names = entries.flatMap((entry) => entry.names.split(' '));
  expect(names.filter((name, index) => names.indexOf(name) !== index)).toEqual([]);
});

describe.each(entries)('$names', ({ names, rule }) => {
  const rules = rulesOf(names.split(' ')[0] ?? '', rule);
  const examples = Object.assign({}, ...rules.map((each) => each.rule.examples ?? {})) as Record<string, string>;

  it('answers its examples', () => {
    expect(Object.keys(examples)).not.toEqual([]);
    const answers = Object.fromEntries(Object.keys(examples).map((command) => [command, answer(command)]));
    expect(answers).toEqual(examples);
  });

  it('shows each effect by an example that has it and one that has not', () => {
    const seen = Object.keys(examples).map((command) =>
      classify(command, { reparse }).reasons.map((reason) => reason.rule),
    );
    for (const inner of rules) {
      for (const [spec, effect] of Object.entries(inner.rule.effects ?? {})) {
        if (effect.level === undefined && effect.flag === undefined) continue;
        const ends = optionNames(spec).at(-1)?.replace(/^-+/, '');
        const has = (reasons: string[]) => reasons.some((reason) => reason.endsWith(`.${ends}`));
        expect(seen.some(has), `${inner.name}: an example with ${spec}`).toBe(true);
        expect(seen.every(has), `${inner.name}: an example without ${spec}`).toBe(false);
      }
    }
  });
});
