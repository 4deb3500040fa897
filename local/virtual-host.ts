/** A virtual host: a machine in memory in a thread of its own, on which any script is safe to run and always ends. */
import { Worker } from 'node:worker_threads';
import { hostThread } from '../package/assets.ts';
import { account, region } from './emulator.ts';
import type { Fault } from './host/faults.ts';
import type { MachineDefinition } from './host/machine.ts';
import type { Metric } from './host/metrics.ts';
import type { HostRequest, RunResult } from './host/worker.ts';

export interface HostDefinition {
  readonly instanceId: string;
  readonly name: string;
  readonly address: string;
  readonly tags: Readonly<Record<string, string>>;
}

/** A small shop: its web server, its worker, the host from which people operate the platform, and one that did not opt in. */
export const webHost: HostDefinition = {
  instanceId: 'i-0d15c0ffee0000001',
  name: 'web-1',
  address: '10.0.1.11',
  tags: { Name: 'web-1', countersign: 'on', role: 'web' },
};
export const workerHost: HostDefinition = {
  instanceId: 'i-0d15c0ffee0000003',
  name: 'worker-1',
  address: '10.0.1.21',
  tags: { Name: 'worker-1', countersign: 'on', role: 'worker' },
};
export const opsHost: HostDefinition = {
  instanceId: 'i-0d15c0ffee0000004',
  name: 'ops-1',
  address: '10.0.1.31',
  tags: { Name: 'ops-1', countersign: 'on', role: 'ops' },
};
export const foreignHost: HostDefinition = {
  instanceId: 'i-0bad0000000000002',
  name: 'payroll-1',
  address: '10.0.9.12',
  tags: { Name: 'payroll-1' },
};

export interface HostRun extends RunResult {
  /** The script was still running when its time was over; what it had printed is in `stdout`. */
  readonly timedOut: boolean;
}

/** A shell stops itself at its limit; if it does not within this, its thread is ended and the machine starts anew. */
const backstopMs = 3_000;
/** A script that eats more ends the thread, as the kernel would end it on a host. */
const memoryMegabytes = 256;

export class VirtualHost {
  readonly definition: HostDefinition;
  #worker: Worker;
  #nextId = 1;
  readonly #waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();

  constructor(definition: HostDefinition) {
    this.definition = definition;
    this.#worker = this.#boot();
  }

  /** Runs a script with `sh` and stops it after `seconds`, or soon after `cancelled`. One script at a time. */
  async run(script: string, seconds: number, cancelled?: AbortSignal): Promise<HostRun> {
    const begin = performance.now();
    const milliseconds = seconds * 1000;
    const backstop = setTimeout(() => this.#restart(), milliseconds + backstopMs);
    const cancel = () => this.#worker.postMessage({ id: 0, request: { kind: 'cancel' } });
    cancelled?.addEventListener('abort', cancel, { once: true });
    try {
      // The document's own time-out ends first; this one is the agent's, and must let it report what was printed.
      const result = await this.#ask<RunResult>({ kind: 'run', script, milliseconds: milliseconds + 500 });
      return { ...result, timedOut: performance.now() - begin >= milliseconds };
    } catch {
      return { exitCode: 137, stdout: '', stderr: '', timedOut: performance.now() - begin >= milliseconds };
    } finally {
      clearTimeout(backstop);
      cancelled?.removeEventListener('abort', cancel);
    }
  }

  /** What its agents would publish now. */
  measure(): Promise<readonly Metric[]> {
    return this.#ask({ kind: 'measure' });
  }

  /** One of those, by its name and some of its dimensions; undefined when this host publishes none. */
  async metric(name: string, dimensions: Readonly<Record<string, string>> = {}): Promise<number | undefined> {
    const fits = (metric: Metric) =>
      metric.name === name && Object.entries(dimensions).every(([key, value]) => metric.dimensions[key] === value);
    return (await this.measure()).find(fits)?.value;
  }

  /** Something goes wrong. */
  async break(fault: Fault): Promise<void> {
    await this.#ask({ kind: 'break', fault });
  }

  /** Starts anew, with its disk as it was. */
  async reboot(): Promise<void> {
    await this.#ask({ kind: 'reboot' });
  }

  async stop(): Promise<void> {
    this.#giveUp('the virtual host was stopped');
    this.#worker.removeAllListeners();
    await this.#worker.terminate();
  }

  #boot(): Worker {
    const { name, instanceId, tags } = this.definition;
    const machine: MachineDefinition = { hostname: name, instanceId, role: tags.role ?? 'web', region, account };
    const worker = new Worker(hostThread, {
      workerData: machine,
      resourceLimits: { maxOldGenerationSizeMb: memoryMegabytes },
    });
    worker.unref();
    worker.on('message', ({ id, value, error }) => {
      const asked = this.#waiting.get(id);
      this.#waiting.delete(id);
      if (error === undefined) asked?.resolve(value);
      else asked?.reject(new Error(`${this.definition.name}: ${error}`));
    });
    worker.on('error', () => this.#restart());
    return worker;
  }

  #restart(): void {
    const stuck = this.#worker;
    stuck.removeAllListeners();
    void stuck.terminate();
    this.#giveUp('the virtual host was restarted');
    this.#worker = this.#boot();
  }

  #giveUp(reason: string): void {
    for (const { reject } of this.#waiting.values()) reject(new Error(reason));
    this.#waiting.clear();
  }

  #ask<Answer>(request: HostRequest): Promise<Answer> {
    const id = this.#nextId++;
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve: (value) => resolve(value as Answer), reject });
      this.#worker.postMessage({ id, request });
    });
  }
}
