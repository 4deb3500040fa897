/** The virtual host's thread: one shell at a time over one in-memory machine. A busy script starves only this thread. */
import { parentPort, workerData } from 'node:worker_threads';
import type { CustomCommand } from 'just-bash';
import { smallCommands } from './commands.ts';
import { breakDisk, df, diskUsedPercent, fillDisk, logFolder } from './disk.ts';
import { HostFileSystem } from './file-system.ts';
import { journalctl } from './journal.ts';
import { Services, unitFile } from './services.ts';
import { runLimited, timeout } from './shell.ts';
import { service, systemctl } from './systemctl.ts';

export type HostRequest =
  | { readonly kind: 'run'; readonly script: string; readonly milliseconds: number }
  | { readonly kind: 'measure' | 'breakDisk' | 'breakService' | 'cancel' };

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Measurement {
  /** 0…100 for the file system mounted on `/`. */
  readonly diskUsedPercent: number;
  /** 1 for a running service, 0 otherwise, by the unit's name without `.service`. */
  readonly services: Readonly<Record<string, number>>;
}

const hostname: string = workerData.hostname;
const now = () => Date.now();
const bootedAt = now() - 12 * 86_400_000;
const services = new Services(hostname, now);
const fs = new HostFileSystem({
  '/etc/hostname': `${hostname}\n`,
  '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n',
  '/etc/passwd': 'root:x:0:0:root:/root:/bin/bash\ncheckout:x:998:998::/var/lib/checkout:/usr/sbin/nologin\n',
  '/proc/loadavg': '0.42 0.37 0.31 1/214 20417\n',
  '/root/.profile': '',
  '/tmp/.keep': '',
  '/run/lock/.keep': '',
  ...Object.fromEntries(services.units.map((unit) => [`/etc/systemd/system/${unit.name}`, unitFile(unit)])),
});
fillDisk(fs, now());
const commands: CustomCommand[] = [
  ...smallCommands(hostname, services, bootedAt, now),
  df(fs),
  systemctl(services),
  service(services),
  journalctl(hostname, services.journal, fs, now),
];
let stop = new AbortController();
const host = {
  fs,
  commands,
  deadline: Number.POSITIVE_INFINITY,
  get signal() {
    return stop.signal;
  },
};
commands.push(timeout(host));

async function answer(request: HostRequest): Promise<RunResult | Measurement> {
  switch (request.kind) {
    case 'run': {
      stop = new AbortController();
      const { exitCode, stdout, stderr } = await runLimited(request.script, request.milliseconds, host);
      return { exitCode, stdout, stderr };
    }
    case 'cancel':
    case 'measure':
      break;
    case 'breakDisk':
      breakDisk(fs, now());
      break;
    case 'breakService':
      services.breakService();
      break;
  }
  return { diskUsedPercent: await diskUsedPercent(fs), services: services.running() };
}

/** One after the other, so that a run sees no half of another. */
let last: Promise<unknown> = fs.mkdir(logFolder, { recursive: true });
parentPort?.on('message', ({ id, request }: { id: number; request: HostRequest }) => {
  if (request.kind === 'cancel') return stop.abort();
  last = last
    .then(() => answer(request))
    .then((value) => parentPort?.postMessage({ id, value }))
    .catch((error: unknown) =>
      parentPort?.postMessage({ id, error: error instanceof Error ? error.message : String(error) }),
    );
});
