/** `countersign run RUNBOOK`: a person starts an incident about an alarm that is on, with the runbook that they name, by IAM. */
import type { Command } from 'commander';

export interface RunOptions {
  readonly alarm?: string;
  readonly incident?: string;
  readonly json?: true;
}

/** Registers `run`; whoever starts it may not approve in it. */
export function registerRun(program: Command): void {
  program
    .command('run')
    .description('start a further round about an alarm that is on, with the runbook that you name; asks as always')
    .argument('<runbook>', 'the id of a deployed runbook')
    .option('--alarm <name>', 'the alarm, in ALARM, whose first incident of this change is over')
    .option('--incident <id>', 'or the incident that is over (inc-…)')
    .option('--json', 'print the answer as one JSON object')
    .action(async (runbook: string, options: RunOptions) => {
      const { run } = await import('./run/run.ts');
      process.exitCode = await run(runbook, options);
    });
}
