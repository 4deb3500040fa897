/** The virtual host's processes, memory and CPU: `ps`, `top`, `pgrep`, `free`, `uptime`, and what `/proc` says of them. */
import { type CustomCommand, defineCommand, type ExecResult } from 'just-bash';
import { duration, failed, isResult, parseOptions, printed, table } from './output.ts';
import { cpuSeconds, cpuShare, type Services } from './services.ts';

const cores = 2;
const kibibyte = 1024;
/** 3.7 GiB, in KiB, as an instance with 4 GB shows it. */
const totalMemory = 3_906_250;
/** Used while every unit is as large as when it is fresh, in KiB. */
const quietMemory = 1_204_112;
/** Percent of one core that the kernel and the agents use. */
const quietCpu = 3.2;
const quietLoad = 0.42;

interface Process {
  readonly pid: number;
  readonly ppid: number;
  readonly user: string;
  readonly nice: number;
  /** KiB. */
  readonly rss: number;
  readonly virtual: number;
  /** Percent of one core, now. */
  readonly cpu: number;
  readonly startedAt: number;
  readonly cpuSeconds: number;
  readonly command: string;
}

export class Processes {
  readonly #services: Services;
  readonly #bootedAt: number;
  readonly #now: () => number;

  constructor(services: Services, bootedAt: number, now: () => number) {
    this.#services = services;
    this.#bootedAt = bootedAt;
    this.#now = now;
  }

  /** In the order of their ids. */
  all(): Process[] {
    const system = (pid: number, rss: number, command: string): Process => ({
      pid,
      ppid: pid === 1 ? 0 : 1,
      user: 'root',
      nice: 0,
      rss,
      virtual: rss * 9,
      cpu: 0.1,
      startedAt: this.#bootedAt,
      cpuSeconds: 41,
      command,
    });
    const units = this.#services.units.filter(({ state }) => state === 'active');
    const running = units.map((unit) => ({
      ...system(unit.pid, Math.round(unit.held / kibibyte), unit.command),
      user: unit.user,
      cpu: cpuShare(unit),
      startedAt: unit.since,
      cpuSeconds: cpuSeconds(unit, this.#now()),
    }));
    const base = [system(1, 12_412, '/sbin/init'), system(318, 38_204, '/lib/systemd/systemd-journald')];
    return [...base, ...running].sort((a, b) => a.pid - b.pid);
  }

  /** KiB, as `free` names them. */
  memory() {
    const grown = this.#services.units
      .filter(({ idle }) => !idle)
      .reduce((sum, { state, held, memory }) => sum + (state === 'active' ? held : 0) - memory, 0);
    const used = Math.min(totalMemory - 90_000, Math.round(quietMemory + grown / kibibyte));
    const rest = totalMemory - used;
    const cache = Math.min(2_089_738, Math.round(rest * 0.77));
    const available = Math.max(Math.round(rest * 0.6), rest - 299_258);
    return { total: totalMemory, used, free: rest - cache, shared: 1_204, cache, available };
  }

  memoryUsedPercent(): number {
    return (this.memory().used / totalMemory) * 100;
  }

  /** 0…100 of all cores, as EC2 measures it. */
  cpuPercent(): number {
    const busy = this.#services.units.reduce((sum, unit) => sum + cpuShare(unit), quietCpu);
    return Math.min(100, busy / cores);
  }

  load(): string[] {
    const waiting = this.#services.units.reduce((sum, unit) => sum + Math.max(0, cpuShare(unit) - unit.cpu) / 100, 0);
    return [quietLoad + waiting, 0.37 + waiting * 0.9, 0.31 + waiting * 0.6].map((value) => value.toFixed(2));
  }

  /** Percent of the last ten seconds in which everything waited for memory. */
  stalled(): number {
    const { available, total } = this.memory();
    return available / total > 0.1 ? 0 : 11.27;
  }

  uptime(): string {
    const now = this.#now();
    return ` ${new Date(now).toISOString().slice(11, 19)} up ${duration(now - this.#bootedAt)},  0 users,  load average: ${this.load().join(', ')}`;
  }

  files(): Record<string, () => string> {
    const pressure = (some: number, full: number) => {
      const line = (kind: string, value: number) =>
        `${kind} avg10=${value.toFixed(2)} avg60=${(value * 0.8).toFixed(2)} avg300=${(value * 0.5).toFixed(2)} total=${Math.round(value * 1_000_000)}\n`;
      return line('some', some) + line('full', full);
    };
    return {
      '/proc/loadavg': () => `${this.load().join(' ')} 1/214 20417\n`,
      '/proc/meminfo': () => {
        const { total, free, available, cache, shared } = this.memory();
        const rows = {
          MemTotal: total,
          MemFree: free,
          MemAvailable: available,
          Buffers: 61_204,
          Cached: cache - 61_204,
        };
        const more = { SwapTotal: 0, SwapFree: 0, Shmem: shared, Slab: 184_312 };
        return Object.entries({ ...rows, ...more })
          .map(([name, value]) => `${`${name}:`.padEnd(15)}${String(value).padStart(9)} kB\n`)
          .join('');
      },
      '/proc/pressure/memory': () => pressure(this.stalled() * 1.4, this.stalled()),
      '/proc/pressure/cpu': () => pressure(Math.max(0, this.cpuPercent() - 60), 0),
    };
  }

  commands(): CustomCommand[] {
    return [
      defineCommand('uptime', async (arguments_) => {
        if (arguments_.includes('-p')) return printed(`up ${duration(this.#now() - this.#bootedAt)}\n`);
        if (arguments_.includes('-s'))
          return printed(`${new Date(this.#bootedAt).toISOString().slice(0, 19).replace('T', ' ')}\n`);
        return printed(`${this.uptime()}\n`);
      }),
      defineCommand('nproc', async () => printed(`${cores}\n`)),
      defineCommand('free', async (arguments_) => free(this.memory(), arguments_)),
      defineCommand('ps', async (arguments_) => ps(this.all(), this.#now(), arguments_)),
      defineCommand('top', async (arguments_) => top(this, arguments_)),
      defineCommand('pgrep', async (arguments_) => pgrep(this.all(), arguments_)),
    ];
  }
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

interface Column {
  readonly header: string;
  /** At least so wide, and aligned to the right where a number. */
  readonly width: number;
  readonly right: boolean;
  value(process: Process, now: number): string | number;
  show?(value: number): string;
}

/** `00:03:12`, `1-02:00:00`. */
function clock(seconds: number, short: boolean): string {
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  const hours = Math.floor(seconds / 3600) % 24;
  const rest = `${two((seconds / 60) % 60)}:${two(seconds % 60)}`;
  if (days > 0) return `${days}-${two(hours)}:${rest}`;
  return short && hours === 0 ? rest : `${two(hours)}:${rest}`;
}

const oneDigit = (value: number) => value.toFixed(1);
const lifeShare = (process: Process, now: number) =>
  Math.min(process.cpu, (process.cpuSeconds / Math.max(1, (now - process.startedAt) / 1000)) * 100);
const columns: Readonly<Record<string, Column>> = {
  pid: { header: 'PID', width: 7, right: true, value: ({ pid }) => pid },
  ppid: { header: 'PPID', width: 7, right: true, value: ({ ppid }) => ppid },
  user: { header: 'USER', width: 8, right: false, value: ({ user }) => user },
  ni: { header: 'NI', width: 3, right: true, value: ({ nice }) => nice },
  rss: { header: 'RSS', width: 5, right: true, value: ({ rss }) => rss },
  vsz: { header: 'VSZ', width: 6, right: true, value: ({ virtual }) => virtual },
  pmem: { header: '%MEM', width: 4, right: true, value: ({ rss }) => (rss / totalMemory) * 100, show: oneDigit },
  pcpu: { header: '%CPU', width: 4, right: true, value: lifeShare, show: oneDigit },
  etime: {
    header: 'ELAPSED',
    width: 11,
    right: true,
    value: ({ startedAt }, now) => (now - startedAt) / 1000,
    show: (value) => clock(value, true),
  },
  time: {
    header: 'TIME',
    width: 8,
    right: true,
    value: (process) => process.cpuSeconds,
    show: (value) => clock(value, false),
  },
  comm: { header: 'COMMAND', width: 0, right: false, value: nameOf },
  args: { header: 'COMMAND', width: 0, right: false, value: ({ command }) => command },
};
const synonyms: Readonly<Record<string, string>> = {
  cmd: 'args',
  command: 'args',
  '%cpu': 'pcpu',
  '%mem': 'pmem',
  rssize: 'rss',
};

function nameOf({ command }: Process): string {
  return (command.split(' ')[0] ?? '').split('/').at(-1)?.slice(0, 15) ?? '';
}

/** `ps`, `ps aux`, `ps -ef`, `ps -eo LIST --sort=KEY`, `ps -C NAME`, `ps -p PID`. */
function ps(all: readonly Process[], now: number, arguments_: readonly string[]): ExecResult {
  const bsd = /^[aux]+$/.test(arguments_[0] ?? '');
  const parsed = parseOptions('ps', bsd ? arguments_.slice(1) : arguments_, {
    every: { type: 'boolean', short: 'e' },
    everything: { type: 'boolean', short: 'A' },
    full: { type: 'boolean', short: 'f' },
    format: { type: 'string', short: 'o', multiple: true },
    name: { type: 'string', short: 'C' },
    pid: { type: 'string', short: 'p' },
    sort: { type: 'string' },
    'no-headers': { type: 'boolean' },
  });
  if (isResult(parsed)) return parsed;
  const { values } = parsed;
  const standard = bsd
    ? 'user,pid,pcpu,pmem,vsz,rss,time,args'
    : values.full
      ? 'user,pid,ppid,time,args'
      : 'pid,time,args';
  const asked = Array.isArray(values.format) ? values.format.join(',') : standard;
  const names = asked.split(',').map((name) => synonyms[name] ?? name);
  const unknown = names.find((name) => !Object.hasOwn(columns, name));
  if (unknown !== undefined) return failed(`error: unknown user-defined format specifier "${unknown}"`);
  const [, sign = '', key = 'pid'] = /^([-+]?)(.+)$/.exec(String(values.sort ?? 'pid')) ?? [];
  const by = columns[synonyms[key] ?? key];
  if (!by) return failed(`error: unknown sort specifier`);
  const chosen = all.filter(
    (process) =>
      (values.name === undefined || nameOf(process) === values.name) &&
      (values.pid === undefined || String(values.pid).split(',').includes(String(process.pid))),
  );
  const sorted = [...chosen].sort((a, b) => (by.value(a, now) < by.value(b, now) ? -1 : 1) * (sign === '-' ? -1 : 1));
  return printed(rendered(names, sorted, now, values['no-headers'] === true), chosen.length > 0 ? 0 : 1);
}

function rendered(names: readonly string[], processes: readonly Process[], now: number, bare: boolean): string {
  const used = names.flatMap((name) => columns[name] ?? []);
  const cell = (column: Column, process: Process) => {
    const value = column.value(process, now);
    return typeof value === 'number' && column.show ? column.show(value) : String(value);
  };
  const pad = (column: Column, text: string) =>
    column.right ? text.padStart(column.width) : text.padEnd(column.width);
  const headers = used.map((column) => pad(column, column.header));
  const rows = processes.map((process) => used.map((column) => pad(column, cell(column, process))));
  const right = new Set(used.flatMap((column, index) => (column.right ? [index] : [])));
  return table(bare ? rows : [headers, ...rows], right);
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
