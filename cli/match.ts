/** `countersign match`: which runbook each alarm of a file would be given. */
import type { Command } from 'commander';

/** Registers `match --alarms FILE`; exit 1 when a line of the file is no alarm. */
export function registerMatch(program: Command): void {
  program
    .command('match')
    .description('say which runbook each alarm of a file would be given: one JSON line for each, in their order')
    .requiredOption(
      '--alarms <file>',
      'alarms, one JSON object a line: name, namespace, metric, dimensions, comparison …',
    )
    .option('--runbooks <folder>', 'the folder of runbooks', 'runbooks')
    .action(async ({ alarms, runbooks }: { alarms: string; runbooks: string }) => {
      const { matchAlarms } = await import('./match-alarms.ts');
      await matchAlarms(alarms, runbooks);
    });
}
