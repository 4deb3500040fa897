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
 * @throws {RunbookError} with the problems of the file that is meant.
 * @throws {Error} naming the ids that there are, when there is neither.
 */
export async function findRunbook(asked: string): Promise<Found> {
  if (/[/\\]|\.md$/i.test(asked)) return fromFile(asked);
  const known = await compiledIn(folder);
  const runbook = known.runbooks.find(({ id }) => id === asked);
  if (runbook) return { runbook, others: known.runbooks.filter(({ id }) => id !== asked) };
  const broken = known.errors.get(`${asked}.md`);
  if (broken) throw broken;
  const ids = known.runbooks.map(({ id }) => id).join(', ') || 'none';
  throw new Error(`no runbook ${asked}: ./${folder} has ${ids}; name one of these, or a file such as ./${asked}.md`);
}

async function fromFile(file: string): Promise<Found> {
  const runbook = parseRunbook(await readText(file, 'a runbook: one Markdown file'), file);
  const { runbooks } = await compiledIn(dirname(file), basename(file));
  return { runbook, others: runbooks.filter(({ id }) => id !== runbook.id) };
}

/** What of a folder compiles, sorted by name, and the errors of the rest by file name. */
async function compiledIn(path: string, except?: string) {
  const all = await readdir(path).catch(() => []);
  const names = all.filter((name) => isRunbookFile(name) && name !== except).sort();
  const runbooks: Runbook[] = [];
  const errors = new Map<string, RunbookError>();
  for (const name of names) {
    const file = join(path, name);
    const text = await readFile(file, 'utf8').catch(() => null);
    if (text === null) continue;
    try {
      runbooks.push(parseRunbook(text, file));
    } catch (error) {
      if (!(error instanceof RunbookError)) throw error;
      errors.set(name, error);
    }
  }
  return { runbooks, errors };
}
