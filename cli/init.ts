/** `countersign init`: a team's own repository, with its policy, its first runbook, and how both are checked and deployed. */
import type { Command } from 'commander';

/** Registers `init [folder]`; exit 1 when something is in the way, and then nothing is written. */
export function registerInit(program: Command): void {
  program
    .command('init')
    .description('make a repository of your own runbooks and policy; overwrites nothing')
    .argument('[folder]', 'where; it is made if it is not there', '.')
    .option('--yes', 'ask nothing and take the defaults; names are then placeholders, which approve nothing')
    .action(async (folder: string, options: { yes?: true }) => {
      const { init } = await import('./init/init.ts');
      await init(folder, options.yes === true);
    });
}
