/** `ps` as procps prints it: columns by name, sorted by any of them. */
import type { ExecResult } from 'just-bash';
import { failed, isResult, parseOptions, printed, table } from './output.ts';
import { type Process, totalMemory } from './processes.ts';

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

export const oneDigit = (value: number) => value.toFixed(1);
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

export function nameOf({ command }: Process): string {
  return (command.split(' ')[0] ?? '').split('/').at(-1)?.slice(0, 15) ?? '';
}

/** `ps`, `ps aux`, `ps -ef`, `ps -eo LIST --sort=KEY`, `ps -C NAME`, `ps -p PID`. */
export function ps(all: readonly Process[], now: number, arguments_: readonly string[]): ExecResult {
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
