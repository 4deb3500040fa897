/** Small helpers for the virtual host's commands: results, option parsing, tables, sizes. */
import { type ParseArgsOptionsConfig, parseArgs } from 'node:util';
import type { ExecResult } from 'just-bash';

export function printed(stdout: string, exitCode = 0): ExecResult {
  return { stdout, stderr: '', exitCode };
}

export function failed(stderr: string, exitCode = 1): ExecResult {
  return { stdout: '', stderr: `${stderr}\n`, exitCode };
}

export interface Options {
  readonly values: Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;
  readonly operands: readonly string[];
}

/** Parses as GNU does; what the virtual host does not know is an error, never silently ignored. */
export function parseOptions(
  name: string,
  arguments_: readonly string[],
  options: ParseArgsOptionsConfig,
): Options | ExecResult {
  try {
    const { values, positionals } = parseArgs({ args: [...arguments_], options, allowPositionals: true, strict: true });
    return { values, operands: positionals };
  } catch (error) {
    return failed(`${name}: ${error instanceof Error ? error.message : error} (on this virtual host)`, 2);
  }
}

export function isResult(value: Options | ExecResult): value is ExecResult {
  return 'exitCode' in value;
}

/** Columns of equal width; `right` names those aligned to the right. The last column is not padded. */
export function table(rows: readonly (readonly string[])[], right: ReadonlySet<number>): string {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  const cell = (text: string, column: number, last: boolean) => {
    if (right.has(column)) return text.padStart(widths[column] ?? 0);
    return last ? text : text.padEnd(widths[column] ?? 0);
  };
  return rows
    .map((row) => `${row.map((text, column) => cell(text, column, column === row.length - 1)).join(' ')}\n`)
    .join('');
}

/** `9.6G`, `20G`: rounded up as `df -h` and `du -h` do. `base` is 1024 or 1000. */
export function humanSize(bytes: number, base = 1024): string {
  const units = ['', 'K', 'M', 'G', 'T'];
  let value = bytes;
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit++;
  }
  if (unit === 0) return String(value);
  const text = value < 10 ? (Math.ceil(value * 10) / 10).toFixed(1) : String(Math.ceil(value));
  return `${text}${units[unit]}`;
}

/** `412.6M`, `2.6G`: as systemd writes sizes. */
export function binarySize(bytes: number): string {
  return bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)}G` : `${(bytes / 2 ** 20).toFixed(1)}M`;
}

/** `Nov 21 09:36:03`, as journals and `ls` write it. UTC. */
export function shortTime(milliseconds: number): string {
  const [, month = '', day = '', time = ''] =
    /^\w+, (\d+) (\w+) \d+ ([\d:]+)/.exec(new Date(milliseconds).toUTCString()) ?? [];
  return `${day} ${month} ${time}`;
}

/** `Sat 2026-11-21 09:36:03 UTC`, as systemd writes it. */
export function longTime(milliseconds: number): string {
  const iso = new Date(milliseconds).toISOString();
  return `${new Date(milliseconds).toUTCString().slice(0, 3)} ${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;
}

/** `1 day 6h`, `3min 20s`: the two largest units. */
export function duration(milliseconds: number): string {
  const seconds = Math.max(0, Math.floor(milliseconds / 1000));
  const parts = [
    [Math.floor(seconds / 86_400), seconds >= 172_800 ? ' days' : ' day'],
    [Math.floor(seconds / 3600) % 24, 'h'],
    [Math.floor(seconds / 60) % 60, 'min'],
    [seconds % 60, 's'],
  ] as const;
  const shown = parts.filter(([count]) => count > 0).slice(0, 2);
  return shown.map(([count, unit]) => `${count}${unit}`).join(' ') || '0s';
}
