/** The scenarios of the evaluation: alarms in the manner of published ones, each with what would be right. */
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import type { Alarm } from '../core/alarm/alarm.ts';
import { readAlarmLine } from '../core/matching/alarm-line.ts';

/**
 * `correct_triage`: a runbook is for it, and the metric's own name says so; `approximate_match`: the same in other words
 * or of other agents; `no_runbook`: a trouble without a runbook, or without a host; `false_alarm`: no trouble at all;
 * `escalation`: people's business from the first: managed services, security, cost, hardware, Windows.
 */
export const categories = ['correct_triage', 'approximate_match', 'no_runbook', 'false_alarm', 'escalation'] as const;
export const difficulties = ['easy', 'medium', 'hard'] as const;
export const parts = ['tuning', 'held_out'] as const;

const Label = z.object({
  /** The runbook that is for this trouble and can run on a host of this alarm; null = none, people. */
  expected: z.string().nullable(),
  /** Others that a reader would let pass. */
  acceptable: z.array(z.string()).default([]),
  category: z.enum(categories),
  difficulty: z.enum(difficulties),
  /** A third is held out: no rule is fitted to it. Which, is a hash of the name. */
  part: z.enum(parts),
});

export interface Scenario extends z.infer<typeof Label> {
  readonly alarm: Alarm;
}

/** @throws {Error} naming the line that is no scenario; a file of none is an error too. */
export function readScenarios(file: URL | string): Scenario[] {
  const lines = readFileSync(file, 'utf8').split('\n');
  const scenarios = lines.flatMap((line, index) =>
    line.trim() === '' ? [] : [scenarioOf(line, `${file}:${index + 1}`)],
  );
  if (scenarios.length === 0) throw new Error(`${file} has no scenarios: an evaluation of nothing says nothing`);
  return scenarios;
}

function scenarioOf(line: string, where: string): Scenario {
  const read = readAlarmLine(line);
  if (read.problem !== null) throw new Error(`${where}: ${read.problem}`);
  const label = Label.safeParse(JSON.parse(line));
  if (!label.success) throw new Error(`${where}: ${z.prettifyError(label.error)}`);
  return { ...label.data, alarm: read.alarm };
}

export const scenariosFile = new URL('alarms.ndjson', import.meta.url);
