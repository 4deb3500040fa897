/** The virtual host's journal and `journalctl`. */
import { type CustomCommand, defineCommand, type ExecResult } from 'just-bash';
import type { HostFileSystem } from './file-system.ts';
import { failed, humanSize, isResult, type Options, parseOptions, printed, shortTime } from './output.ts';

export interface JournalEntry {
  /** Epoch milliseconds. */
  readonly time: number;
  /** `checkout.service`, or `kernel`. */
  readonly unit: string;
  /** `checkout[1412]`. */
  readonly source: string;
  /** syslog's: 3 error, 4 warning, 6 info. */
  readonly priority: number;
  readonly text: string;
}

const journalFolder = '/var/log/journal/4f1c';
const priorities = ['emerg', 'alert', 'crit', 'err', 'warning', 'notice', 'info', 'debug'];
const seconds: Readonly<Record<string, number>> = {
  s: 1,
  sec: 1,
  second: 1,
  min: 60,
  minute: 60,
  h: 3600,
  hour: 3600,
  d: 86_400,
  day: 86_400,
};

const options = {
  unit: { type: 'string', short: 'u', multiple: true },
  lines: { type: 'string', short: 'n' },
  priority: { type: 'string', short: 'p' },
  since: { type: 'string', short: 'S' },
  until: { type: 'string', short: 'U' },
  output: { type: 'string', short: 'o' },
  grep: { type: 'string', short: 'g' },
  identifier: { type: 'string', short: 't' },
  reverse: { type: 'boolean', short: 'r' },
  boot: { type: 'boolean', short: 'b' },
  dmesg: { type: 'boolean', short: 'k' },
  catalog: { type: 'boolean', short: 'x' },
  'pager-end': { type: 'boolean', short: 'e' },
  quiet: { type: 'boolean', short: 'q' },
  'no-pager': { type: 'boolean' },
  'no-hostname': { type: 'boolean' },
  full: { type: 'boolean', short: 'l' },
  all: { type: 'boolean', short: 'a' },
  'disk-usage': { type: 'boolean' },
  rotate: { type: 'boolean' },
  'vacuum-size': { type: 'string' },
  'vacuum-time': { type: 'string' },
  'vacuum-files': { type: 'string' },
} as const;

export function journalctl(
  hostname: string,
  entries: readonly JournalEntry[],
  fs: HostFileSystem,
  now: () => number,
): CustomCommand {
  return defineCommand('journalctl', async (arguments_) => {
    const parsed = parseOptions('journalctl', arguments_, options);
    if (isResult(parsed)) return parsed;
    const { values } = parsed;
    const used = (await fs.exists(`${journalFolder}/system.journal`))
      ? (await fs.stat(`${journalFolder}/system.journal`)).size
      : 0;
    if (values['disk-usage'])
      return printed(`Archived and active journals take up ${humanSize(used)} in the file system.\n`);
    const vacuum = ['vacuum-size', 'vacuum-time', 'vacuum-files', 'rotate'].some((name) => values[name] !== undefined);
    if (vacuum)
      return { ...printed(''), stderr: `Vacuuming done, freed 0B of archived journals from ${journalFolder}.\n` };
    return shown(hostname, entries, parsed, now());
  });
}

function shown(hostname: string, entries: readonly JournalEntry[], { values }: Options, now: number): ExecResult {
  const since = timestamp(values.since, now, Number.NEGATIVE_INFINITY);
  const until = timestamp(values.until, now, Number.POSITIVE_INFINITY);
  if (since === null || until === null)
    return failed(`Failed to parse timestamp: ${since === null ? values.since : values.until}`);
  const priority = typeof values.priority === 'string' ? priorities.indexOf(values.priority) : 7;
  const highest = priority >= 0 ? priority : Number(values.priority);
  if (!(highest >= 0 && highest <= 7)) return failed(`Failed to parse log level ${values.priority}`);
  const units = Array.isArray(values.unit) ? values.unit.map(unitName) : null;
  const pattern = typeof values.grep === 'string' ? new RegExp(values.grep) : null;
  const wanted = entries.filter(
    (entry) =>
      entry.time >= since &&
      entry.time <= until &&
      entry.priority <= highest &&
      (units === null || units.includes(entry.unit)) &&
      (!values.dmesg || entry.unit === 'kernel') &&
      (!values.identifier || entry.source.replace(/\[.*/, '') === values.identifier) &&
      (pattern === null || pattern.test(entry.text)),
  );
  const count = values.lines === undefined || values.lines === 'all' ? wanted.length : Number(values.lines);
  const last = count === 0 ? [] : wanted.slice(-count);
  if (values.reverse) last.reverse();
  if (last.length === 0) return printed(values.quiet ? '' : '-- No entries --\n');
  return printed(last.map((entry) => `${line(hostname, entry, String(values.output ?? 'short'))}\n`).join(''));
}

export function line(hostname: string, entry: JournalEntry, format = 'short'): string {
  if (format === 'cat') return entry.text;
  if (format === 'json') {
    const { source, priority, text, unit, time } = entry;
    const fields = {
      __REALTIME_TIMESTAMP: String(time * 1000),
      _HOSTNAME: hostname,
      _SYSTEMD_UNIT: unit,
      PRIORITY: String(priority),
    };
    return JSON.stringify({ ...fields, SYSLOG_IDENTIFIER: source.replace(/\[.*/, ''), MESSAGE: text });
  }
  const time = format.startsWith('short-iso')
    ? new Date(entry.time).toISOString().replace(/\.\d+Z/, '+00:00')
    : shortTime(entry.time);
  return `${time} ${hostname} ${entry.source}: ${entry.text}`;
}

export function unitName(name: string | boolean): string {
  return /\.(service|timer|socket|target)$/.test(String(name)) ? String(name) : `${name}.service`;
}

/** `10 min ago`, `-1h`, `today`, `yesterday`, or a date; null for anything else. */
function timestamp(text: unknown, now: number, absent: number): number | null {
  if (typeof text !== 'string') return absent;
  const today = now - (now % 86_400_000);
  if (text === 'now') return now;
  if (text === 'today') return today;
  if (text === 'yesterday') return today - 86_400_000;
  const [, count, unit = ''] = /^-?(\d+) ?([a-z]+?)s?(?: ago)?$/.exec(text) ?? [];
  const unitSeconds = seconds[unit];
  if (count !== undefined && unitSeconds !== undefined) return now - Number(count) * unitSeconds * 1000;
  const parsed = Date.parse(`${text.replace(' ', 'T')}${/[Z+]/.test(text) || !text.includes(':') ? '' : 'Z'}`);
  return Number.isNaN(parsed) ? null : parsed;
}
