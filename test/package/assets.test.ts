/** One module says where files lie: a path that is found from a source's own place would be another one in the built package. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { root } from '../../package/assets.ts';

/** It says to esbuild what these words become in a function. */
const exceptions = ['cdk/bundle.ts'];

test('cli/, cdk/ and local/ find files by package/assets.ts only', () => {
  const paths = ['cli', 'cdk', 'local'].flatMap((room) =>
    readdirSync(join(root, room), { recursive: true, encoding: 'utf8' }).map((name) => join(room, name)),
  );
  const sources = paths.filter((path) => path.endsWith('.ts') && !exceptions.includes(path));
  expect(sources.length).toBeGreaterThan(20);
  const own = sources.filter((path) =>
    /import\.meta\.(url|dirname|filename)/.test(readFileSync(join(root, path), 'utf8')),
  );
  expect(own).toEqual([]);
});
