/** A file of alarms and the runbook that each would be given, by the very code that triage uses. */
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { stdout } from 'node:process';
import { readAlarmLine } from '../core/matching/alarm-line.ts';
import { consider, decide, whyNone } from '../core/matching/match.ts';
import type { Runbook } from '../core/runbook/runbook.ts';
import { readRunbookFolder } from './runbook-folder.ts';

/** A line that is no alarm is named on standard error, and has its line in the output too, so that the others keep their places. */
export async function matchAlarms(file: string, folder: string): Promise<void> {
  const runbooks = await readRunbookFolder(folder);
  const text = await readFile(file, 'utf8').catch((cause: unknown) => {
    throw new Error(`cannot read ${file}; name a file of alarms, one JSON object a line`, { cause });
  });
  const lines = text.replace(/^\uFEFF/, '').split('\n');
  const answers: string[] = [];
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue;
    const read = readAlarmLine(line);
    if (read.problem !== null) complain(`${file}:${index + 1}: ${read.problem}`);
    answers.push(
      JSON.stringify(
        read.problem === null
          ? answerOf(read.alarm, runbooks)
          : { name: read.name, ...nothing, why: `${file}:${index + 1}: ${read.problem}`, candidates: [], excluded: [] },
      ),
    );
  }
  if (answers.length === 0)
    throw new Error(`${file} has no alarms: one JSON object a line, such as {"name":"disk-full-web-1"}`);
  // A reader that has seen enough (`| head`) is no error.
  stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1));
  if (!stdout.write(`${answers.join('\n')}\n`)) await once(stdout, 'drain');
}

const nothing = { runbookId: null, confidence: null };

/** Which of the runbooks it would be given, and why, and why not the others. */
export function answerOf(alarm: Parameters<typeof consider>[1], runbooks: readonly Runbook[]) {
  const considered = consider(runbooks, alarm);
  const choice = decide(considered.candidates, null);
  return {
    name: alarm.name,
    ...(choice === null ? nothing : { runbookId: choice.runbookId, confidence: choice.confidence }),
    why: choice?.why ?? whyNone(considered),
    candidates: considered.candidates,
    excluded: considered.excluded,
  };
}

function complain(text: string): void {
  console.error(`countersign: ${text}`);
  process.exitCode = 1;
}
