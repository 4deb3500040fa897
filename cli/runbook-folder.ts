/** A folder of runbooks, compiled as synth compiles it. */
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { compileRunbooks, isRunbookFile } from '../core/runbook/compile.ts';
import type { Runbook } from '../core/runbook/runbook.ts';

/**
 * @throws {Error} when the folder is missing or has no runbooks.
 * @throws {RunbookError} naming every problem of every file.
 */
export async function readRunbookFolder(folder: string): Promise<Runbook[]> {
  const all = await readdir(folder).catch((cause: unknown) => {
    throw new Error(`cannot read the folder ${folder}; name the one with your runbooks: --runbooks runbooks`, {
      cause,
    });
  });
  const names = all.filter(isRunbookFile).sort();
  if (names.length === 0) throw new Error(`${folder} has no runbooks: Markdown files other than README.md`);
  const files = names.map(async (name) => ({
    file: join(folder, name),
    text: await readFile(join(folder, name), 'utf8'),
  }));
  return compileRunbooks(await Promise.all(files));
}
