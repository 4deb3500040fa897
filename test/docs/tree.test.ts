/** The repository holds nothing of the machine it was written on: no paths of people's machines, no package registry. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { files, root } from './pages.ts';

/** Example commands of the risk floor are other people's machines by design. */
const texts = files().filter((path) => !/\.(png|wasm|ico|gz)$|^(test\/)?core\/risk\//.test(path));

/** What no file may hold. */
const foreign: Readonly<Record<string, RegExp>> = {
  'a path of this checkout': new RegExp(`${root.replace(/[^\w/]/g, '\\$&')}(?![\\w-])`),
  'a path of a person’s machine': /\/(?:home|Users)\/[a-z][\w.-]*\/|\/mnt\/c\//,
  'the address of a registry': /https?:\/\/[^\s"'`)]*(?:registry|npmmirror|artifactory|nexus|pypi|pythonhosted)/i,
  'a registry setting': /^\s*(?:@[\w-]+:)?registry\s*=|--(?:extra-)?index-url[ =]\S/m,
  'a resolved address in a lock': /^\s*"resolved": /m,
};

test.each(Object.entries(foreign))('%s is nowhere', (_, pattern) => {
  const found = texts.flatMap(
    (path) => pattern.exec(readFileSync(join(root, path), 'utf8'))?.map((text) => `${path}: ${text}`) ?? [],
  );
  expect(found).toEqual([]);
});
