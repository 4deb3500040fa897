/** `countersign match`: which runbook each alarm of a file would be given, by the very code that triage uses. */
import { readFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { readAlarmLine } from '../core/matching/alarm-line.ts';
import { consider, decide, whyNone } from '../core/matching/match.ts';
import type { Runbook } from '../core/runbook/runbook.ts';
import { readRunbookFolder } from './runbook-folder.ts';

/** Registers `match --alarms FILE`; exit 1 when a line of the file is no alarm. */
export function registerMatch(program: Command): void {
  program
    .command('match')
    .description('say which runbook each alarm of a file would be given: one JSON line per line, in their order')
    .requiredOption(
      '--alarms <file>',
      'alarms, one JSON object a line: name, namespace, metric, dimensions, comparison …',
    )
    .option('--runbooks <folder>', 'the folder of runbooks', 'runbooks')
    .action(async ({ alarms, runbooks }: { alarms: string; runbooks: string }) => {
      await matchAll(alarms, await readRunbookFolder(runbooks));
    });
}

/** A line that is no alarm is named on standard error, and has its line in the output too, so that the others keep their places. */
async function matchAll(file: string, runbooks: readonly Runbook[]): Promise<void> {
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
  process.stdout.write(`${answers.join('\n')}\n`);
}

const nothing = { runbookId: null, confidence: null };

function answerOf(alarm: Parameters<typeof consider>[1], runbooks: readonly Runbook[]) {
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
