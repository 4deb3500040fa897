/** `countersign validate`: everything that is wrong with runbooks and policy, in one run, for people, editors and pull requests. */
import { type Command, Option } from 'commander';
import { formatNames, type Options, usualPolicy } from './validate-options.ts';

/** Registers `validate [path...]`; exit 0 clean, 1 errors, 2 cannot tell. */
export function registerValidate(program: Command): void {
  program
    .command('validate')
    .description('find every fault of runbooks and policy; exit 0: clean, 1: errors, 2: cannot tell')
    .argument('[path...]', 'runbooks, or folders of them with all that is below', ['runbooks'])
    .option('--policy <file>', `the policy file (default: ${usualPolicy}, where there is one)`)
    .addOption(new Option('--format <format>', 'how to say it').choices(formatNames).default('text'))
    .option('--strict', 'count warnings as errors')
    .action(async (paths: string[], options: Options) => {
      // What fails on the way tells nothing about the runbooks.
      process.exitCode = 2;
      const { validate } = await import('./validate-run.ts');
      process.exitCode = await validate(paths, options);
    });
}
