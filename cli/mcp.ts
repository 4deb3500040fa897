/** `countersign mcp`: the command line's reading half as a server of the Model Context Protocol, over standard input and output. */
import type { Command } from 'commander';
import { usualPolicy } from './validate-options.ts';

export interface McpOptions {
  readonly folder: string;
  readonly policy: string;
}

/** Registers `mcp`; it ends when its client closes standard input. */
export function registerMcp(program: Command): void {
  program
    .command('mcp')
    .description('serve an assistant: runbooks, plans, incidents; its tools only read, and none approves')
    .option('--folder <folder>', 'the repository of your runbooks; no file outside it is read', '.')
    .option('--policy <file>', 'the policy file in it', usualPolicy)
    .action(async (options: McpOptions) => {
      const { serve } = await import('./mcp/serve.ts');
      await serve(options);
    });
}
