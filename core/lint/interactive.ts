/** Commands that wait for a person at a terminal; a script has none, and no input. */
import type { Finding } from '../runbook/problem.ts';
import type { JudgedScript } from './judged.ts';
import { type Call, has, operands } from './shell.ts';

/** Null when nobody is asked; else what to write instead. */
type Interactive = (args: readonly string[], call: Call) => string | null;

const always =
  (fix: string): Interactive =>
  () =>
    fix;

const unless =
  (options: readonly string[], fix: string): Interactive =>
  (args, { hasInput }) =>
    hasInput || has(args, ...options, '--help', '--version') ? null : fix;

const editor = always('change the file with a command (sed -i, tee), or make it a manual step');
const pager =
  (instead: string): Interactive =>
  (_args, { hasInput, into }) =>
    hasInput || into.length === 0 ? instead : null;
const shell: Interactive = (args, { hasInput }) =>
  !hasInput && operands(args).length === 0 && !has(args, '-c', '--version', '--help')
    ? 'write the commands here'
    : null;
const repl =
  (fix: string): Interactive =>
  (args, { hasInput }) =>
    hasInput || operands(args).length > 0 || has(args, '-c', '-e', '-m', '-r', '-V', '--version', '-h', '--help', '-v')
      ? null
      : fix;
const sql = (options: readonly string[], fix: string) => unless(options, fix);
const packages =
  (verbs: RegExp): Interactive =>
  (args, { hasInput }) => {
    const verb = operands(args).find((arg) => verbs.test(arg));
    const yes =
      has(args, '-y', '--yes', '--assume-yes', '--assumeyes', '--noconfirm', '-s', '--dry-run', '--simulate', '-q') ||
      has(args, '--assumeno');
    return verb !== undefined && !yes && !hasInput ? 'say yes beforehand: -y' : null;
  };

const interactive: Readonly<Record<string, Interactive>> = {
  vi: editor,
  vim: editor,
  nvim: editor,
  nano: editor,
  emacs: editor,
  pico: editor,
  joe: editor,
  ed: (args, call) => (call.hasInput ? null : editor(args, call)),
  visudo: (args) =>
    has(args, '-c', '--check') ? null : 'write a file under /etc/sudoers.d, and check it with visudo -c',
  vipw: editor,
  view: pager('show it: cat, or tail -n 100'),
  less: pager('show it: cat, or tail -n 100'),
  more: pager('show it: cat, or tail -n 100'),
  man: (_args, { into }) => (into.length > 0 ? null : 'leave it away: nobody reads it here'),
  ssh: (args) =>
    remoteCommand(args)
      ? has(args, '-t')
        ? 'leave -t away: there is no terminal'
        : null
      : 'give the command: ssh HOST COMMAND',
  sftp: unless(['-b'], 'copy with a command: scp'),
  ftp: unless([], 'copy with a command: curl'),
  telnet: unless([], 'try the port: nc -z -w 3 HOST PORT'),
  read: (_args, { hasInput, inFunction }) =>
    hasInput || inFunction ? null : 'declare a parameter: a script has no input',
  select: always('declare a parameter: a script has no input'),
  mysql: sql(['-e', '--execute'], "give the statement: mysql -e 'SELECT 1'"),
  mariadb: sql(['-e', '--execute'], "give the statement: mariadb -e 'SELECT 1'"),
  psql: sql(['-c', '--command', '-f', '--file', '-l', '--list'], "give the statement: psql -c 'SELECT 1'"),
  mongosh: sql(['--eval', '-f', '--file'], "give the statement: mongosh --eval 'db.stats()'"),
  mongo: sql(['--eval'], "give the statement: mongo --eval 'db.stats()'"),
  sqlplus: sql(['-s'], 'give it a file: sqlplus -s … @file.sql'),
  sqlite3: (args, { hasInput }) =>
    hasInput || operands(args).length > 1 ? null : "give the statement: sqlite3 FILE 'SELECT 1'",
  'redis-cli': (args, { hasInput }) => (hasInput || redisCommand(args) ? null : 'give the command: redis-cli INFO'),
  cqlsh: unless(['-e', '--execute', '-f', '--file'], "give the statement: cqlsh -e '…'"),
  kubectl: kubectl,
  oc: (args) => {
    const verb = operands(args).find((arg) => arg === 'rsh' || arg === 'debug');
    return verb !== undefined && !args.includes('--') ? `give the command: oc ${verb} … -- COMMAND` : kubectl(args);
  },
  docker: container,
  podman: container,
  nerdctl: container,
  bash: shell,
  sh: shell,
  zsh: shell,
  dash: shell,
  ksh: shell,
  fish: shell,
  su: (args, { hasInput }) =>
    hasInput || has(args, '-c', '--command') ? null : 'give the command: su -c COMMAND USER',
  sudo: (args) =>
    has(args, '-i', '-s', '--login', '--shell') && operands(args).length === 0
      ? 'leave it away: scripts run as root'
      : null,
  chroot: (args) => (operands(args).length > 1 ? null : 'give the command: chroot FOLDER COMMAND'),
  nsenter: (args) =>
    operands(args.filter((_, index) => !/^-[tSG]$/.test(args[index - 1] ?? ''))).length > 0 ? null : 'give the command',
  python: repl("give the code: python -c '…'"),
  python3: repl("give the code: python3 -c '…'"),
  node: repl("give the code: node -e '…'"),
  irb: repl("give the code: ruby -e '…'"),
  rails: (args) => (/^(?:c|console|db|dbconsole)$/.test(args[0] ?? '') ? "give the code: rails runner '…'" : null),
  passwd: (args) =>
    has(args, '-l', '-u', '-S', '-e', '-d', '--stdin')
      ? null
      : 'lock or expire it (passwd -l, -e), or make it a manual step',
  crontab: (args) => (has(args, '-e') ? 'install a file: crontab FILE' : null),
  systemctl: (args) =>
    args[0] === 'edit' && !has(args, '--stdin', '--drop-in')
      ? 'write a drop-in file, then systemctl daemon-reload'
      : null,
  fdisk: unless(['-l', '--list'], 'give it a script: sfdisk'),
  parted: unless(['-s', '-l', '--script', '--list'], 'leave the questions away: parted -s'),
  screen: (args) => (has(args, '-dm', '-d', '-ls', '-X', '--version') ? null : 'run the command itself'),
  tmux: (args) =>
    /^(?:ls|list|kill|send|new)/.test(args[0] ?? '') && !(args[0]?.startsWith('new') && !has(args, '-d'))
      ? null
      : 'run the command itself',
  gdb: unless(['-batch', '--batch', '-ex'], 'run it once: gdb -batch -ex bt'),
  dialog: always('declare a parameter: a script has no input'),
  whiptail: always('declare a parameter: a script has no input'),
  'apt-get': packages(/^(?:install|upgrade|dist-upgrade|full-upgrade|remove|purge|autoremove)$/),
  apt: packages(/^(?:install|upgrade|full-upgrade|remove|purge|autoremove)$/),
  yum: packages(/^(?:install|update|upgrade|remove|erase|downgrade|reinstall|autoremove)$/),
  dnf: packages(/^(?:install|update|upgrade|remove|erase|downgrade|reinstall|autoremove)$/),
  zypper: (args) =>
    /^(?:in|install|up|update|rm|remove|dup)$/.test(operands(args)[0] ?? '') &&
    !has(args, '-n', '--non-interactive', '-y')
      ? 'say so beforehand: zypper -n'
      : null,
  aws: (args) =>
    args[0] === 'configure' && (args[1] === undefined || args[1].startsWith('-') || args[1] === 'sso')
      ? 'the host has its own role; leave it away'
      : args[0] === 'ssm' && args[1] === 'start-session'
        ? 'write the commands here: Countersign sends them to the host'
        : args[0] === 'ecs' && args[1] === 'execute-command' && has(args, '--interactive')
          ? 'make it a manual step: it needs a terminal'
          : null,
  git: (args) =>
    args[0] === 'rebase' && has(args, '-i')
      ? 'leave -i away'
      : args[0] === 'commit' && !has(args, '-m', '-F', '-C', '--message', '--no-edit', '-am')
        ? 'give the message: -m'
        : null,
};

function remoteCommand(args: readonly string[]): boolean {
  const takes = /^-[bcDEeFIiJLlmOopQRSWw]$/;
  const words = args.filter((arg, index) => !arg.startsWith('-') && !takes.test(args[index - 1] ?? ''));
  return words.length > 1 || has(args, '-N', '-V', '-G', '-O', '-W') || args.some((arg) => /^-[fN]+$/.test(arg));
}

function redisCommand(args: readonly string[]): boolean {
  const takes = /^-[hpasunirdDx]$|^--(?:user|pass|cacert|cert|key|pipe-timeout|eval)$/;
  const words = args.filter((arg, index) => !arg.startsWith('-') && !takes.test(args[index - 1] ?? ''));
  return (
    words.length > 0 ||
    has(
      args,
      '--version',
      '--help',
      '--bigkeys',
      '--memkeys',
      '--hotkeys',
      '--scan',
      '--latency',
      '--latency-history',
      '--latency-dist',
      '--stat',
      '--intrinsic-latency',
      '--rdb',
      '--eval',
      '--cluster',
      '--pipe',
      '-v',
    )
  );
}

function kubectl(args: readonly string[]): string | null {
  const words = args.filter(
    (arg, index) =>
      !arg.startsWith('-') && !/^(?:-n|--namespace|--context|-c|--container|-l)$/.test(args[index - 1] ?? ''),
  );
  const own = args.includes('--') ? args.slice(0, args.indexOf('--')) : args;
  const [verb] = words;
  if (verb === 'edit') return 'change it with a command: kubectl patch, kubectl set, kubectl apply -f';
  if (verb === 'attach') return 'read its log: kubectl logs --tail=100';
  const terminal = has(own, '-t', '--tty') || own.some((arg) => /^-(?:it|ti)$/.test(arg));
  if (verb === 'exec') return terminal ? 'leave -it away, and give the command: kubectl exec POD -- COMMAND' : null;
  if ((verb === 'run' || verb === 'debug') && terminal)
    return `leave -it away, and give the command: kubectl ${verb} … -- COMMAND`;
  return null;
}

function container(args: readonly string[]): string | null {
  const [verb = ''] = operands(args);
  if (!/^(?:exec|run|compose|start|attach)$/.test(verb)) return null;
  const at = args.indexOf(verb);
  const own = args.slice(at, at + 6);
  return own.some((arg) => /^-[a-z]*t[a-z]*$/.test(arg) || arg === '--tty' || (arg === '-i' && verb === 'start'))
    ? `leave -it away, and give the command: docker ${verb} CONTAINER COMMAND`
    : null;
}

export function interactiveFindings({ calls, at }: JudgedScript): Finding[] {
  return calls.flatMap((call): Finding[] => {
    const rule = Object.hasOwn(interactive, call.name) ? interactive[call.name] : undefined;
    const fix = rule?.(call.args, call) ?? null;
    if (fix === null) return [];
    const verb = /^(?:kubectl|oc|docker|podman|git|aws|systemctl|rails)$/.test(call.name)
      ? ` ${operands(call.args)[0] ?? ''}`
      : '';
    const message = `${call.name}${verb} waits for a person at a terminal, and a script has neither`;
    return [at(call.start, 'interactive-command', message, fix)];
  });
}
