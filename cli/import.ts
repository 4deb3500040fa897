/** `countersign import`: a runbook from a wiki, rewritten for Countersign, and a list of what a person has to look at. */
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import type { Command } from 'commander';
import { visible } from '../core/visible.ts';

/** Registers `import <file>`; the runbook goes to stdout, what was dropped or guessed to stderr. */
export function registerImport(program: Command): void {
  program
    .command('import')
    .description('rewrite foreign Markdown as a runbook: stdout has it, stderr what was dropped or guessed')
    .argument('<file>', 'Markdown of any form')
    .action(async (file: string) => {
      const { importRunbook } = await import('../core/import/import.ts');
      const { textOf } = await import('../core/lint/bytes.ts');
      const read = textOf(await readFile(file));
      if ('finding' in read) throw new Error(`${file}: ${read.finding.message}; ${read.finding.fix}`);
      const { runbook, notes } = importRunbook(read.text, basename(file));
      process.stdout.write(runbook);
      for (const { line, text } of notes)
        console.error(visible(`${[file, line].filter((part) => part !== 0).join(':')}: ${text}`));
      console.error(`${file}: ${notes.length} things to look at; then: countersign validate`);
    });
}
