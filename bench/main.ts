/** `npm run bench -- NAME`: measures one part of Countersign on this machine. */
import { argv } from 'node:process';

const benches: Readonly<Record<string, () => Promise<unknown>>> = {
  classify: () => import('./classify.ts'),
};

const name = argv[2] ?? '';
const bench = Object.hasOwn(benches, name) ? benches[name] : undefined;
if (bench === undefined) {
  console.error(`no bench is called ${JSON.stringify(name)}; there is: ${Object.keys(benches).join(', ')}`);
  process.exitCode = 1;
} else await bench();
