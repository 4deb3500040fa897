/** What `just-bash` lacks and people type on a host at night: a small, honest set over the virtual host's state. */
import { type CustomCommand, defineCommand, type ExecResult, type IFileSystem } from 'just-bash';
import { duration, failed, printed, table } from './output.ts';
import type { Services } from './services.ts';
import { quoted } from './shell.ts';

const ok = printed('');
const memory = {
  total: 3_906_250,
  used: 1_204_112,
  free: 612_400,
  shared: 1_204,
  cache: 2_089_738,
  available: 2_402_880,
};

/**
 * `trap` is a no-op: a script that sets one must not die of it, but its handler never runs. `find` and `du` take the
 * options about file system borders, of which there are none here.
 */
export function smallCommands(
  hostname: string,
  services: Services,
  bootedAt: number,
  now: () => number,
): CustomCommand[] {
  const constant = (name: string, stdout: string) => defineCommand(name, async () => printed(stdout));
  return [
    defineCommand('trap', async () => ok),
    defineCommand('sync', async () => ok),
    constant('id', 'uid=0(root) gid=0(root) groups=0(root)\n'),
    constant('whoami', 'root\n'),
    constant('nproc', '2\n'),
    constant('hostname', `${hostname}\n`),
    defineCommand('lsof', async () => printed('', 1)),
    defineCommand('uptime', async (arguments_) => uptime(arguments_, bootedAt, now())),
    defineCommand('uname', async (arguments_) => uname(hostname, arguments_)),
    defineCommand('free', async (arguments_) => free(arguments_)),
    defineCommand('ps', async () => printed(processes(services))),
    defineCommand('pgrep', async (arguments_) => pgrep(services, arguments_)),
    defineCommand('ss', async () => printed(sockets(services))),
    defineCommand('curl', async (arguments_) => curl(services, arguments_)),
    defineCommand('logger', async (arguments_) => {
      services.note('root', arguments_.filter((argument) => !argument.startsWith('-')).join(' '));
      return ok;
    }),
    defineCommand('truncate', async (arguments_, { fs, cwd }) => truncate(arguments_, fs, cwd)),
    defineCommand('mktemp', async (arguments_, { fs }) => mktemp(arguments_, fs, now())),
    defineCommand('find', async (arguments_, { origCommand }) => {
      const known = arguments_.filter((argument) => !/^-(xdev|mount|noleaf)$/.test(argument));
      return origCommand ? origCommand(known) : failed('find: unavailable');
    }),
    defineCommand('du', async (arguments_, { origCommand }) => {
      const known = arguments_.filter((argument) => !/^(-x|--one-file-system|--apparent-size)$/.test(argument));
      const plain = known.map((argument) => (/^-\w*x/.test(argument) ? argument.replaceAll('x', '') : argument));
      if (!origCommand) return failed('du: unavailable');
      const answer = await origCommand(plain);
      return { ...answer, stdout: answer.stdout.replaceAll('\t//', '\t/') };
    }),
    defineCommand('sudo', async (arguments_, { exec, cwd }) => {
      const command = arguments_.filter((argument, index) => index > 0 || !/^-(n|E|H)$/.test(argument));
      return exec ? exec(command.map(quoted).join(' '), { cwd }) : failed('sudo: unavailable');
    }),
  ];
}

function uptime(arguments_: readonly string[], bootedAt: number, now: number): ExecResult {
  const up = duration(now - bootedAt);
  if (arguments_.includes('-p')) return printed(`up ${up}\n`);
  if (arguments_.includes('-s')) return printed(`${new Date(bootedAt).toISOString().slice(0, 19).replace('T', ' ')}\n`);
  return printed(` ${new Date(now).toISOString().slice(11, 19)} up ${up},  0 users,  load average: 0.42, 0.37, 0.31\n`);
}

function uname(hostname: string, arguments_: readonly string[]): ExecResult {
  const fields: Readonly<Record<string, string>> = {
    s: 'Linux',
    n: hostname,
    r: '6.1.0-40-cloud-amd64',
    m: 'x86_64',
    o: 'GNU/Linux',
  };
  const asked = arguments_.join('').replaceAll('-', '') || 's';
  const letters = asked.includes('a') ? Object.keys(fields) : [...asked];
  return printed(`${letters.flatMap((letter) => fields[letter] ?? []).join(' ')}\n`);
}

function free(arguments_: readonly string[]): ExecResult {
  const options = arguments_.join('');
  const show = (kibibytes: number) => {
    if (options.includes('h'))
      return kibibytes >= 1_048_576 ? `${(kibibytes / 1_048_576).toFixed(1)}Gi` : `${Math.round(kibibytes / 1024)}Mi`;
    return String(
      options.includes('m')
        ? Math.round(kibibytes / 1024)
        : options.includes('g')
          ? Math.round(kibibytes / 1_048_576)
          : kibibytes,
    );
  };
  const { total, used, free, shared, cache, available } = memory;
  const rows = [
    ['', 'total', 'used', 'free', 'shared', 'buff/cache', 'available'],
    ['Mem:', ...[total, used, free, shared, cache, available].map(show)],
    ['Swap:', ...[0, 0, 0].map(show), '', '', ''],
  ];
  return printed(table(rows, new Set([1, 2, 3, 4, 5, 6])));
}

function processes(services: Services): string {
  const running = services.units.filter(({ state }) => state === 'active');
  const rows = running.map(({ pid, command }) => ['root', String(pid), '0.3', '1.1', command]);
  return table(
    [['USER', 'PID', '%CPU', '%MEM', 'COMMAND'], ['root', '1', '0.0', '0.3', '/sbin/init'], ...rows],
    new Set([1, 2, 3]),
  );
}

function pgrep(services: Services, arguments_: readonly string[]): ExecResult {
  const pattern = new RegExp(arguments_.find((argument) => !argument.startsWith('-')) ?? '$^');
  const found = services.units.filter(({ state, command }) => state === 'active' && pattern.test(command));
  const long = arguments_.some((argument) => /^-.*a/.test(argument));
  return printed(
    found.map(({ pid, command }) => `${pid}${long ? ` ${command}` : ''}\n`).join(''),
    found.length > 0 ? 0 : 1,
  );
}

const ports: Readonly<Record<string, number>> = { checkout: 8080, nginx: 80, ssh: 22 };

function sockets(services: Services): string {
  const rows = Object.entries(ports).filter(([name]) => services.find(name)?.state === 'active');
  const lines = rows.map(([name, port]) => [
    'LISTEN',
    '0',
    '511',
    `0.0.0.0:${port}`,
    '0.0.0.0:*',
    `users:(("${name}",pid=${services.find(name)?.pid},fd=6))`,
  ]);
  return table(
    [['State', 'Recv-Q', 'Send-Q', 'Local Address:Port', 'Peer Address:Port', 'Process'], ...lines],
    new Set([1, 2]),
  );
}

/** Only this host itself can be asked; there is no network. */
function curl(services: Services, arguments_: readonly string[]): ExecResult {
  const address = arguments_.find((argument) => /^(https?:\/\/)?(localhost|127\.0\.0\.1)(:\d+)?(\/|$)/.test(argument));
  if (address === undefined) return failed('curl: (6) Could not resolve host (this virtual host has no network)', 6);
  const port = Number(/:(\d+)/.exec(address.replace(/^https?:\/\//, ''))?.[1] ?? 80);
  const name = Object.entries(ports).find(([, listening]) => listening === port)?.[0] ?? '';
  if (services.find(name)?.state !== 'active')
    return failed(`curl: (7) Failed to connect to localhost port ${port}: Connection refused`, 7);
  const format = arguments_[arguments_.findIndex((argument) => argument === '-w' || argument === '--write-out') + 1];
  const written = arguments_.some((argument) => argument === '-w' || argument === '--write-out') ? (format ?? '') : '';
  const toFile = arguments_.some(
    (argument) => argument === '-o' || argument === '--output' || /^-\w*o$/.test(argument),
  );
  return printed(
    `${toFile ? '' : '{"status":"ok"}\n'}${written.replaceAll('%{http_code}', '200').replaceAll('\\n', '\n')}`,
  );
}

async function truncate(arguments_: readonly string[], fs: IFileSystem, cwd: string): Promise<ExecResult> {
  const size = arguments_.findIndex((argument) => argument === '-s' || argument === '--size');
  const joined = arguments_.find((argument) => /^(-s|--size=)\d+$/.test(argument));
  const value = Number(size >= 0 ? arguments_[size + 1] : joined?.replace(/^\D+/, ''));
  if (value !== 0) return failed('truncate: only -s 0 works on this virtual host');
  const files = arguments_.filter((argument, index) => !argument.startsWith('-') && (size < 0 || index !== size + 1));
  for (const file of files) await fs.writeFile(fs.resolvePath(cwd, file), '');
  return ok;
}

async function mktemp(arguments_: readonly string[], fs: IFileSystem, now: number): Promise<ExecResult> {
  const path = `/tmp/tmp.${now.toString(36)}${(await fs.readdir('/tmp')).length}`;
  if (arguments_.some((argument) => /^-\w*d/.test(argument))) await fs.mkdir(path);
  else await fs.writeFile(path, '');
  return printed(`${path}\n`);
}
