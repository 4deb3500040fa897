/** `countersign drift`: where runbooks and what happens have parted, from the account or from a bundle. */
import type { Command } from 'commander';

export interface DriftOptions {
  readonly since?: string;
  readonly until?: string;
  readonly bundle?: string;
  readonly runbooks: string;
  readonly json?: true;
}

/** Registers `drift`; exit 0 nothing to look at, 3 something, 1 broken or not read. */
export function registerDrift(program: Command): void {
  program
    .command('drift')
    .description('steps that fail or that people change, skip and reject; runbooks that nobody uses, or reads again')
    .option('--since <time>', 'from then on: 30d, 2026-11-01, or with time and zone (90d if not given)')
    .option('--until <time>', 'and before then; now if it is not given')
    .option('--bundle <file>', 'count over a file of audit export, without the account')
    .option('--runbooks <dir>', 'the folder of the runbooks', 'runbooks')
    .option('--json', 'print one JSON object')
    .action(async (options: DriftOptions) => {
      const { drift } = await import('./drift/drift.ts');
      process.exitCode = await drift(options, new Date());
    });
}
