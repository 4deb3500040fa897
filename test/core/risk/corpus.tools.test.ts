/** The tools' own lists: nothing dangerous is a read, and nearly all that people look at is one without a flag. */
import { describe, expect, it } from 'vitest';
import { loadReparse } from '../../../adapters/tree-sitter/reparse.ts';
import { classify } from '../../../core/risk/classify.ts';
import * as databases from './corpus/databases.ts';
import * as servers from './corpus/servers.ts';
import * as storage from './corpus/storage.ts';

const reparse = await loadReparse(new URL('../../../node_modules/', import.meta.url));

describe.each(Object.entries({ databases, servers, storage }))('%s', (_name, corpus) => {
  it('never calls a dangerous command a read', () => {
    expect(corpus.dangerous.filter((command) => classify(command, { reparse }).level === 'read_only')).toEqual([]);
  });

  it('leaves at least 95 of 100 diagnostics alone', () => {
    const asked = corpus.diagnostics.filter((command) => {
      const verdict = classify(command, { reparse });
      return verdict.level !== 'read_only' || verdict.flags.length > 0;
    });
    expect(asked.length / corpus.diagnostics.length, asked.join('\n')).toBeLessThanOrEqual(0.05);
  });
});
