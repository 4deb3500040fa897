/** `uptime`, `nproc`, `free`, `top` and `pgrep` over the virtual host's processes. */
import { type CustomCommand, defineCommand, type ExecResult } from 'just-bash';
import { failed, printed } from './output.ts';
import { cores, type Process, type Processes, totalMemory } from './processes.ts';
import { nameOf, oneDigit, ps } from './ps.ts';

const kibibyte = 1024;

export function processCommands(processes: Processes, now: () => number): CustomCommand[] {
  return [
    defineCommand('uptime', async (arguments_) => {
      if (arguments_.includes('-p')) return printed(`up ${inWords(now() - processes.bootedAt)}\n`);
      if (arguments_.includes('-s'))
        return printed(`${new Date(processes.bootedAt).toISOString().slice(0, 19).replace('T', ' ')}\n`);
      return printed(`${processes.uptime()}\n`);
    }),
    defineCommand('nproc', async () => printed(`${cores}\n`)),
    defineCommand('free', async (arguments_) => free(processes.memory(), arguments_)),
    defineCommand('ps', async (arguments_) => ps(processes.all(), now(), arguments_)),
    defineCommand('top', async (arguments_) => top(processes, arguments_)),
    defineCommand('pgrep', async (arguments_) => pgrep(processes.all(), arguments_)),
  ];
}

/** `1 week, 5 days, 3 minutes`, as `uptime -p` says it. */
function inWords(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  const parts = [
    [Math.floor(minutes / 10_080), 'week'],
    [Math.floor(minutes / 1_440) % 7, 'day'],
    [Math.floor(minutes / 60) % 24, 'hour'],
    [minutes % 60, 'minute'],
  ] as const;
  const shown = parts
    .filter(([count]) => count > 0)
    .map(([count, unit]) => `${count} ${unit}${count === 1 ? '' : 's'}`);
  return shown.join(', ');
}

function free(memory: ReturnType<Processes['memory']>, arguments_: readonly string[]): ExecResult {
  const options = arguments_.join('');
  const show = (kibibytes: number) => {
    if (options.includes('h'))
      return kibibytes >= 1_048_576
        ? `${(kibibytes / 1_048_576).toFixed(1)}Gi`
        : kibibytes === 0
          ? '0B'
          : `${Math.round(kibibytes / kibibyte)}Mi`;
    const unit = options.includes('m') ? kibibyte : options.includes('g') ? 1_048_576 : 1;
    return String(Math.round(kibibytes / unit));
  };
  const row = (name: string, cells: readonly string[]) =>
    `${name.padEnd(8)}${cells.map((cell) => cell.padStart(12)).join('')}\n`;
  const { total, used, free, shared, cache, available } = memory;
  return printed(
    row('', ['total', 'used', 'free', 'shared', 'buff/cache', 'available']) +
      row('Mem:', [total, used, free, shared, cache, available].map(show)) +
      row('Swap:', [0, 0, 0].map(show)),
  );
}

/** Batch mode only: nobody watches a terminal here. */
function top(processes: Processes, arguments_: readonly string[]): ExecResult {
  if (!arguments_.some((argument) => /^-\w*b/.test(argument))) return failed('top: failed tty get');
  const all = processes.all();
  const { total, free, used, cache, available } = processes.memory();
  const mebibytes = (kibibytes: number) => (kibibytes / kibibyte).toFixed(1).padStart(8);
  const busy = processes.cpuPercent();
  const idle = Math.max(0, 100 - busy);
  const share = (value: number, name: string) => `${value.toFixed(1).padStart(5)} ${name}`;
  const rows = [...all]
    .sort((a, b) => b.cpu - a.cpu || a.pid - b.pid)
    .map((process) =>
      [
        String(process.pid).padStart(7),
        process.user.padEnd(8),
        '20'.padStart(3),
        String(process.nice).padStart(3),
        String(process.virtual).padStart(7),
        String(process.rss).padStart(6),
        String(Math.round(process.rss / 5)).padStart(6),
        process.cpu > 90 ? 'R' : 'S',
        oneDigit(process.cpu).padStart(5),
        oneDigit((process.rss / totalMemory) * 100).padStart(5),
        `${Math.floor(process.cpuSeconds / 60)}:${(process.cpuSeconds % 60).toFixed(2).padStart(5, '0')}`.padStart(9),
        nameOf(process),
      ].join(' '),
    );
  const tasks = `Tasks: ${String(all.length).padStart(3)} total, ${String(all.filter(({ cpu }) => cpu > 90).length || 1).padStart(3)} running, ${String(all.length - 1).padStart(3)} sleeping,   0 stopped,   0 zombie`;
  const lines = [
    `top -${processes.uptime()}`,
    tasks,
    `%Cpu(s):${[share(busy * 0.9, 'us'), share(busy * 0.1, 'sy'), share(0, 'ni'), share(idle, 'id'), share(0, 'wa'), share(0, 'hi'), share(0, 'si'), share(0, 'st')].join(',')}`,
    `MiB Mem : ${mebibytes(total)} total, ${mebibytes(free)} free, ${mebibytes(used)} used, ${mebibytes(cache)} buff/cache`,
    `MiB Swap: ${mebibytes(0)} total, ${mebibytes(0)} free, ${mebibytes(0)} used. ${mebibytes(available)} avail Mem`,
    '',
    '    PID USER      PR  NI    VIRT    RES    SHR S  %CPU  %MEM     TIME+ COMMAND',
    ...rows,
  ];
  return printed(`${lines.join('\n')}\n`);
}

function pgrep(all: readonly Process[], arguments_: readonly string[]): ExecResult {
  const pattern = new RegExp(arguments_.find((argument) => !argument.startsWith('-')) ?? '$^');
  const found = all.filter(({ command }) => pattern.test(command));
  const long = arguments_.some((argument) => /^-.*a/.test(argument));
  return printed(
    found.map(({ pid, command }) => `${pid}${long ? ` ${command}` : ''}\n`).join(''),
    found.length > 0 ? 0 : 1,
  );
}
