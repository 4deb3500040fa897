/** The virtual host's thread: one shell at a time over one in-memory machine. A busy script starves only this thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CustomCommand } from 'just-bash';
import { cause, type Fault } from './faults.ts';
import { createMachine, reboot } from './machine.ts';
import { type Metric, metricsOf } from './metrics.ts';
import { runLimited, timeout } from './shell.ts';

export type HostRequest =
  | { readonly kind: 'run'; readonly script: string; readonly milliseconds: number }
  | { readonly kind: 'break'; readonly fault: Fault }
  | { readonly kind: 'measure' | 'cancel' | 'reboot' };

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const machine = createMachine(workerData, () => Date.now());
const commands: CustomCommand[] = [...machine.commands];
let stop = new AbortController();
const host = {
  fs: machine.fs,
  commands,
  deadline: Number.POSITIVE_INFINITY,
  get signal() {
    return stop.signal;
  },
};
commands.push(timeout(host));

async function answer(request: HostRequest): Promise<RunResult | readonly Metric[]> {
  if (request.kind === 'run') {
    stop = new AbortController();
    const { exitCode, stdout, stderr } = await runLimited(request.script, request.milliseconds, host);
    return { exitCode, stdout, stderr };
  }
  if (request.kind === 'reboot') await reboot(machine);
  if (request.kind === 'break') cause(request.fault, machine);
  return metricsOf(machine);
}

/** One after the other, so that a run sees no half of another. */
let last: Promise<unknown> = Promise.resolve();
parentPort?.on('message', ({ id, request }: { id: number; request: HostRequest }) => {
  if (request.kind === 'cancel') return stop.abort();
  last = last
    .then(() => answer(request))
    .then((value) => parentPort?.postMessage({ id, value }))
    .catch((error: unknown) =>
      parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
    );
});
