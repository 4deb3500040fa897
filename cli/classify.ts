/** `countersign classify`: what the risk floor says about commands, for other programs or for a person. */
import type { Command } from 'commander';
import type { ClassifyOptions } from './classify-commands.ts';

/** Registers `classify [command]`; exit 1 when a line of the input could not be read. */
export function registerClassify(program: Command): void {
  program
    .command('classify')
    .description('judge commands by the risk floor: JSON strings, one a line, on standard input')
    .argument('[command]', 'one command, judged for a person to read')
    .option('--text', 'each line of standard input is a command as it stands')
    .option('--policy <file>', "also use the organisation's own `commands` of this policy file")
    .action(async (command: string | undefined, options: ClassifyOptions) => {
      const { classifyCommands } = await import('./classify-commands.ts');
      await classifyCommands(command, options);
    });
}
