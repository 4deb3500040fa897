/** `countersign validate`: reads a folder of runbooks as synth does, and says what each step would be. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Command } from 'commander';
import pc from 'picocolors';
import { compileRunbooks, isRunbookFile, type RunbookFile } from '../core/runbook/compile.ts';
import { RunbookError } from '../core/runbook/problem.ts';
import type { Runbook } from '../core/runbook/runbook.ts';

/** Registers `validate [folder]`; exit 1 names every problem with file and line. */
export function registerValidate(program: Command): void {
  program
    .command('validate')
    .description('check runbooks: front matter, steps, placeholders; exit 1 names each problem with its file and line')
    .argument('[folder]', 'the folder of Markdown files', 'runbooks')
    .action(async (folder: string) => {
      process.exitCode = report(await runbookFiles(folder)) ? 0 : 1;
    });
}

/** The runbooks of a folder and of the folders in it, sorted by path. Throws when the folder is missing or has none. */
export async function runbookFiles(folder: string): Promise<RunbookFile[]> {
  const paths = await readdir(folder, { recursive: true }).catch(() => {
    throw new Error(
      `cannot read the folder ${folder}; give the folder of your runbooks: countersign validate runbooks`,
    );
  });
  const names = paths.filter(isRunbookFile).sort();
  if (names.length === 0) throw new Error(`${folder} has no runbooks (Markdown files other than README.md)`);
  return Promise.all(
    names.map(async (name) => ({ file: join(folder, name), text: await readFile(join(folder, name), 'utf8') })),
  );
}

function report(files: readonly RunbookFile[]): boolean {
  try {
    for (const runbook of compileRunbooks(files)) console.log(`${pc.green('✓')} ${describe(runbook)}`);
    return true;
  } catch (error) {
    if (!(error instanceof RunbookError)) throw error;
    for (const { file, line, text } of error.problems) console.error(`${pc.red('✗')} ${file}:${line}: ${text}`);
    const { length } = error.problems;
    console.error(
      `${length} ${length === 1 ? 'problem' : 'problems'} in ${files.length} ${files.length === 1 ? 'file' : 'files'}`,
    );
    return false;
  }
}

function describe({ id, file, steps, parameters, digest }: Runbook): string {
  const manual = steps.filter(({ command }) => command === null).length;
  const counts = [
    `${steps.length} steps`,
    ...(manual > 0 ? [`${manual} of them manual`] : []),
    `${parameters.length} parameters`,
  ];
  return `${file}: ${id}, ${counts.join(', ')}, sha256 ${digest.slice(0, 12)}`;
}
