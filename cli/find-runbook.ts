/** Which file somebody means by the id of a runbook or by a path, and the runbooks beside which it would be deployed. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRunbookFile } from '../core/runbook/compile.ts';
import { readRunbook } from '../core/runbook/parse.ts';
import type { Runbook } from '../core/runbook/runbook.ts';

const folder = 'runbooks';

/**
 * @param asked an id of ./runbooks; or the path of a Markdown file, wherever it is.
 * @throws {Error} naming the ids that there are, when there is neither.
 */
export async function findRunbook(asked: string): Promise<string> {
  if (/[/\\]|\.md$/i.test(asked)) return asked;
  const usual = join(folder, `${asked}.md`);
  const text = await readFile(usual, 'utf8').catch(() => null);
  // One with faults is the one that is meant.
  if (text !== null && (readRunbook(text, usual).runbook?.id ?? asked) === asked) return usual;
  const known = await runbooksIn(folder);
  const runbook = known.find(({ id }) => id === asked);
  if (runbook) return runbook.file;
  const ids = known.map(({ id }) => id).join(', ') || 'none';
  throw new Error(`no runbook ${asked}: ./${folder} has ${ids}; name one of these, or a file such as ./${asked}.md`);
}

/** The other runbooks of a file's folder, as far as they compile; `validate` has words for the rest. */
export async function runbooksBeside({ file, id }: Pick<Runbook, 'file' | 'id'>): Promise<Runbook[]> {
  return (await runbooksIn(dirname(file), basename(file))).filter((other) => other.id !== id);
}

async function runbooksIn(path: string, except?: string): Promise<Runbook[]> {
  const all = await readdir(path).catch(() => []);
  const names = all.filter((name) => isRunbookFile(name) && name !== except).sort();
  const runbooks = names.map(async (name) => {
    const file = join(path, name);
    const text = await readFile(file, 'utf8').catch(() => '');
    return readRunbook(text, file).runbook ?? [];
  });
  return (await Promise.all(runbooks)).flat();
}
