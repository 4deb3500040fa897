/** Says in one sentence what is wrong where Node cannot run this repository's TypeScript. Plain JavaScript: an old Node must read it. */
import { existsSync } from 'node:fs';

if (!process.features.typescript) {
  const isInstalled = existsSync(new URL('../node_modules/node/bin/node', import.meta.url));
  const why = isInstalled
    ? 'Node 24 is in node_modules/, but another one is found before it: start it by `npm run`, or take the other one from the front of PATH.'
    : 'Node 24 comes with `npm ci` as the package `node`, whose install script did not run (--ignore-scripts?): `npm rebuild node --ignore-scripts=false` runs it alone. Or put Node 24 on PATH.';
  console.error(`This needs Node 24, and ${process.execPath} is ${process.version}. ${why}`);
  process.exit(1);
}
