/** What `just-bash` lacks and people type on a host at night: a small, honest set over the virtual host's state. */
import { type CustomCommand, defineCommand, type ExecResult, type IFileSystem } from 'just-bash';
import { failed, printed } from './output.ts';
import type { Services } from './services.ts';
import { quoted } from './shell.ts';

const ok = printed('');
/**
 * `trap` is a no-op: a script that sets one must not die of it, but its handler never runs. `find` and `du` take the
 * options about file system borders, of which there are none here.
 */
export function smallCommands(hostname: string, services: Services, now: () => number): CustomCommand[] {
  const constant = (name: string, stdout: string) => defineCommand(name, async () => printed(stdout));
  return [
    defineCommand('trap', async () => ok),
    defineCommand('sync', async () => ok),
    constant('id', 'uid=0(root) gid=0(root) groups=0(root)\n'),
    constant('whoami', 'root\n'),
    constant('hostname', `${hostname}\n`),
    defineCommand('lsof', async () => printed('', 1)),
    defineCommand('uname', async (arguments_) => uname(hostname, arguments_)),
    defineCommand('logger', async (arguments_) => {
      services.log('root', 6, arguments_.filter((argument) => !argument.startsWith('-')).join(' '));
      return ok;
    }),
    defineCommand('truncate', async (arguments_, { fs, cwd }) => truncate(arguments_, fs, cwd)),
    defineCommand('mkfifo', async (arguments_, { fs, cwd }) => mkfifo(arguments_, fs, cwd)),
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
      const rest = [...arguments_];
      let user = 'root';
      while (rest[0]?.startsWith('-')) {
        const option = rest.shift() ?? '';
        if (/^(-u|--user)$/.test(option)) user = rest.shift() ?? '';
        else if (!/^-[nEH]$/.test(option)) return failed(`sudo: invalid option '${option}' (on this virtual host)`);
      }
      return exec ? exec(rest.map(quoted).join(' '), { cwd, env: { USER: user } }) : failed('sudo: unavailable');
    }),
  ];
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

async function truncate(arguments_: readonly string[], fs: IFileSystem, cwd: string): Promise<ExecResult> {
  const size = arguments_.findIndex((argument) => argument === '-s' || argument === '--size');
  const joined = arguments_.find((argument) => /^(-s|--size=)\d+$/.test(argument));
  const value = Number(size >= 0 ? arguments_[size + 1] : joined?.replace(/^\D+/, ''));
  if (value !== 0) return failed('truncate: only -s 0 works on this virtual host');
  const files = arguments_.filter((argument, index) => !argument.startsWith('-') && (size < 0 || index !== size + 1));
  for (const file of files) await fs.writeFile(fs.resolvePath(cwd, file), '');
  return ok;
}

/**
 * Nothing on this host runs beside a script, so nobody could read on: a pipe `NAME.pipe` is another name of the file
 * `NAME`, in which its reader would keep what it reads.
 */
async function mkfifo(arguments_: readonly string[], fs: IFileSystem, cwd: string): Promise<ExecResult> {
  for (const argument of arguments_) {
    const pipe = fs.resolvePath(cwd, argument);
    if (!pipe.endsWith('.pipe')) return failed('mkfifo: only NAME.pipe works on this virtual host');
    const file = pipe.slice(0, -'.pipe'.length);
    await fs.writeFile(file, '');
    await fs.symlink(file, pipe);
  }
  return ok;
}

async function mktemp(arguments_: readonly string[], fs: IFileSystem, now: number): Promise<ExecResult> {
  const path = `/tmp/tmp.${now.toString(36)}${(await fs.readdir('/tmp')).length}`;
  if (arguments_.some((argument) => /^-\w*d/.test(argument))) await fs.mkdir(path);
  else await fs.writeFile(path, '');
  return printed(`${path}\n`);
}
