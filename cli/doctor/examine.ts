/** Runs the checks of `countersign doctor`, and prints them. */

import { type Check, type CheckOutcome, exitCodeOf } from '../../core/doctor/check.ts';
import { doctor } from '../../core/use-cases/doctor.ts';
import { colours as pc } from '../colours.ts';
import type { DoctorOptions } from '../doctor.ts';
import { oneLine } from '../timeline.ts';
import { doctorPorts } from './ports.ts';

/** @returns the exit code. */
export async function examine({ stack, json, ...paths }: DoctorOptions): Promise<0 | 1 | 2> {
  const checks = await doctor(doctorPorts(paths), stack ?? null);
  const code = exitCodeOf(checks);
  if (json) console.log(JSON.stringify({ exitCode: code, checks }));
  else for (const line of checkLines(checks)) console.log(line);
  return code;
}

const marks: Readonly<Record<CheckOutcome, string>> = {
  ok: pc.green('✓'),
  warn: pc.yellow('!'),
  fail: pc.red('✗'),
  cannot_tell: pc.yellow('?'),
};

/** One line per check, and below it what to do. */
export function checkLines(checks: readonly Check[]): string[] {
  const width = Math.max(...checks.map(({ name }) => name.length));
  return checks.flatMap(({ name, outcome, seen, next }) => [
    `${marks[outcome]} ${name.padEnd(width)}  ${oneLine(seen)}`,
    ...(next === null ? [] : [`  ${''.padEnd(width)}  ${pc.dim(`→ ${oneLine(next)}`)}`]),
  ]);
}
