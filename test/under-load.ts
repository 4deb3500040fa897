/** Runs the tests N times in a row while busy threads load every core: `npm run under-load -- [N] [COMMAND …]`, by default 3 times `npm test`. */
import { spawn } from 'node:child_process';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';

const [count = '3', ...given] = process.argv.slice(2);
const runs = Number(count);
const [command = 'npm', ...arguments_] = given.length > 0 ? given : ['npm', 'test'];
if (!Number.isInteger(runs) || runs < 1) {
  console.error(`the number of runs is ${JSON.stringify(count)}, and should be a whole number from 1, such as 3`);
  process.exit(2);
}

// Threads of this process: they end with it, however it ends.
for (let core = 0; core < availableParallelism(); core += 1) new Worker('for (;;);', { eval: true });

for (let run = 1; run <= runs; run += 1) {
  const began = Date.now();
  const code = await once();
  const seconds = Math.round((Date.now() - began) / 1000);
  console.log(`under load, run ${run} of ${runs}: ${code === 0 ? 'green' : `failed with ${code}`} after ${seconds} s`);
  if (code !== 0) process.exit(1);
}
process.exit(0);

/** The command's exit code, or the signal that ended it. */
function once(): Promise<number | string> {
  const child = spawn(command, arguments_, { stdio: 'inherit' });
  const passOn = (signal: NodeJS.Signals) => child.kill(signal);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, passOn);
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      for (const name of ['SIGINT', 'SIGTERM'] as const) process.off(name, passOn);
      resolve(code ?? signal ?? 1);
    });
  });
}
