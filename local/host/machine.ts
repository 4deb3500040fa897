/** One virtual machine in memory: its file system, what runs on it, what it can reach, and every tool over that. */
import type { CustomCommand } from 'just-bash';
import { aws } from './aws/command.ts';
import { EcsService } from './aws/ecs.ts';
import { Secret } from './aws/secrets.ts';
import { Queue } from './aws/sqs.ts';
import { Certificates } from './certificates.ts';
import { smallCommands } from './commands.ts';
import { df, fillDisk } from './disk.ts';
import { HostFileSystem } from './file-system.ts';
import { journalctl } from './journal.ts';
import { Cluster } from './kubernetes/cluster.ts';
import { kubectl } from './kubernetes/kubectl.ts';
import { networkCommands } from './network.ts';
import { Postgres } from './postgres.ts';
import { processCommands } from './process-commands.ts';
import { Processes } from './processes.ts';
import { Redis } from './redis.ts';
import { Services, unitFile } from './services.ts';
import { service, systemctl } from './systemctl.ts';

/** What a machine is made for; all of it text, so that it can be sent to a thread. */
export interface MachineDefinition {
  readonly hostname: string;
  readonly instanceId: string;
  /** `web`, `worker`, or `ops`: what its tag `role` says. */
  readonly role: string;
  readonly region: string;
  readonly account: string;
}

export interface Machine {
  readonly definition: MachineDefinition;
  readonly now: () => number;
  readonly fs: HostFileSystem;
  readonly services: Services;
  readonly processes: Processes;
  readonly certificates: Certificates;
  readonly postgres: Postgres;
  readonly redis: Redis;
  readonly queue: Queue | null;
  readonly ecs: EcsService;
  readonly secret: Secret;
  readonly cluster: Cluster;
  /** Something writes the same line again and again, until its service is restarted. */
  flooding: boolean;
  readonly commands: readonly CustomCommand[];
}

const upDays = 12;

export function createMachine(definition: MachineDefinition, now: () => number): Machine {
  const { hostname, role, region, account } = definition;
  const services = new Services(hostname, role, now);
  const fs = new HostFileSystem(filesOf(hostname, services));
  fillDisk(fs, now());
  const processes = new Processes(services, now() - upDays * 86_400_000, now);
  fs.live(processes.files());
  const state = {
    certificates: new Certificates(fs, services, now),
    postgres: new Postgres(services, now),
    redis: new Redis(fs, services, now),
    queue: role === 'worker' ? new Queue(services, region, account, now) : null,
    ecs: new EcsService(region, account, now),
    secret: new Secret(region, account, now),
    cluster: new Cluster(now),
  };
  const commands = [
    ...smallCommands(hostname, services, now),
    ...processCommands(processes, now),
    ...networkCommands(services, state.postgres),
    ...state.certificates.commands(),
    ...state.postgres.commands(),
    ...state.redis.commands(),
    df(fs),
    systemctl(services, now),
    service(services),
    journalctl(hostname, services.journal, fs, now),
    aws({ ...state.queue?.operations(), ...state.ecs.operations(), ...state.secret.operations() }),
    ...(role === 'ops' ? [kubectl(state.cluster, now)] : []),
  ];
  const machine: Machine = { definition, now, fs, services, processes, ...state, flooding: false, commands };
  services.watch('checkout', () => {
    machine.flooding = false;
  });
  return machine;
}

/** What a reboot takes: everything on tmpfs. It is up since now. */
export async function reboot({ fs, processes, now }: Machine): Promise<void> {
  for (const name of await fs.readdir('/run')) await fs.rm(`/run/${name}`, { recursive: true, force: true });
  processes.bootedAt = now();
}

function filesOf(hostname: string, services: Services): Record<string, string> {
  const passwd = services.units
    .filter(({ user }) => user !== 'root')
    .map(({ user }, index) => `${user}:x:${998 - index}:${998 - index}::/var/lib/${user}:/usr/sbin/nologin\n`);
  return {
    '/etc/hostname': `${hostname}\n`,
    '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nID=debian\nVERSION_ID="12"\n',
    '/etc/passwd': `root:x:0:0:root:/root:/bin/bash\n${passwd.join('')}`,
    '/root/.profile': '',
    '/tmp/.keep': '',
    '/var/tmp/.keep': '',
    '/var/log/app/.keep': '',
    '/run/lock/.keep': '',
    ...Object.fromEntries(services.units.map((unit) => [`/etc/systemd/system/${unit.name}`, unitFile(unit)])),
  };
}
