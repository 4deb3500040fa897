/** `countersign completion SHELL`: a script after which the shell completes commands and options. */
import type { Command } from 'commander';

const shells = ['zsh', 'bash', 'fish', 'powershell'];

/** What a shell's script calls at each TAB. */
const asksForWords = 'complete';

/** Registers `completion`, after all commands that are to be completed. The library behind it is loaded when it is asked for. */
export async function registerCompletion(program: Command, asked = process.argv[2]): Promise<void> {
  if (asked === 'completion' || asked === asksForWords) {
    const { default: tab } = await import('@bomb.sh/tab/commander');
    tab(program, { completionCommandName: 'completion' });
    return;
  }
  program
    .command('completion')
    .description('print a script after which the shell completes commands and options')
    .addArgument(program.createArgument('<shell>', 'which shell it is for').choices(shells));
}
