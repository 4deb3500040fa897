/** `countersign diff`: what a deploy would change, in words of the product. */
import type { Command } from 'commander';
import { usualPolicy } from './validate-options.ts';

export interface DiffOptions {
  readonly policy: string;
  readonly runbooks: string;
  readonly json?: true;
  readonly markdown?: true;
}

/** Registers `diff` (exit 0 told, 1 the files here are wrong, 2 what is deployed, or an open incident, could not be read). */
export function registerDiff(program: Command): void {
  program
    .command('diff')
    .description('say what a deploy of the files here would change, open incidents included; changes nothing')
    .option('--policy <file>', 'the policy file', usualPolicy)
    .option('--runbooks <folder>', 'the folder of runbooks', 'runbooks')
    .option('--markdown', 'print Markdown, for a comment on a pull request')
    .option('--json', 'print one JSON object')
    .action(async (options: DiffOptions) => {
      const { showDiff } = await import('./diff/show.ts');
      process.exitCode = await showDiff(options);
    });
}
