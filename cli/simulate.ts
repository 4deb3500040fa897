/** `countersign simulate ALARM`: a drill, from an alarm that is there for it to the closing message. */
import type { Command } from 'commander';

export interface SimulateOptions {
  readonly timeout: string;
  readonly json?: true;
}

/** Registers `simulate`; its exit codes are those of cli/simulate/drill.ts. */
export function registerSimulate(program: Command): void {
  program
    .command('simulate')
    .description('a drill: rings an alarm that is there for it, and follows its incident; only a runbook that reads')
    .argument('<alarm>', 'the name of an alarm that is OK, opted in, and tagged countersign-drill=on')
    .option('--timeout <time>', 'how long to follow: 90m, 2h', '15m')
    .option('--json', 'print the result as one JSON object; progress goes to standard error')
    .action(async (alarm: string, options: SimulateOptions) => {
      const { simulate } = await import('./simulate/simulate.ts');
      process.exitCode = await simulate(alarm, options);
    });
}
