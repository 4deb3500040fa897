/** The runbook that somebody names, by its id in ./runbooks or as a file, and those beside which it would be deployed. */
import { readdir, readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { isRunbookFile } from '../core/runbook/compile.ts';
import { parseRunbook } from '../core/runbook/parse.ts';
import { RunbookError } from '../core/runbook/problem.ts';
import type { Runbook } from '../core/runbook/runbook.ts';
import { readText } from './read-text.ts';

const folder = 'runbooks';

export interface Found {
  readonly runbook: Runbook;
  /** The other runbooks of its folder, as far as they compile; `validate` has words for the rest. */
  readonly others: readonly Runbook[];
}

/**
 * @param asked an id of ./runbooks; or the path of a Markdown file, wherever it is.
 * @param beside whether the others are wanted.
 * @throws {RunbookError} with the problems of the file that is meant.
 * @throws {Error} naming the ids that there are, when there is neither.
 */
export async function findRunbook(asked: string, beside: boolean): Promise<Found> {
  if (/[/\\]|\.md$/i.test(asked)) return fromFile(asked, beside);
  const usual = await fromFile(join(folder, `${asked}.md`), beside).catch((error: unknown) => {
    if (error instanceof RunbookError) throw error;
    return null;
  });
  if (usual?.runbook.id === asked) return usual;
  const known = await compiledIn(folder);
  const runbook = known.find(({ id }) => id === asked);
  if (runbook) return { runbook, others: known.filter(({ id }) => id !== asked) };
  const ids = known.map(({ id }) => id).join(', ') || 'none';
  throw new Error(`no runbook ${asked}: ./${folder} has ${ids}; name one of these, or a file such as ./${asked}.md`);
}

async function fromFile(file: string, beside: boolean): Promise<Found> {
  const runbook = parseRunbook(await readText(file, 'a runbook: one Markdown file'), file);
  const others = beside ? await compiledIn(dirname(file), basename(file)) : [];
  return { runbook, others: others.filter(({ id }) => id !== runbook.id) };
}

/** What of a folder compiles, sorted by name. */
async function compiledIn(path: string, except?: string): Promise<Runbook[]> {
  const all = await readdir(path).catch(() => []);
  const names = all.filter((name) => isRunbookFile(name) && name !== except).sort();
  const runbooks = names.map(async (name) => {
    const file = join(path, name);
    try {
      return [parseRunbook(await readFile(file, 'utf8'), file)];
    } catch {
      return []; // `validate` has words for it.
    }
  });
  return (await Promise.all(runbooks)).flat();
}
