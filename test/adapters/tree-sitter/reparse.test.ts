/** The second parser in one process: loaded at once from several places, as modules that import it do. */
import { expect, test } from 'vitest';
import { loadReparse } from '../../../adapters/tree-sitter/reparse.ts';

const folder = new URL('../../../node_modules', import.meta.url);

test('parsers that are loaded at the same moment share one WebAssembly module, and each reads what it is given', async () => {
  const parsers = await Promise.all([1, 2, 3, 4].map(() => loadReparse(folder)));
  const script = 'for f in $(ls /var/log); do du -sh "$f" | sort -h; done; df -h && uptime';
  const names = parsers.map((reparse) => reparse(script)?.map(({ start, end }) => script.slice(start, end)));
  expect(names).toEqual(parsers.map(() => ['ls', 'du', 'sort', 'df', 'uptime']));
});
