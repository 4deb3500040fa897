/** `countersign doctor`: whether a deployment, and all that it rests on, is as it should be. */
import type { Command } from 'commander';
import { usualPolicy } from './validate-options.ts';

export interface DoctorOptions {
  readonly stack?: string;
  readonly policy: string;
  readonly runbooks: string;
  readonly json?: true;
}

/** Registers `doctor` (exit 0 nothing fails, 1 something fails, 2 something cannot be told). */
export function registerDoctor(program: Command): void {
  program
    .command('doctor')
    .description('look at the deployment and all that it rests on; changes nothing')
    .option('--stack <name>', 'which stack, where several have its outputs')
    .option('--policy <file>', 'the policy file that the deployed one is compared with', usualPolicy)
    .option('--runbooks <folder>', 'the runbooks that the deployed ones are compared with', 'runbooks')
    .option('--json', 'print one JSON object')
    .action(async (options: DoctorOptions) => {
      const { examine } = await import('./doctor/examine.ts');
      process.exitCode = await examine(options);
    });
}
