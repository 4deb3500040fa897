/** Clusters, containers, infrastructure and clouds: nothing that acts passes as a read, and looking around asks nobody. */
import { expect, it } from 'vitest';
import { loadReparse } from '../../../adapters/tree-sitter/reparse.ts';
import { classify } from '../../../core/risk/classify.ts';
import { dangerous, diagnostics, flagged } from './corpus/containers.ts';

const reparse = await loadReparse(new URL('../../../node_modules/', import.meta.url));
const judged = (commands: readonly string[]) =>
  commands.map((command) => ({ command, verdict: classify(command, { reparse }) }));

it('lets nothing that acts pass as a read', () => {
  const passed = judged(dangerous).filter(({ verdict }) => verdict.level === 'read_only');
  expect(passed.map(({ command }) => command)).toEqual([]);
});

it('flags what shows secrets or leaves the machine', () => {
  const passed = judged(flagged).filter(({ verdict }) => verdict.level === 'read_only' && verdict.flags.length === 0);
  expect(passed.map(({ command }) => command)).toEqual([]);
});

it('lets at least 95 of 100 diagnostics pass without asking', () => {
  const asked = judged(diagnostics).filter(({ verdict }) => verdict.level !== 'read_only' || verdict.flags.length > 0);
  expect(asked.length, asked.map(({ command }) => command).join('\n')).toBeLessThan(diagnostics.length / 20);
});
