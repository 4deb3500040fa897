/** `countersign destroy`: what deleting the stacks would leave. It deletes nothing itself. */
import type { Command } from 'commander';

/** Registers `destroy` (exit 0 told, 1 something could not be read). */
export function registerDestroy(program: Command): void {
  program
    .command('destroy')
    .description('say what deleting the stacks leaves, what that costs, and how it is removed; deletes nothing')
    .option('--json', 'print one JSON object')
    .action(async (options: { json?: true }) => {
      const { showLeaving } = await import('./destroy/show.ts');
      await showLeaving(options);
    });
}
