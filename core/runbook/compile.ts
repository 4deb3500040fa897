/** A folder of runbooks as compiled data, made once at synth and put beside the code. */
import { parseRunbook } from './parse.ts';
import { type Problem, RunbookError } from './problem.ts';
import type { Runbook } from './runbook.ts';

export interface RunbookFile {
  /** Its path, for messages. */
  readonly file: string;
  readonly text: string;
}

/** Whether a file of the folder is a runbook: Markdown, and not the folder's own README. */
export function isRunbookFile(path: string): boolean {
  return path.endsWith('.md') && !/(?:^|\/)readme\.md$/i.test(path);
}

/**
 * Compiles all runbooks, sorted by id. The digest of each is the SHA-256 of its text's UTF-8 bytes.
 *
 * @throws {RunbookError} with the problems of all files; an id that two files share is one.
 */
export function compileRunbooks(files: readonly RunbookFile[]): Runbook[] {
  const runbooks: Runbook[] = [];
  const problems: Problem[] = [];
  for (const { file, text } of files) {
    try {
      runbooks.push(parseRunbook(text, file));
    } catch (error) {
      if (!(error instanceof RunbookError)) throw error;
      problems.push(...error.problems);
    }
  }
  problems.push(...sharedIds(runbooks));
  if (problems.length > 0) throw new RunbookError(problems);
  return runbooks.sort((a, b) => (a.id < b.id ? -1 : 1));
}

function sharedIds(runbooks: readonly Runbook[]): Problem[] {
  return runbooks.flatMap(({ id, file }, index) => {
    const first = runbooks.find((other) => other.id === id);
    const text = `the id "${id}" belongs to ${first?.file} already; give this runbook another`;
    return first === runbooks[index] ? [] : [{ file, line: 1, text }];
  });
}
