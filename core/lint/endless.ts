/** Commands that never end by themselves: they would run to their time-out, and count as failed. */
import type { Finding } from '../runbook/problem.ts';
import type { JudgedScript } from './judged.ts';
import { type Call, has, operands } from './shell.ts';

/** Null when the call ends; else what to write instead. */
type Endless = (args: readonly string[], call: Call) => string | null;

const onlyWith =
  (options: readonly string[], fix: string): Endless =>
  (args) =>
    has(args, ...options) ? fix : null;

const unlessWith =
  (options: readonly string[], fix: string): Endless =>
  (args) =>
    has(args, ...options, '--help', '--version') ? null : fix;

/** `vmstat 1` repeats for ever, `vmstat 1 5` does not, `vmstat` neither. */
const interval =
  (name: string): Endless =>
  (args) => {
    const numbers = args.filter((arg) => /^\d+$/.test(arg));
    return numbers.length === 1 && !/^-[A-Za-z]$/.test(args[args.indexOf(numbers[0] ?? '') - 1] ?? '')
      ? `give a count as well: ${name} ${numbers[0]} 3`
      : null;
  };

const logs = onlyWith(['-f', '--follow'], 'read what is there: --tail=100 instead of -f');

const endless: Readonly<Record<string, Endless>> = {
  top: (args) => (has(args, '-n') || has(args, '-h', '-v') ? null : 'run it once: top -b -n 1'),
  htop: () => 'run top once: top -b -n 1',
  atop: (args) => (operands(args).length >= 2 ? null : 'give it an interval and a count: atop 1 1'),
  btop: () => 'run top once: top -b -n 1',
  glances: () => 'run top once: top -b -n 1',
  nmon: () => 'run vmstat 1 5',
  iftop: unlessWith(['-t'], 'read the counters: ip -s link'),
  iotop: unlessWith(['-n', '--iter'], 'run it once: iotop -b -n 1'),
  nethogs: unlessWith(['-c'], 'read the counters: ip -s link'),
  slabtop: unlessWith(['-o', '--once'], 'run it once: slabtop -o'),
  watch: (args) => `run the command once: ${watched(args)}`,
  tail: (args) =>
    has(args, '-f', '-F', '--follow', '--retry') && !has(args, '--pid') ? 'read the end: tail -n 100' : null,
  less: (args) => (has(args, '+F') ? 'read the end: tail -n 100' : null),
  journalctl: onlyWith(['-f', '--follow'], 'read the end: journalctl --no-pager -n 100'),
  dmesg: onlyWith(['-w', '-W', '--follow', '--follow-new'], 'leave -w away'),
  ping: unlessWith(['-c', '-w'], 'give a count: ping -c 3'),
  ping6: unlessWith(['-c', '-w'], 'give a count: ping6 -c 3'),
  mtr: unlessWith(['-r', '--report', '-c', '-w'], 'make a report: mtr --report -c 5'),
  vmstat: interval('vmstat'),
  iostat: interval('iostat'),
  mpstat: interval('mpstat'),
  pidstat: interval('pidstat'),
  sar: interval('sar'),
  dstat: (args) => (operands(args).length >= 2 ? null : 'give it an interval and a count: dstat 1 5'),
  yes: (_args, { into }) => (into.length > 0 ? null : 'leave it away'),
  sleep: (args) => (/^(?:inf|infinity)$/.test(args[0] ?? '') ? 'leave it away' : null),
  tcpdump: unlessWith(['-c', '-r', '-D'], 'give a count: tcpdump -c 100'),
  strace: (args) => (has(args, '-p') ? 'end it: timeout 5 strace -p …' : null),
  perf: (args) => (args[0] === 'top' ? 'record for a while: perf record -a sleep 5' : null),
  inotifywait: onlyWith(['-m', '--monitor'], 'give it a time: inotifywait -t 10'),
  udevadm: (args) => (args[0] === 'monitor' ? 'look once: udevadm info' : null),
  dbus: () => null,
  stern: unlessWith(['--no-follow'], 'leave it: stern --no-follow'),
  nc: onlyWith(['-l'], 'a runbook cannot wait for a caller; leave it away'),
  kubectl: kubectl,
  oc: kubectl,
  docker: container,
  podman: container,
  nerdctl: container,
  'docker-compose': (args) => compose(args),
  'redis-cli': redis,
  aws: (args) => (args[0] === 'logs' && args[1] === 'tail' && has(args, '--follow') ? 'leave --follow away' : null),
  helm: () => null,
  gcloud: (args) =>
    args.includes('tail') && args.includes('logging') ? 'read what is there: gcloud logging read' : null,
  heroku: onlyWith(['-t', '--tail'], 'leave --tail away'),
};

function watched(args: readonly string[]): string {
  let at = 0;
  while ((args[at] ?? '').startsWith('-')) at += /^-[nqi]$|^--interval$/.test(args[at] ?? '') ? 2 : 1;
  return args.slice(at).join(' ') || 'what it watches';
}

function kubectl(args: readonly string[]): string | null {
  const [verb] = verbs(args);
  if (verb === 'logs') return logs(args, {} as Call);
  if (verb === 'get' && has(args, '-w', '--watch', '--watch-only'))
    return 'look once, or: kubectl wait --for=… --timeout=60s';
  if (verb === 'port-forward' || verb === 'proxy') return 'nothing ends it; ask the pod itself: kubectl exec';
  if (verb === 'events' && has(args, '-w', '--watch')) return 'leave --watch away';
  return null;
}

/** Operands of kubectl and docker, without the values of the options that stand before the verb. */
function verbs(args: readonly string[]): string[] {
  return args.filter(
    (arg, index) =>
      !arg.startsWith('-') && !/^(?:-n|--namespace|--context|--kubeconfig|-H|-f|-p)$/.test(args[index - 1] ?? ''),
  );
}

function container(args: readonly string[]): string | null {
  const [verb] = verbs(args);
  if (verb === 'compose') return compose(args.slice(args.indexOf('compose') + 1));
  if (verb === 'logs') return logs(args, {} as Call);
  if (verb === 'stats') return has(args, '--no-stream') ? null : 'look once: docker stats --no-stream';
  if (verb === 'events') return has(args, '--until') ? null : 'give it an end: docker events --since 10m --until 0s';
  if (verb === 'attach') return 'read its log: docker logs --tail=100';
  return null;
}

function compose(args: readonly string[]): string | null {
  const [verb] = verbs(args);
  if (verb === 'logs') return logs(args, {} as Call);
  if (verb === 'up') return has(args, '-d', '--detach', '--wait') ? null : 'start it in the background: up -d';
  return null;
}

function redis(args: readonly string[]): string | null {
  if (has(args, '--latency', '--latency-history', '--latency-dist', '--stat'))
    return 'end it: timeout 5 redis-cli --latency, or ask once: redis-cli --intrinsic-latency 5, redis-cli INFO';
  return args.some((arg) => /^(?:monitor|subscribe|psubscribe)$/i.test(arg))
    ? 'look once: redis-cli INFO commandstats'
    : null;
}

/** Downstream commands that end the whole pipeline once they have what they want. */
const enders = new Set(['head', 'grep -q']);

export function endlessFindings({ calls, tree, script, at }: JudgedScript): Finding[] {
  const findings = calls.flatMap((call): Finding[] => {
    const rule = Object.hasOwn(endless, call.name) ? endless[call.name] : undefined;
    if (call.limited || call.into.some((name) => enders.has(name))) return [];
    const fix = rule?.(call.args, call) ?? null;
    if (fix === null) return [];
    const message = `${call.name} does not end by itself: it would run until its time-out, and count as failed`;
    return [at(call.start, 'endless-command', message, fix)];
  });
  return [...findings, ...loops(tree, script, at)];
}

/** `while true` without anything in it that could end it. */
function loops(tree: JudgedScript['tree'], script: string, at: JudgedScript['at']): Finding[] {
  return tree.commands.flatMap(({ command }): Finding[] => {
    const node = command.type === 'Redirected' ? command.command : command;
    if (node.type !== 'While' || node.kind !== 'while') return [];
    const clause = script.slice(node.clause.pos, node.clause.end).replace(/;\s*$/, '').trim();
    const body = script.slice(node.body.pos, node.body.end);
    if (!/^(?:true|:|\[ 1 \]|\[\[ 1 \]\]|\(\(\s*1\s*\)\))$/.test(clause) || /\b(?:break|exit|return|exec)\b/.test(body))
      return [];
    const message = 'the loop has no end: it would run until its time-out, and count as failed';
    return [at(node.pos, 'endless-command', message, 'count its rounds: for try in 1 2 3 4 5; do …; sleep 5; done')];
  });
}
