/** A SQL parser that cannot be loaded: no statement is believed to only read. */
import { expect, test, vi } from 'vitest';
import { judgeSql } from '../../../core/risk/sql/judge.ts';

vi.mock('node:module', () => ({
  createRequire: () => (file: string) => {
    throw new Error(`Cannot find module '${file}'`);
  },
}));

test.each(['mysql', 'postgresql'] as const)('in %s a query is destructive without its parser, each time', (dialect) => {
  for (let call = 0; call < 2; call++)
    expect(judgeSql('SELECT id FROM orders', dialect)).toEqual([expect.objectContaining({ level: 'destructive' })]);
});
