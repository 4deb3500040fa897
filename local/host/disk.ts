/** The virtual host's disk: what is on it, how it fills up with rotated logs, and `df`. */
import { gzipSync } from 'node:zlib';
import { type CustomCommand, defineCommand, type ExecResult } from 'just-bash';
import type { HostFileSystem } from './file-system.ts';
import { failed, humanSize, isResult, parseOptions, printed, table } from './output.ts';

const gibibyte = 2 ** 30;
const day = 86_400_000;
/** 20 GiB: with what is installed, about 47 % used; with the old logs, about 95 %. */
export const diskBytes = 20 * gibibyte;
export const logFolder = '/var/log/app';
export const applicationLog = `${logFolder}/app.log`;

/** Logs of the last week belong there; every sensible clean-up keeps them. */
const freshDays = [1, 2, 3, 4, 5, 6];
/** What a broken rotation left behind. */
const staleDays = [10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21];

export function fillDisk(fs: HostFileSystem, now: number): void {
  fs.claim('/usr/lib/base-system.img', 'the operating system\n', 3.33 * gibibyte, new Date(now - 90 * day));
  fs.claim('/opt/checkout/releases/checkout-4.12.1.tar', 'release\n', 0.6 * gibibyte, new Date(now - 20 * day));
  fs.claim('/var/lib/checkout/orders.db', 'orders\n', 3 * gibibyte, new Date(now - 60_000));
  fs.claim('/var/log/journal/4f1c/system.journal', 'journal\n', 0.2 * gibibyte, new Date(now));
  fs.claim(applicationLog, logLines(now, 40), 0.35 * gibibyte, new Date(now));
  for (const age of freshDays) rotatedLog(fs, now, age, 0.3);
}

/** Old rotated logs appear: the disk is nearly full. */
export function breakDisk(fs: HostFileSystem, now: number): void {
  for (const age of staleDays) rotatedLog(fs, now, age, 0.8);
}

/** One line, a thousand times a minute, because something is tried again without a pause. */
export function floodLog(fs: HostFileSystem, now: number): void {
  const line = (index: number) =>
    `${new Date(now - (5_000 - index) * 12).toISOString()} ERROR checkout retry=${index + 81_204} POST http://127.0.0.1:9009/metrics failed: ECONNREFUSED\n`;
  const flood = Array.from({ length: 5_000 }, (_, index) => line(index)).join('');
  fs.claim(applicationLog, logLines(now - 3_600_000, 40) + flood, 6.2 * gibibyte, new Date(now));
}

export async function diskUsedPercent(fs: HostFileSystem): Promise<number> {
  return ((await fs.used()) / diskBytes) * 100;
}

function rotatedLog(fs: HostFileSystem, now: number, age: number, gibibytes: number): void {
  const written = now - age * day - 3_600_000;
  const date = new Date(written).toISOString().slice(0, 10).replaceAll('-', '');
  fs.claim(`${logFolder}/app.log-${date}.gz`, gzipSync(logLines(written, 20)), gibibytes * gibibyte, new Date(written));
}

function logLines(until: number, count: number): string {
  const line = (index: number) => {
    const time = new Date(until - (count - index) * 1500).toISOString();
    return `${time} INFO checkout order=${100_000 + index} status=paid duration_ms=${20 + ((index * 37) % 90)}\n`;
  };
  return Array.from({ length: count }, (_, index) => line(index)).join('');
}

interface Mount {
  readonly source: string;
  readonly fstype: string;
  readonly target: string;
  readonly size: number;
  readonly used: number;
}

async function mounts(fs: HostFileSystem): Promise<Mount[]> {
  return [
    { source: '/dev/nvme0n1p1', fstype: 'ext4', target: '/', size: diskBytes, used: await fs.used() },
    { source: 'tmpfs', fstype: 'tmpfs', target: '/run', size: 0.75 * gibibyte, used: 1_232_896 },
    { source: 'tmpfs', fstype: 'tmpfs', target: '/dev/shm', size: 1.9 * gibibyte, used: 0 },
  ];
}

interface Column {
  readonly header: string;
  readonly right: boolean;
  value(mount: Mount, size: (bytes: number) => string): string;
}

const inodes = 1_310_720;
const percent = (part: number, whole: number) => `${whole === 0 ? 0 : Math.ceil((part / whole) * 100)}%`;
const columns: Readonly<Record<string, Column>> = {
  source: { header: 'Filesystem', right: false, value: (mount) => mount.source },
  fstype: { header: 'Type', right: false, value: (mount) => mount.fstype },
  size: { header: '1K-blocks', right: true, value: (mount, size) => size(mount.size) },
  used: { header: 'Used', right: true, value: (mount, size) => size(mount.used) },
  avail: { header: 'Available', right: true, value: (mount, size) => size(mount.size - mount.used) },
  pcent: { header: 'Use%', right: true, value: (mount) => percent(mount.used, mount.size) },
  itotal: { header: 'Inodes', right: true, value: () => String(inodes) },
  iused: { header: 'IUsed', right: true, value: () => '98304' },
  iavail: { header: 'IFree', right: true, value: () => String(inodes - 98_304) },
  ipcent: { header: 'IUse%', right: true, value: () => percent(98_304, inodes) },
  target: { header: 'Mounted on', right: false, value: (mount) => mount.target },
};

const dfOptions = {
  'human-readable': { type: 'boolean', short: 'h' },
  si: { type: 'boolean', short: 'H' },
  kibibytes: { type: 'boolean', short: 'k' },
  mebibytes: { type: 'boolean', short: 'm' },
  'block-size': { type: 'string', short: 'B' },
  portability: { type: 'boolean', short: 'P' },
  inodes: { type: 'boolean', short: 'i' },
  'print-type': { type: 'boolean', short: 'T' },
  all: { type: 'boolean', short: 'a' },
  local: { type: 'boolean', short: 'l' },
  type: { type: 'string', short: 't', multiple: true },
  'exclude-type': { type: 'string', short: 'x', multiple: true },
  output: { type: 'string' },
} as const;

export function df(fs: HostFileSystem): CustomCommand {
  return defineCommand('df', async (arguments_, { cwd }) => {
    const everything = arguments_.map((argument) =>
      argument === '--output' ? `--output=${Object.keys(columns).join(',')}` : argument,
    );
    const options = parseOptions('df', everything, dfOptions);
    if (isResult(options)) return options;
    const { values, operands } = options;
    const chosen = chosenColumns(values);
    const unknown = chosen.find((name) => !(name in columns));
    if (unknown !== undefined) return failed(`df: option --output: field '${unknown}' unknown`);
    const paths = operands.map((operand) => fs.resolvePath(cwd, operand));
    const missing: string[] = [];
    for (const path of paths) if (!(await fs.exists(path))) missing.push(`df: ${path}: No such file or directory`);
    const shown = selected(await mounts(fs), paths, values);
    const answer = missing.length > 0 && missing.length === paths.length ? '' : rendered(shown, chosen, values);
    const result: ExecResult = printed(answer, missing.length > 0 ? 1 : 0);
    return { ...result, stderr: missing.map((line) => `${line}\n`).join('') };
  });
}

function chosenColumns(values: Readonly<Record<string, unknown>>): string[] {
  if (typeof values.output === 'string') return values.output.split(',');
  const amounts = values.inodes ? ['itotal', 'iused', 'iavail', 'ipcent'] : ['size', 'used', 'avail', 'pcent'];
  return ['source', ...(values['print-type'] ? ['fstype'] : []), ...amounts, 'target'];
}

function selected(all: readonly Mount[], paths: readonly string[], values: Readonly<Record<string, unknown>>): Mount[] {
  const listed = (option: unknown, mount: Mount) => Array.isArray(option) && option.includes(mount.fstype);
  const holding = (path: string) =>
    all
      .filter(({ target }) => `${path}/`.startsWith(target === '/' ? '/' : `${target}/`))
      .sort((a, b) => b.target.length - a.target.length)[0];
  const chosen = paths.length === 0 ? all : paths.flatMap((path) => holding(path) ?? []);
  return chosen.filter(
    (mount) => !listed(values['exclude-type'], mount) && (!values.type || listed(values.type, mount)),
  );
}

function rendered(
  mounts: readonly Mount[],
  chosen: readonly string[],
  values: Readonly<Record<string, unknown>>,
): string {
  const [title, size] = sizes(values);
  const headers = chosen.map((name) => {
    if (name === 'size') return title;
    if (name === 'pcent' && values.portability) return 'Capacity';
    if (name === 'avail' && (title === 'Size' || values.output)) return 'Avail';
    return columns[name]?.header ?? name;
  });
  const rows = mounts.map((mount) => chosen.map((name) => columns[name]?.value(mount, size) ?? ''));
  const right = new Set(chosen.flatMap((name, index) => (columns[name]?.right ? [index] : [])));
  return table([headers, ...rows], right);
}

function sizes(values: Readonly<Record<string, unknown>>): [string, (bytes: number) => string] {
  if (values['human-readable']) return ['Size', (bytes) => humanSize(bytes)];
  if (values.si) return ['Size', (bytes) => humanSize(bytes, 1000).replace('K', 'k')];
  const unit = String(values['block-size'] ?? (values.mebibytes ? 'M' : 'K')).replace(/^1(?=[KMG])/, '');
  const bytesPerUnit = { K: 1024, M: 1024 ** 2, G: gibibyte }[unit] ?? (Number(unit) || 1024);
  const title = values.portability && bytesPerUnit === 1024 ? '1024-blocks' : `1${unit}-blocks`;
  return [
    title,
    (bytes) => `${Math.ceil(bytes / bytesPerUnit)}${values['block-size'] && Number.isNaN(Number(unit)) ? unit : ''}`,
  ];
}
