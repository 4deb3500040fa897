/** Kinds of mistake that the floor once made: each with its first input and others of it. */
import { describe, expect, it } from 'vitest';
import { loadReparse } from '../../../adapters/tree-sitter/reparse.ts';
import { classify } from '../../../core/risk/classify.ts';
import { acting, leaking, looking, opening } from './corpus/kinds.ts';

const reparse = await loadReparse(new URL('../../../node_modules/', import.meta.url));
const answer = (script: string) => {
  const { level, flags } = classify(script, { reparse });
  return [level, ...[...flags].sort().reverse()].join(' ');
};
const answers = (scripts: readonly string[]) => Object.fromEntries(scripts.map((script) => [script, answer(script)]));

describe('what changes something or shows a secret', () => {
  it.each(Object.entries({ ...acting, ...leaking }))('%s', (_, inputs) => {
    expect(answers(Object.keys(inputs))).toEqual(inputs);
  });
});

describe('what only seems to look', () => {
  it.each(Object.entries(opening))('%s', (_, inputs) => {
    expect(inputs.filter((script) => classify(script, { reparse }).level === 'read_only')).toEqual([]);
  });
});

describe('what only looks', () => {
  it.each(Object.entries(looking))('%s', (_, inputs) => {
    expect(answers(inputs)).toEqual(Object.fromEntries(inputs.map((script) => [script, 'read_only'])));
  });
});
